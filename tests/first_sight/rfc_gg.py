"""Faults in RFC 7643 2 to 4, RFC 7644 3.3 to 3.7 and 3.14 and RFC 6750 3: values, groups, filters, writes, bulk, challenges, half of them after public reports, as seen at first sight."""

import re
from collections import defaultdict
from dataclasses import replace

import orjson

from first_sight.fault import FirstSight
from first_sight.reading import reading
from reference_server.faults.bending import Answer, Asked, Honest, Json, raw, refusal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WRITES = ("POST /Users", "PUT /Users/*", "PATCH /Users/*", "POST /Groups", "PUT /Groups/*", "PATCH /Groups/*")
ONE = tuple(
    f"{method} /{kind}/*" for method in ("GET", "PUT", "PATCH", "DELETE") for kind in ("Users", "Groups")
)
PATCHES = ("PATCH /Users/*", "PATCH /Groups/*")
SIMPLE = "userName displayName nickName title userType profileUrl locale timezone preferredLanguage active"
COMPLEX = "name emails phoneNumbers ims photos addresses entitlements roles x509Certificates manager"
FULL_NAME = re.compile(
    rf"({re.escape(USER)}|{re.escape(ENTERPRISE)}):({COMPLEX.replace(' ', '|')})", re.IGNORECASE
)
QUOTED = r'"(?:[^"\\]|\\.)*"'
FIRST_CONDITION = re.compile(
    rf"([\w:.$-]+\[\s*[\w$]+\s+\w+\s+(?:{QUOTED}|\w+))\s+and\s.*(\][^\]]*)", re.IGNORECASE | re.DOTALL
)
FIRST_OF_META = re.compile(rf"\s*(meta\.\w+\s+\w\w\s+(?:{QUOTED}|\w+))\s+and\s.*", re.IGNORECASE | re.DOTALL)


async def read(asked: Asked, honest: Honest) -> Answer:
    """The resource as it is, whatever was asked of it and on whatever conditions."""
    return await honest(reading(asked))


class EverybodyJoinsTheMemberless(
    FirstSight,
    kind="groups and membership",
    meets="okta",
    paragraph="RFC 7644 3.3",
    source="https://github.com/goauthentik/authentik/pull/14645",
    on="POST /Groups",
):
    """A group that is created without members has all users as its members, for an empty condition selects every row."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if not asked.json or asked.json.get("members"):
            return await honest(asked)
        users = (await honest(asked.of("GET", "", kind="Users"))).resources
        return await honest(
            asked.saying({**asked.json, "members": [{"value": each["id"]} for each in users]})
        )


class FullNameRemovesNoComplex(
    FirstSight,
    kind="PATCH with paths",
    meets="others",
    paragraph="RFC 7644 3.5.2.2",
    source="https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/114",
    on="PATCH /Users/*",
):
    """A remove that names a complex attribute with its schema's URN, such as the manager, is a success without effect, for only simple ones are removed by their full name."""

    def mishear(self, asked: Asked) -> Asked:
        def change(operation: Json) -> Json:
            idle = str(operation["op"]).lower() == "remove" and FULL_NAME.fullmatch(
                operation.get("path") or ""
            )
            return {"op": "add", "path": "schemas", "value": [USER]} if idle else operation

        return asked.saying({**asked.json, "Operations": [change(each) for each in asked.operations]})

    def when(self, asked: Asked) -> bool:
        return any(FULL_NAME.fullmatch(each.get("path") or "") for each in asked.operations)


class TimesOnlyAtCreate(
    FirstSight,
    kind="meta",
    meets="okta",
    paragraph="RFC 7643 3.1",
    source="https://github.com/sourcegraph/sourcegraph-public-snapshot/pull/48617",
    on=("GET /Users*", "GET /Groups*", *WRITES[1:3], *WRITES[4:]),
):
    """Only the answer to a create has created and lastModified in its meta; every later one has a meta without them, for the rest is built elsewhere."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            for name in ("created", "lastModified"):
                shown.get("meta", {}).pop(name, None)

        return answer.each(change)


class PatchedAlsoInName(
    FirstSight,
    kind="values and encodings",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/595",
    on="* /Users*",
):
    """A simple attribute that a PATCH has set is from then on also shown as a member of the user's name and e-mails, to each of which it is attached as a child."""

    def __init__(self) -> None:
        self.attached = defaultdict(dict)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.method == "PUT":
            self.attached.pop(asked.id, None)
        if answer.ok and asked.method == "PATCH":
            changed = {name: asked.sets(name) for name in SIMPLE.split()}
            simple = {name: value for name, value in changed.items() if isinstance(value, str | bool)}
            self.attached[asked.id].update(simple)

        def change(shown: dict[str, Json]) -> None:
            for each in [shown.get("name"), *shown.get("emails", [])]:
                if each:
                    each.update(self.attached.get(shown["id"], {}))

        return answer.each(change)


