"""Runs Okta's official suites, exports of a hosted API-test service, request by request and assertion by assertion.

A suite drives its own requests; ours are the socket, the ledger and the clean-up around them. What a
suite wants that only an Okta org can give is named as not run. Its scripts are not run either, as
they are programs for the hosted service; that is said beside the step.
"""

import asyncio
import json
import math
import re
import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from scim_tests.errors import OwnError, UsageError
from scim_tests.model.act import Step
from scim_tests.model.exchange import Exchange, Headers, Heard, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, get, name_of
from scim_tests.model.slots import TOKEN_SLOT, as_kept
from scim_tests.session.guarded import send
from scim_tests.wire.client import Client

VARIABLE = re.compile(r"\{\{(\w+)\}\}")
PART = re.compile(r"([^.\[\]]+)|\[(\d{1,9})\]")
SAFE = "/?&=@:%+,;!$'()*~._-[]"
BASES = ("SCIMBaseURL", "SCIMUrl")
ENDPOINT = "EntitlementEndpoint"
AUTHORIZATIONS = ("auth", "SCIMAuth")
LONGEST = 600.0  # seconds of a pause
OURS_ALONE = frozenset({*BASES, *AUTHORIZATIONS})  # where a request goes, and what opens the door there
OF_THE_WIRE = frozenset({"host", "content-length"})  # which say where a request goes, and where it ends


@dataclass(frozen=True)
class Assertion:
    """One assertion and what came of it; `good` is None where we do not know how to judge it."""

    text: str
    good: bool | None
    got: str


@dataclass
class Row:
    """One request of the suite. `why` says what kept it from being run."""

    number: int
    title: str
    method: str
    path: str
    why: str = ""
    assertions: list[Assertion] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    heard: Heard | None = None
    step: Mapping[str, Any] = field(default_factory=dict)  # of the suite
    other_token: bool = False

    @property
    def is_optional(self) -> bool:
        """Whether the suite itself says so at the beginning of the step's title."""
        return self.title.lower().startswith("optional")

    @property
    def result(self) -> str:
        """passed, failed or not run."""
        if self.why:
            return "not run"
        return "failed" if any(each.good is False for each in self.assertions) else "passed"


@dataclass(frozen=True)
class Suite:
    """A suite by Okta: its name, and the steps as its export has them, each part of the type it is read as."""

    name: str
    steps: list[dict[str, Any]]


