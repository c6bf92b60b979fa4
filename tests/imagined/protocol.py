"""What a server can do wrong about errors, credentials, JSON and what it says of itself."""

import json
from collections.abc import Callable
from typing import Any

from imagining import Call, Honest, Lie, Reply, answers, written

from scim_tests.model.scim import ERROR


def errors(change: Callable[[Any], object], status: int = 0) -> Lie:
    return answers(
        lambda _, reply: (
            change(reply.body) if reply.status >= 400 and reply.body and status in {0, reply.status} else None
        )
    )


def refusals(change: Callable[[Reply], object], status: int = 0) -> Lie:
    return answers(
        lambda _, reply: change(reply) if reply.status >= 400 and status in {0, reply.status} else None
    )


def raw(change: Callable[[bytes], bytes], where: Callable[[Call], bool] = lambda _: True) -> Lie:
    return answers(
        lambda _, reply: setattr(reply, "body", change(written(reply.body))) if reply.body else None, where
    )


def let_in(where: Callable[[Call], bool]) -> Lie:
    """Whoever comes is served with the right token."""
    good: list[str] = []

    async def lie(call: Call, honest: Honest) -> Reply:
        given = call.headers.get("authorization", "")
        if not good:
            good.append(given)
        if given != good[0] and where(call):
            call.headers["authorization"] = good[0]
        return await honest(call)

    return lie


def header(name: str, value: str | None, where: Callable[[Call], bool] = lambda _: True) -> Lie:
    def change(_: Call, reply: Reply) -> None:
        reply.headers.pop(name, None)
        if value is not None and reply.body:
            reply.headers[name] = value

    return answers(change, where)


def at(path: str, change: Callable[[Any], object]) -> Lie:
    return answers(lambda _, reply: change(reply.body), lambda call: call.path == path)


def attribute(schema: str, name: str, **members: Any) -> Lie:
    def change(body: Any) -> None:
        for each in body.get("Resources", [body]):
            if each.get("id", "").endswith(schema):
                for one in each["attributes"]:
                    if one["name"] == name:
                        one.update(members)

    return answers(lambda _, reply: change(reply.body), lambda call: call.path.startswith("/Schemas"))


def dropped(schema: str, name: str) -> Lie:
    def change(body: Any) -> None:
        for each in body.get("Resources", [body]):
            if each.get("id", "").endswith(schema):
                each["attributes"] = [one for one in each["attributes"] if one["name"] != name]

    return answers(lambda _, reply: change(reply.body), lambda call: call.path.startswith("/Schemas"))