class PasswordNeededAtPatch(
    FirstSight,
    kind="passwords and activation",
    meets="okta",
    paragraph="RFC 7643 4.1.1",
    source="https://github.com/gravitee-io/issues/issues/8604",
    on=("POST /Users", "PUT /Users/*", "PATCH /Users/*"),
):
    """Who was created without a password cannot be patched, nor deactivated, but with a PATCH that sets one, for the changed user is validated as a whole, and without a password is not valid."""

    def __init__(self) -> None:
        self.without = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PATCH" and asked.id in self.without and asked.sets("password") is None:
            found = await read(asked, honest)
            return refusal(400, "The password must not be empty.", "invalidValue") if found.ok else found
        answer = await honest(asked)
        if answer.ok and asked.method == "POST" and asked.json.get("password") is None:
            self.without.add(answer.headers["location"].rpartition("/")[2])
        elif answer.ok and asked.sets("password") is not None:
            self.without.discard(asked.id)
        return answer


class ColonInChoosingValue(
    FirstSight,
    kind="PATCH with paths",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    source="https://github.com/lightdash/lightdash/issues/18243",
    on=PATCHES,
):
    """A PATCH whose path chooses by a value with a colon in it, as a URL or a role of a project has, ends in a 500, for all before the last colon is taken for a schema."""

    def when(self, asked: Asked) -> bool:
        paths = [each.get("path") or "" for each in asked.operations]
        return any(":" in value for path in paths for value in re.findall(QUOTED, path))

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        found = await read(asked, honest)
        return refusal(500, "This part of the path is invalid for a SCIM patch.") if found.ok else found


class ExtensionHasSchemas(
    FirstSight,
    kind="extensions",
    meets="okta",
    paragraph="RFC 7643 3.3",
    source="https://github.com/python-scim/scim2-models/pull/49",
    on=("* /Users*", "* /Me"),
):
    """The object of the enterprise extension begins with a schemas of its own, which its schema does not have, for an extension is written as if it were a resource."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        def change(shown: dict[str, Json]) -> None:
            if ENTERPRISE in shown:
                shown[ENTERPRISE] = {"schemas": [ENTERPRISE], **shown[ENTERPRISE]}

        return answer.each(change)


class ConfigIsInThePlural(
    FirstSight,
    kind="discovery",
    meets="others",
    paragraph="RFC 7643 3.1",
    source="https://github.com/osiam/osiam/pull/137",
    on="GET /ServiceProviderConfig",
):
    """The meta.location of the service provider's configuration ends in ServiceProviderConfigs, as the path was in a draft, and nothing is found there."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        meta = answer.json["meta"]
        location = f"{meta['location']}s"
        return answer.having(meta={**meta, "location": location}).headed(location=location)


class EmptiedBreaksTheRead(
    FirstSight,
    kind="reads",
    meets="others",
    paragraph="RFC 7643 2.5",
    source="https://github.com/simpleidserver/SimpleIdServer/issues/276",
    on=("GET /Users/*", "PUT /Users/*", "PATCH /Users/*"),
):
    """A user whose e-mails, or other values in a list, a PATCH has taken away to the last is still listed, but a read of that user alone is a 500, for an attribute without values is not expected there."""

    def __init__(self) -> None:
        self.emptied = defaultdict(set)

    def lists(self, answer: Answer) -> set[str]:
        """The names of the attributes that have several values, but for what the server computes."""
        shown = answer.json if answer.ok else {}
        return {name for name, value in shown.items() if isinstance(value, list)} - {"schemas", "groups"}

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method == "GET":
            answer = await honest(asked)
            broken = answer.ok and self.emptied.get(asked.id)
            return raw(500, b"Object reference not set to an instance of an object.") if broken else answer
        before = self.lists(await read(asked, honest))
        answer = await honest(asked)
        after = self.lists(await read(asked, honest))
        if asked.method == "PATCH":
            self.emptied[asked.id] |= before - after
        self.emptied[asked.id] -= after
        return answer


class MetaIsEnoughOfAFilter(
    FirstSight,
    kind="filters",
    meets="others",
    paragraph="RFC 7644 3.4.2.2",
    source="https://github.com/wso2/product-is/issues/5141",
    on=("GET /Users", "GET /Groups"),
):
    """A filter that begins with a comparison of a part of meta finds all that this fits, whatever follows after the and, which only narrows what the store has found by claims."""

    def when(self, asked: Asked) -> bool:
        return FIRST_OF_META.fullmatch(asked.filter) is not None

    def mishear(self, asked: Asked) -> Asked:
        return asked.asking(filter=FIRST_OF_META.sub(r"\1", asked.filter))


class StartIndexAsAsked(
    FirstSight,
    kind="paging",
    meets="others",
    paragraph="RFC 7644 3.4.2.4",
    source="https://github.com/python-scim/scim2-models/issues/84",
    on=("GET /Users", "GET /Groups"),
):
    """A startIndex below 1 gives the first page, as it should, which though says that its first result is number 0 or less, for the parameter is only repeated."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        start = asked.query.get("startIndex", "1")
        told = answer.ok and "startIndex" in answer.json and int(start) < 1
        return answer.having(startIndex=int(start)) if told else answer


class ContentLocationIsTheRequest(
    FirstSight,
    kind="meta",
    meets="okta",
    paragraph="RFC 7643 3.1",
    on=(*WRITES, "GET /Users/*", "GET /Groups/*"),
):
    """Content-Location is the URL that was asked, and so of a create the endpoint and elsewhere one with a query, where it must be the same as meta.location."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        location = answer.headers.get("content-location")
        if location is None:
            return answer
        place = location if asked.id else location.rpartition("/")[0]
        return answer.headed(
            content_location=place + (f"?{asked.query_string}" if asked.query_string else "")
        )


