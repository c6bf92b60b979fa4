// scimmy-routers as its documentation sets it up, over a store in memory: the store is ours, all SCIM is theirs.

import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const token = process.argv[2];

/** Handlers of a resource type; `unique` names the attribute that no two of them share, whatever its case. */
function handlers(unique) {
    const stored = new Map();

    const missing = (id) => new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);

    const taken = (instance, id) => {
        const same = (one) => unique && one.id !== id && one[unique]?.toLowerCase() === instance[unique]?.toLowerCase();
        return [...stored.values()].some(same);
    };

    return {
        egress(resource) {
            if (resource.id) {
                if (!stored.has(resource.id)) throw missing(resource.id);
                return stored.get(resource.id);
            }
            const everybody = [...stored.values()];
            return resource.filter ? resource.filter.match(everybody) : everybody;
        },
        ingress(resource, instance) {
            const id = resource.id ?? randomUUID();
            if (resource.id && !stored.has(id)) throw missing(id);
            if (taken(instance, id)) throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
            const now = new Date().toISOString();
            const { password, ...kept } = JSON.parse(JSON.stringify(instance));
            const created = stored.get(id)?.meta.created ?? now;
            stored.set(id, { ...kept, id, meta: { created, lastModified: now } });
            return stored.get(id);
        },
        degress(resource) {
            if (!stored.delete(resource.id)) throw missing(resource.id);
        },
    };
}

SCIMMY.Resources.declare(SCIMMY.Resources.User, handlers("userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, handlers());
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        const [scheme, given] = (request.header("Authorization") ?? "").split(" ");
        if (scheme.toLowerCase() !== "bearer" || given !== token) throw new Error("Unknown token");
        return "okta";
    },
}));
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/scim/v2`));