async def refused_but_done(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if call.method in {"PUT", "PATCH"} and reply.is_success:
        body = {"schemas": [ERROR], "status": "400", "detail": "Something went wrong."}
        return Reply(400, {"content-type": "application/scim+json"}, body)
    return reply


def every(nth: int, status: int) -> Lie:
    count = [0]

    async def lie(call: Call, honest: Honest) -> Reply:
        count[0] += 1
        if count[0] % nth == 0:
            body = {"schemas": [ERROR], "status": str(status), "detail": "Try again."}
            return Reply(status, {"content-type": "application/scim+json"}, body)
        return await honest(call)

    return lie


LIES: dict[str, Callable[[], Lie]] = {
    "the token in the detail": lambda: answers(
        lambda call, reply: (
            reply.body.update(detail="Not found, " + call.headers["authorization"])
            if reply.status == 404 and reply.body
            else None
        )
    ),
    "the wrong token echoed": lambda: answers(
        lambda call, reply: (
            reply.body.update(detail="Unknown token " + call.headers.get("authorization", ""))
            if reply.status == 401 and reply.body
            else None
        )
    ),
    "the password in the detail of a conflict": lambda: answers(
        lambda call, reply: (
            reply.body.update(detail=json.dumps(call.body)) if reply.status == 409 and reply.body else None
        )
    ),
    "status as a number in conflicts": lambda: errors(lambda body: body.update(status=409), 409),
    "status of another error": lambda: errors(lambda body: body.update(status="400"), 409),
    "status missing": lambda: errors(lambda body: body.pop("status", None), 404),
    "schemas missing in refusals": lambda: errors(lambda body: body.pop("schemas"), 401),
    "schemas as a text": lambda: errors(lambda body: body.update(schemas=ERROR)),
    "detail as an object": lambda: errors(lambda body: body.update(detail={"message": "no"})),
    "errors as a list": lambda: refusals(lambda reply: setattr(reply, "body", [reply.body])),
    "errors under Errors": lambda: refusals(lambda reply: setattr(reply, "body", {"Errors": [reply.body]})),
    "errors as HTML": lambda: refusals(lambda reply: setattr(reply, "body", b"<html>no</html>"), 404),
    "errors labelled text/html": lambda: refusals(
        lambda reply: reply.headers.update({"content-type": "text/html"})
    ),
    "errors without a type": lambda: refusals(lambda reply: reply.headers.pop("content-type", None)),
    "conflict called invalidValue": lambda: errors(lambda body: body.update(scimType="invalidValue"), 409),
    "conflict without scimType": lambda: errors(lambda body: body.pop("scimType", None), 409),
    "a miss called uniqueness": lambda: errors(lambda body: body.update(scimType="uniqueness"), 404),
    "a refusal called invalidFilter": lambda: errors(lambda body: body.update(scimType="invalidFilter"), 401),
    "scimType in a case of its own": lambda: errors(lambda body: body.update(scimType="UNIQUENESS"), 409),
    "a miss answered 400": lambda: refusals(
        lambda reply: (setattr(reply, "status", 400), reply.body.update(status="400")), 404
    ),
    "a miss answered 410": lambda: refusals(
        lambda reply: (setattr(reply, "status", 410), reply.body.update(status="410")), 404
    ),
    "a miss answered 500": lambda: refusals(
        lambda reply: (setattr(reply, "status", 500), reply.body.update(status="500")), 404
    ),
    "a miss answered 200": lambda: refusals(lambda reply: setattr(reply, "status", 200), 404),
    "a miss answered 200 and null": lambda: refusals(
        lambda reply: (setattr(reply, "status", 200), setattr(reply, "body", b"null")), 404
    ),
    "a conflict answered 400": lambda: refusals(
        lambda reply: (setattr(reply, "status", 400), reply.body.update(status="400")), 409
    ),
    "a refusal answered 400": lambda: refusals(
        lambda reply: (setattr(reply, "status", 400), reply.body.update(status="400")), 401
    ),
    "a refusal answered 404": lambda: refusals(
        lambda reply: (setattr(reply, "status", 404), reply.body.update(status="404")), 401
    ),
    "a refusal without WWW-Authenticate": lambda: refusals(
        lambda reply: reply.headers.pop("www-authenticate", None), 401
    ),
    "a refusal with an empty challenge": lambda: refusals(
        lambda reply: reply.headers.update({"www-authenticate": ""}), 401
    ),
    "any token is taken": lambda: let_in(lambda call: "authorization" in call.headers),
    "no token is needed": lambda: let_in(lambda call: "authorization" not in call.headers),
    "done and yet refused": lambda: refused_but_done,
    "every 25th answer 503": lambda: every(25, 503),
    "every 25th answer 429": lambda: every(25, 429),
    "a key twice": lambda: raw(
        lambda body: body[:-1] + b',"id":"again"}', lambda call: call.kind == "Users" and call.reads
    ),
    "NaN": lambda: raw(
        lambda body: body[:-1] + b',"score":NaN}', lambda call: call.kind == "Users" and call.reads
    ),
    "a byte order mark": lambda: raw(lambda body: b"\xef\xbb\xbf" + body),
    "something behind the JSON": lambda: raw(lambda body: body + b"\n<!-- 3 ms -->"),
    "latin-1": lambda: raw(
        lambda body: body.decode().encode("latin-1", "replace"), lambda call: call.kind == "Users"
    ),
    "JSON in a text": lambda: raw(
        lambda body: json.dumps(body.decode()).encode(), lambda call: call.kind == "Users" and call.reads
    ),
    "labelled text/plain": lambda: header("content-type", "text/plain"),
    "labelled text/html in lists": lambda: header("content-type", "text/html", lambda call: call.lists),
    "labelled latin-1": lambda: header("content-type", "application/scim+json; charset=iso-8859-1"),
    "no type at all": lambda: header("content-type", None),
    "Content-Type twice": lambda: header("content-type", "application/scim+json, text/html"),
    "config without schemas": lambda: at("/ServiceProviderConfig", lambda body: body.pop("schemas")),
    "config as a list": lambda: answers(
        lambda _, reply: setattr(
            reply,
            "body",
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": 1,
                "Resources": [reply.body],
            },
        ),
        lambda call: call.path == "/ServiceProviderConfig",
    ),
    "config denies PATCH": lambda: at(
        "/ServiceProviderConfig", lambda body: body["patch"].update(supported=False)
    ),
    "config denies filters": lambda: at(
        "/ServiceProviderConfig", lambda body: body["filter"].update(supported=False)
    ),
    "config promises 2 results": lambda: at(
        "/ServiceProviderConfig", lambda body: body["filter"].update(maxResults=2)
    ),
    "resource type without endpoint": lambda: at(
        "/ResourceTypes", lambda body: [each.pop("endpoint") for each in body["Resources"]]
    ),
    "resource type at another endpoint": lambda: at(
        "/ResourceTypes",
        lambda body: [
            each.update(endpoint="/People") for each in body["Resources"] if each["name"] == "User"
        ],
    ),
    "schemas counted wrong": lambda: at("/Schemas", lambda body: body.update(totalResults=0)),
    "schema says emails is one": lambda: attribute(":User", "emails", multiValued=False),
    "schema says active is a string": lambda: attribute(":User", "active", type="string"),
    "schema says active is never returned": lambda: attribute(":User", "active", returned="never"),
    "schema says displayName is only returned on request": lambda: attribute(
        ":User", "displayName", returned="request"
    ),
    "schema says userName is read-only": lambda: attribute(":User", "userName", mutability="readOnly"),
    "schema says active is read-only": lambda: attribute(":User", "active", mutability="readOnly"),
    "schema says userName is case-exact": lambda: attribute(":User", "userName", caseExact=True),
    "schema lacks displayName": lambda: dropped(":User", "displayName"),
    "schema lacks active": lambda: dropped(":User", "active"),
    "schema lacks emails": lambda: dropped(":User", "emails"),
    "group schema says members is one": lambda: attribute(":Group", "members", multiValued=False),
    "group schema lacks members": lambda: dropped(":Group", "members"),
    "group schema says displayName is a boolean": lambda: attribute(":Group", "displayName", type="boolean"),
    "extension schema lacks department": lambda: dropped("enterprise:2.0:User", "department"),
}
