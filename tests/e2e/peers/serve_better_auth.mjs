// @better-auth/scim as its documentation sets it up, over Better Auth's own store in memory.

import { createServer } from "node:http";
import { scim } from "@better-auth/scim";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";

const credentials = [{ id: "token", token: process.argv[2] }];
const server = createServer();
server.listen(0, "127.0.0.1", () => {
    const baseURL = `http://127.0.0.1:${server.address().port}`;
    const plugins = [scim({ connections: [{ id: "okta", provisioningDomainId: "tests", credentials }] })];
    const tables = Object.values(getAuthTables({ plugins })).map((table) => [table.modelName, []]);
    const database = memoryAdapter(Object.fromEntries(tables));
    const secret = "of nobody, since nobody logs in here";
    server.on("request", toNodeHandler(betterAuth({ baseURL, secret, plugins, database })));
    console.log(`${baseURL}/api/auth/scim/v2`);
});