def read_suite(path: Path) -> Suite:
    """A suite's export. UsageError `bad-suite` where the file is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        steps = [_read_step(each) for each in document["steps"]]
        named = [each["step_type"] for each in steps]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else repr(error)
        hint = "Take the JSON files that Okta publishes with its SCIM guide."
        raise UsageError("bad-suite", f"{path} is not an export of a test suite: {why}.", hint) from None
    if "request" not in named:
        raise UsageError("bad-suite", f"{path} holds no request.")
    return Suite(str(document.get("name") or path.stem), steps)


def _read_step(told: Mapping[str, Any]) -> dict[str, Any]:
    """A step whose parts have the types they are read as; a part of another is left out."""
    headers = told.get("headers")
    return {
        **told,
        "headers": {
            str(name): [str(each) for each in (values if isinstance(values, list) else [values])]
            for name, values in (headers.items() if isinstance(headers, dict) else ())
        },
        **{name: _objects(told.get(name)) for name in ("assertions", "variables")},
        "duration": _number(told.get("duration")) or 0.0,
        "scripts": told["scripts"] if isinstance(told.get("scripts"), list) else [],
    }


def _objects(value: Json) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def variables(run: str, authorization: str, given: Mapping[str, str]) -> dict[str, str]:
    """What a suite expects of its environment (okta:SPEC), with names that show whose they are.

    UsageError where one is `given` that is not the suite's to choose.
    """
    for name in OURS_ALONE & given.keys():
        hint = "Name the target with --target-url, and set the token in the environment."
        raise UsageError("bad-variable", f"--variable {name} cannot be given.", hint)
    number = "".join(secrets.choice(string.digits) for _ in range(3))
    user = f"scim-tests.{run}.official@example.com"
    return {
        **dict.fromkeys(BASES, ""),
        **dict.fromkeys(AUTHORIZATIONS, authorization),
        "randomGivenName": f"Runscope{number}",
        "randomFamilyName": f"Suite{number}",
        "randomEmail": user,
        "randomUsername": user,
        "randomUsernameCaps": user.upper(),
        "InvalidUserEmail": f"scim-tests.{run}.nobody@example.com",
        "UserIdThatDoesNotExist": "010101001010101011001010101011",
        "randomGroupName": f"scim-tests.{run}.group",
        **given,
    }


async def play(suite: Suite, client: Client, known: dict[str, str], pause: float, rows: list[Row]) -> None:
    """Every request in order, each a row of `rows`; pauses last as long as the suite says, times `pause`.

    `known` are the variables by name; answers fill further ones.
    """
    for step in suite.steps:
        if step["step_type"] == "pause":
            await asyncio.sleep(min(max(step["duration"] * pause, 0), LONGEST))
        elif step["step_type"] == "request":
            row = _row(len(rows) + 1, step, known)
            rows.append(row)
            if not row.why:
                await _ask(row, step, client, known)
        else:
            rows.append(
                Row(len(rows) + 1, str(step.get("note") or ""), "", "", f"a step of type {step['step_type']}")
            )


def _row(number: int, step: Mapping[str, Any], known: Mapping[str, str]) -> Row:
    url = str(step.get("url") or "")
    title = " ".join(str(step.get("note") or "").split())
    row = Row(number, title, str(step.get("method") or "GET").upper(), url, step=step)
    wanted = [*VARIABLE.findall(url), *VARIABLE.findall(json.dumps([step.get("headers"), _body(step)]))]
    missing = [name for name in dict.fromkeys(wanted) if name not in known]
    if step.get("skipped"):
        row.why = "the suite skips it"
    elif missing:
        org = "an Okta org, " if any("okta" in name.lower() for name in missing) else ""
        row.why = f"it needs {org}{', '.join(missing)}"
    elif not any(url.startswith(f"{{{{{base}}}}}") for base in BASES):
        row.why = "its URL does not begin with the SCIM base URL"
    if any(str(script).strip() for script in step["scripts"]):
        row.notes.append("its script, a program for the hosted service, was not run")
    row.path = url if row.why else _path_of(url, known)
    return row


def _path_of(url: str, known: Mapping[str, str]) -> str:
    """The path behind the base URL. What a target said is one part of it, and never more; but for the endpoint it offers."""
    whole = {*BASES, ENDPOINT}
    encoded = {
        name: value if name in whole else quote(as_kept(value), safe="@") for name, value in known.items()
    }
    return quote(_filled(url, encoded), safe=SAFE, errors="surrogatepass")


def _body(step: Mapping[str, Any]) -> str:
    return str(step.get("body") or step.get("data") or "")


def _filled(text: str, known: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda name: known.get(name[1], name[0]), text)


async def _ask(row: Row, step: Mapping[str, Any], client: Client, known: dict[str, str]) -> None:
    headers = _headers(step, known)
    row.other_token = not any(TOKEN_SLOT in value for _, value in headers)
    body = _filled(_body(step), {name: json.dumps(as_kept(value))[1:-1] for name, value in known.items()})
    endpoint, _, last = row.path.partition("?")[0].rpartition("/")
    writes = row.method in {"PUT", "PATCH", "DELETE"}
    sent = Step(
        f"official_{row.number}", row.method, row.path, headers, body.encode(errors="surrogatepass"),
        creates=_creates(row, body), about=unquote(last) if writes and endpoint else "", removes=row.method == "DELETE",
    )  # fmt: skip
    try:
        row.heard = await send(client, sent)
    except OwnError as refused:
        row.why = refused.message
        return
    exchange = Exchange(sent.name, "official", row.heard)
    row.assertions = [_judged(each, exchange, known) for each in step["assertions"]]
    known.update(_learnt(step, exchange))


def _learnt(step: Mapping[str, Any], exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The variables that an answer fills."""
    for each in step["variables"]:
        value = _read(exchange, str(each.get("source")), str(each.get("property") or ""))
        name = each.get("name")
        if isinstance(name, str) and name not in OURS_ALONE and isinstance(value, str | int):
            yield name, str(value)


