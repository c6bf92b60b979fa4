// The directory sync of @boxyhq/saml-jackson over its own store in memory. It is a handler without routes:
// the route is ours, and does what the one of its makers' own application does.

import jackson from "@boxyhq/saml-jackson";
import express from "express";

const token = process.argv[2];
const silent = () => {};
const { directorySyncController } = await jackson.controllers({
    externalUrl: "http://127.0.0.1",
    samlPath: "/saml",
    db: { engine: "mem" },
    noAnalytics: true,
    logger: { info: silent, warn: silent, error: silent }, // the first line is the URL
});
const { data: directory } = await directorySyncController.directories.create({
    tenant: "tests", product: "tests", type: "okta-scim-v2",
});

const app = express();
app.disable("etag"); // or express gives every answer one,
app.set("env", "production"); // and every error its stack
app.use(express.json({ type: "*/*" }));
app.all("/scim/v2/:resourceType/:resourceId?", (request, response, failed) => {
    const { resourceType, resourceId } = request.params;
    const { count, startIndex, filter } = request.query;
    const given = (request.header("Authorization") ?? "").replace(/^bearer /i, "");
    directorySyncController.requests.handle({
        method: request.method,
        directoryId: directory.id,
        resourceType,
        resourceId,
        body: request.body,
        apiSecret: given === token ? directory.scim.secret : given, // it makes its secrets itself
        query: { count: count && Number(count), startIndex: startIndex && Number(startIndex), filter },
    }).then(({ status, data }) => response.status(status).json(data), failed);
});
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/scim/v2`));