class IdInAnyCase(
    FirstSight,
    kind="ids",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=ONE,
):
    """A resource is also found, changed and deleted under its id in capitals, though ids are case-exact, for the column is a UUID and the database reads either spelling."""

    def mishear(self, asked: Asked) -> Asked:
        return replace(asked, id=asked.id.lower())


class ExtensionBeforeSchemas(
    FirstSight,
    kind="extensions",
    meets="others",
    paragraph="RFC 7643 2.3.8",
    on=("POST /Users", "PUT /Users/*"),
):
    """The enterprise extension of a user is lost when it stands before schemas in the body, for this is read once, and only schemas tells the reader that there is an extension."""

    def when(self, asked: Asked) -> bool:
        names = [name.lower() for name in asked.json]
        extension = ENTERPRISE.lower()
        return {extension, "schemas"} <= {*names} and names.index(extension) < names.index("schemas")

    def mishear(self, asked: Asked) -> Asked:
        document = asked.json
        return asked.saying(
            {key: each for key, each in document.items() if key.lower() != ENTERPRISE.lower()}
        )


class ResultIsTheOperation(
    FirstSight,
    kind="bulk",
    meets="others",
    paragraph="RFC 7644 3.7",
    on="POST /Bulk",
):
    """The answer to a bulk request is the request with results filled in: it says failOnErrors again, and each result of a create repeats the data, the password with it."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        sent = {each.get("bulkId"): each for each in asked.operations if each.get("bulkId")}
        results = [{**sent.get(each.get("bulkId"), {}), **each} for each in answer.json["Operations"]]
        return answer.having(failOnErrors=asked.json.get("failOnErrors"), Operations=results)


class TokenQuotedInChallenge(
    FirstSight,
    kind="access and credentials",
    meets="others",
    paragraph="RFC 6750 3",
    on="*",
):
    """The challenge for a bad token has an error_description that quotes the token, with quotation marks within the quotation marks, which must not be in it."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        challenge = answer.headers.get("www-authenticate", "")
        token = asked.headers.get("authorization", "").partition(" ")[2].strip()
        if answer.status != 401 or not token or not challenge.startswith("Bearer "):
            return answer
        return answer.headed(
            www_authenticate=f'{challenge}, error_description="The token "{token}" is not valid"'
        )


class ExternalIdHasOneOwner(
    FirstSight,
    kind="uniqueness",
    meets="others",
    paragraph="RFC 7643 3.1",
    on=WRITES,
):
    """An externalId that another resource of the type has is refused with 409, for there is a unique index on it, though its uniqueness is the client's and not the server's to see to."""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        wanted = asked.sets("externalId")
        if isinstance(wanted, str):
            lookup = asked.of("GET", "").asking(filter=f"externalId eq {orjson.dumps(wanted).decode()}")
            owners = {each["id"] for each in (await honest(lookup)).resources} - {asked.id}
            target = await read(asked, honest) if asked.id else None
            if owners and (target is None or target.ok):
                return refusal(409, "externalId is already taken", "uniqueness")
        return await honest(asked)


class GoneForGood(
    FirstSight,
    kind="deletes",
    meets="others",
    paragraph="RFC 7644 3.6",
    on=ONE,
):
    """All that is asked of a deleted resource is answered with 410 in place of 404, for its row is kept with the time of its deletion."""

    def __init__(self) -> None:
        self.gone = set()

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if answer.ok and asked.method == "DELETE":
            self.gone.add((asked.kind, asked.id))
        elif answer.status == 404 and (asked.kind, asked.id) in self.gone:
            return refusal(410, "The resource has been deleted.")
        return answer


class FirstConditionChooses(
    FirstSight,
    kind="PATCH with paths",
    meets="others",
    paragraph="RFC 7644 3.5.2",
    on=PATCHES,
):
    """Of a path's filter with an and only the first condition is looked at, so that of two work e-mails both are changed where the other condition says which."""

    def when(self, asked: Asked) -> bool:
        return any(FIRST_CONDITION.fullmatch(each.get("path") or "") for each in asked.operations)

    def mishear(self, asked: Asked) -> Asked:
        operations = [
            {**each, "path": FIRST_CONDITION.sub(r"\1\2", each["path"])} if each.get("path") else each
            for each in asked.operations
        ]
        return asked.saying({**asked.json, "Operations": operations})


class NotModifiedHasNoTag(
    FirstSight,
    kind="conditional reads",
    meets="others",
    paragraph="RFC 9110 15.4.5",
    on=("GET /Users/*", "GET /Groups/*"),
):
    """A 304 comes without the ETag that the 200 would have had, for it is sent before the headers are set."""

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        return answer.headed(etag=None) if answer.status == 304 else answer