def retold(
    rows: list[Row], known: dict[str, str], kept: Callable[[Heard], Heard], told: Callable[[str], str]
) -> list[Row]:
    """The rows as they may be kept: what they show is read anew, from the answers that are kept.

    `known` are the variables as the suite began.
    """
    found = []
    for row in rows:
        path, assertions = told(row.path), row.assertions
        if row.heard:
            heard = kept(row.heard)
            exchange = Exchange(row.title, "official", heard)
            path = heard.request.path
            assertions = [
                replace(_judged(each, exchange, known), good=before.good)
                for each, before in zip(row.step["assertions"], row.assertions, strict=True)
            ]
            known.update(_learnt(row.step, exchange))
        found.append(replace(row, path=path, why=told(row.why), assertions=assertions))
    return found


def _headers(step: Mapping[str, Any], known: Mapping[str, str]) -> Headers:
    """What the suite sends as headers, without what HTTP itself needs; the token goes only where it is meant to."""
    found = []
    for name, values in step["headers"].items():
        for value in values if name.lower() not in OF_THE_WIRE else ():
            said = _filled(value, known)
            found.append((name, said if name.lower() == "authorization" else as_kept(said)))
    return tuple(found)


def _creates(row: Row, body: str) -> str:
    """The name of what a POST makes, for the ledger."""
    try:
        sent = json.loads(body) if row.method == "POST" else {}
    except (ValueError, RecursionError):
        return ""
    return name_of(sent)


def _read(exchange: Exchange, source: str, path: str) -> Json:
    """What an assertion is about, or None. Times are milliseconds."""
    answer = exchange.heard.answer
    if answer is None:
        return None
    if source == "response_json":
        try:
            return get(exchange.json, *_path(path))
        except NotObserved:
            return None
    return {
        "response_status": answer.status,
        "response_time": round(exchange.heard.seconds * 1000),
        "response_headers": answer.header(path or "") if path else None,
        "response_text": answer.text,
        "response_size": len(answer.body),
    }.get(source)


def _path(path: str) -> Iterator[str | int]:
    """`Resources[0].name.familyName` in parts."""
    for name, position in PART.findall(path):
        yield name or int(position)


def _judged(assertion: Mapping[str, Any], exchange: Exchange, known: Mapping[str, str]) -> Assertion:
    source, path = str(assertion.get("source")), str(assertion.get("property") or "")
    wanted = assertion.get("value")
    wanted = _filled(str(wanted), known) if wanted is not None else None
    value = _read(exchange, source, path)
    compare = COMPARISONS.get(str(assertion.get("comparison")))
    text = f"{path or source} {assertion.get('comparison')}" + (f" {wanted}" if wanted is not None else "")
    if exchange.heard.answer is None:
        return Assertion(text, good=False, got=f"no answer: {exchange.heard.failure}")
    if compare is None or source not in SOURCES:
        return Assertion(text, good=None, got="an assertion we do not know")
    return Assertion(text, compare(value, wanted), describe(value) if value is not None else "nothing")


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(value: Json) -> float | None:
    """None where it is no number that counts as far as any; a text may be one."""
    try:
        number = float("nan" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _less(value: Json, than: Json) -> bool:
    one, other = _number(value), _number(than)
    return one is not None and other is not None and one < other


def _has(value: Json, wanted: Json) -> bool:
    return wanted in [_text(each) for each in value] if isinstance(value, list) else _text(value) == wanted


def _is_empty(value: Json) -> bool:
    return value is None or value in ("", [], {})


SOURCES = frozenset({
    "response_status", "response_json", "response_time", "response_headers", "response_text", "response_size",
})  # fmt: skip
COMPARISONS: dict[str, Callable[[Json, Json], bool]] = {
    "equal": lambda value, wanted: value is not None and _text(value) == wanted,
    "not_equal": lambda value, wanted: _text(value) != wanted,
    "equal_number": lambda value, wanted: _number(value) is not None and _number(value) == _number(wanted),
    "is_a_number": lambda value, _: isinstance(value, int | float) and not isinstance(value, bool),
    "is_less_than": _less,
    "is_greater_than": lambda value, wanted: _less(wanted, value),
    "empty": lambda value, _: _is_empty(value),
    "not_empty": lambda value, _: not _is_empty(value),
    "has_value": _has,
    "contains": lambda value, wanted: _has(value, wanted) or str(wanted) in _text(value),
    "does_not_contain": lambda value, wanted: not _has(value, wanted) and str(wanted) not in _text(value),
}
