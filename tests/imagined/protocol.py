"""What a server can do wrong about errors, credentials, JSON and what it says of itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from imagining import Lie, answers, anywhere, changed

from reference_server.faults.bending import LIST, Answer, Asked, Honest, refusal
from scim_tests.model.scim import ERROR


def errors(change: Callable[[Any], object], status: int = 0) -> Lie:
    return refusals(lambda answer: changed(answer, change) if answer.body else answer, status)


def refusals(change: Callable[[Answer], Answer], status: int = 0) -> Lie:
    return answers(
        lambda _, answer: change(answer) if answer.status >= 400 and status in {0, answer.status} else answer
    )


def called(status: int) -> Callable[[Answer], Answer]:
    """The same under another status, in line and body."""
    return lambda answer: replace(answer, status=status).having(status=str(status))


def detailed(status: int, detail: Callable[[Asked], str]) -> Lie:
    return answers(
        lambda asked, answer: (
            answer.having(detail=detail(asked)) if answer.status == status and answer.body else answer
        )
    )


def raw(change: Callable[[bytes], bytes], where: Callable[[Asked], bool] = anywhere) -> Lie:
    return answers(
        lambda _, answer: replace(answer, body=change(answer.body)) if answer.body else answer, where
    )


def a_user(asked: Asked) -> bool:
    return asked.kind == "Users" and asked.reads


def let_in(where: Callable[[Asked], bool]) -> Lie:
    """Whoever comes is served with the right token."""
    good: list[str] = []

    async def lie(asked: Asked, honest: Honest) -> Answer:
        given = asked.headers.get("authorization", "")
        if not good:
            good.append(given)
        if given != good[0] and where(asked):
            return await honest(replace(asked, headers={**asked.headers, "authorization": good[0]}))
        return await honest(asked)

    return lie


def header(name: str, value: str | None, where: Callable[[Asked], bool] = anywhere) -> Lie:
    return answers(lambda _, answer: answer.headed(**{name: value if answer.body else None}), where)


def at(endpoint: str, change: Callable[[Any], object]) -> Lie:
    return answers(
        lambda _, answer: changed(answer, change) if answer.ok else answer,
        lambda asked: asked.place == f"GET {endpoint}",
    )


def schemas(change: Callable[[Any], object]) -> Lie:
    """Every schema shown otherwise, alone or on the list."""
    return answers(lambda _, answer: answer.each(change), lambda asked: asked.kind == "Schemas")


def attribute(schema: str, name: str, **members: Any) -> Lie:
    def change(each: Any) -> None:
        if each.get("id", "").endswith(schema):
            for one in each["attributes"]:
                if one["name"] == name:
                    one.update(members)

    return schemas(change)


def dropped(schema: str, name: str) -> Lie:
    def change(each: Any) -> None:
        if each.get("id", "").endswith(schema):
            each["attributes"] = [one for one in each["attributes"] if one["name"] != name]

    return schemas(change)


async def refused_but_done(asked: Asked, honest: Honest) -> Answer:
    answer = await honest(asked)
    if asked.method in {"PUT", "PATCH"} and answer.ok:
        return refusal(400, "Something went wrong.")
    return answer


def every(nth: int, status: int) -> Lie:
    count = [0]

    async def lie(asked: Asked, honest: Honest) -> Answer:
        count[0] += 1
        return refusal(status, "Try again.") if count[0] % nth == 0 else await honest(asked)

    return lie


LIES: dict[str, Callable[[], Lie]] = {
    "the token in the detail": lambda: detailed(
        404, lambda asked: "Not found, " + asked.headers["authorization"]
    ),
    "the wrong token echoed": lambda: detailed(
        401, lambda asked: "Unknown token " + asked.headers.get("authorization", "")
    ),
    "the password in the detail of a conflict": lambda: detailed(409, lambda asked: asked.body.decode()),
    "status as a number in conflicts": lambda: errors(lambda body: body.update(status=409), 409),
    "status of another error": lambda: errors(lambda body: body.update(status="400"), 409),
    "status missing": lambda: errors(lambda body: body.pop("status", None), 404),
    "schemas missing in refusals": lambda: errors(lambda body: body.pop("schemas"), 401),
    "schemas as a text": lambda: errors(lambda body: body.update(schemas=ERROR)),
    "detail as an object": lambda: errors(lambda body: body.update(detail={"message": "no"})),
    "errors as a list": lambda: refusals(lambda answer: answer.saying([answer.json])),
    "errors under Errors": lambda: refusals(lambda answer: answer.saying({"Errors": [answer.json]})),
    "errors as HTML": lambda: refusals(lambda answer: replace(answer, body=b"<html>no</html>"), 404),
    "errors labelled text/html": lambda: refusals(lambda answer: answer.headed(content_type="text/html")),
    "errors without a type": lambda: refusals(lambda answer: answer.headed(content_type=None)),
    "conflict called invalidValue": lambda: errors(lambda body: body.update(scimType="invalidValue"), 409),
    "conflict without scimType": lambda: errors(lambda body: body.pop("scimType", None), 409),
    "a miss called uniqueness": lambda: errors(lambda body: body.update(scimType="uniqueness"), 404),
    "a refusal called invalidFilter": lambda: errors(lambda body: body.update(scimType="invalidFilter"), 401),
    "scimType in a case of its own": lambda: errors(lambda body: body.update(scimType="UNIQUENESS"), 409),
    "a miss answered 400": lambda: refusals(called(400), 404),
    "a miss answered 410": lambda: refusals(called(410), 404),
    "a miss answered 500": lambda: refusals(called(500), 404),
    "a miss answered 200": lambda: refusals(lambda answer: replace(answer, status=200), 404),
    "a miss answered 200 and null": lambda: refusals(
        lambda answer: replace(answer, status=200, body=b"null"), 404
    ),
    "a conflict answered 400": lambda: refusals(called(400), 409),
    "a refusal answered 400": lambda: refusals(called(400), 401),
    "a refusal answered 404": lambda: refusals(called(404), 401),
    "a refusal without WWW-Authenticate": lambda: refusals(
        lambda answer: answer.headed(www_authenticate=None), 401
    ),
    "a refusal with an empty challenge": lambda: refusals(
        lambda answer: answer.headed(www_authenticate=""), 401
    ),
    "any token is taken": lambda: let_in(lambda asked: "authorization" in asked.headers),
    "no token is needed": lambda: let_in(lambda asked: "authorization" not in asked.headers),
    "done and yet refused": lambda: refused_but_done,
    "every 25th answer 503": lambda: every(25, 503),
    "every 25th answer 429": lambda: every(25, 429),
    "a key twice": lambda: raw(lambda body: body[:-1] + b',"id":"again"}', a_user),
    "NaN": lambda: raw(lambda body: body[:-1] + b',"score":NaN}', a_user),
    "a byte order mark": lambda: raw(lambda body: b"\xef\xbb\xbf" + body),
    "something behind the JSON": lambda: raw(lambda body: body + b"\n<!-- 3 ms -->"),
    "latin-1": lambda: raw(
        lambda body: body.decode().encode("latin-1", "replace"), lambda asked: asked.kind == "Users"
    ),
    "JSON in a text": lambda: raw(lambda body: json.dumps(body.decode()).encode(), a_user),
    "labelled text/plain": lambda: header("content-type", "text/plain"),
    "labelled text/html in lists": lambda: header("content-type", "text/html", lambda asked: asked.lists),
    "labelled latin-1": lambda: header("content-type", "application/scim+json; charset=iso-8859-1"),
    "no type at all": lambda: header("content-type", None),
    "Content-Type twice": lambda: header("content-type", "application/scim+json, text/html"),
    "config without schemas": lambda: at("/ServiceProviderConfig", lambda body: body.pop("schemas")),
    "config as a list": lambda: answers(
        lambda _, answer: answer.saying({"schemas": [LIST], "totalResults": 1, "Resources": [answer.json]}),
        lambda asked: asked.kind == "ServiceProviderConfig",
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
