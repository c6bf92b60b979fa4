"""A small run against a target that lies a little, as a run record, for the tests of every report.

It holds each verdict once at least, and the strings a hostile target may send: markup, terminal
control sequences, a lone surrogate, a text direction override, and names in many scripts.
"""

import json
from dataclasses import replace

from scim_tests.model.fact import Fact
from scim_tests.model.plan_record import SuiteRecord, SuiteRow
from scim_tests.model.profile import Dialect
from scim_tests.model.record import (
    CheckRecord,
    ConsequenceRecord,
    Counts,
    ExchangeRecord,
    FindingRecord,
    ImportRecord,
    ImportRow,
    LeftBehind,
    MessageRecord,
    Outcome,
    ProfileInfo,
    ReferenceRecord,
    RootCause,
    RunInfo,
    RunRecord,
    SceneRecord,
    TargetInfo,
)

BASE = "https://scim.example.com/v2"
HOSTILE = "<script>alert('x')</script>\x1b[31mred\x07 \u202egnp.exe [bold]|pipe` ]]>&\ud800"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

LOOKUP_MISS = RootCause(
    check="push_user.lookup-miss-is-an-empty-list",
    sentence=f"A lookup of somebody unknown is answered with 500 and {HOSTILE}.",
    severity="stops-provisioning",
    explains=["push_user.create-answers-201", "link_user.put-keeps-the-id"],
    at=[6],
)
MESSAGE = (
    "Automatic provisioning of user zoë to app … failed: Error while verifying if user zoë exists: "
    f"Internal Server Error. Errors reported by remote server: {HOSTILE}"
)
AFTERMATH = [
    Fact("when", "Okta looks a person up like this before every assignment.", "documented", ["S20"]),
    Fact("message", MESSAGE, "inferred", ["SUP-401"]),
    Fact("event", "application.provision.user.verify_exists", "documented", ["EVENTS"]),
    Fact("task", "The assignment waits under Dashboard > Tasks.", "documented", ["F22746"]),
    Fact("retry", "No: Okta does not repeat a failed push by itself.", "captured", ["LAB-KR2"]),
    Fact("do", "Once the target is mended, choose Retry Selected.", "documented", ["F22746"]),
]
NEVER = [Fact("when", "Okta never sends this: it asks for pages of 100.", "documented", ["S20"])]
TYPES = RootCause(
    check="import_users.total-is-an-integer",
    sentence='totalResults is the string "2" where an integer is due.',
    severity="wrong-data",
    explains=[],
    at=[10, 11],
)


def sample() -> RunRecord:
    """The run: 8 checks, 14 exchanges, and one of every verdict at least."""
    checks = _checks()
    return RunRecord(
        run=RunInfo("st-7f3a", 42, "2026-11-24T03:28:11Z", 1.734, 4, strict=False, version="0.1.0"),
        target=TargetInfo(BASE, bundled=False),
        profile=ProfileInfo(
            "okta", "Okta app from the OIN catalogue", Dialect.OIN, ["import_users", "push_users"]
        ),
        outcome=Outcome(
            1, "failed", "2 of 5 judged checks failed: Okta cannot create people on this target."
        ),
        counts=Counts(8, 5, 2, 1, 2, 1, 1, 1, 37, 14),
        root_causes=[LOOKUP_MISS, TYPES],
        scenes=_scenes(),
        checks=checks,
        exchanges=_exchanges(),
        left_behind=[
            LeftBehind("zoë.müller+st-7f3a@example.com", "9f/<b>", "the target answered 405 to DELETE")
        ],
        not_looked_at=["Groups: this version plays no group acts.", f"Page 3 of the import: {HOSTILE}"],
        imports=[
            ImportRecord(
                [
                    ImportRow(
                        "ann@example.com", "Ann Ames", "ann@example.com", "exact", "email", "ann", "linked"
                    ),
                    ImportRow(HOSTILE, "=cmd()", "", "none", "", "", "created in Okta"),
                ],
                {"linked": 1, "created in Okta": 1},
                assigned=150,
                removed=40,
                halted=True,
            )
        ],
        suites=[
            SuiteRecord(
                f"Okta SCIM Test {HOSTILE}",
                "1 of 3 requests passed, 1 failed, 1 were not run.",
                [
                    SuiteRow(1, "Required Test: Users", "GET /Users", "passed", "4 of 4 assertions hold", 1),
                    SuiteRow(
                        2, f"Required Test: {HOSTILE}", "POST /Users", "failed", f"id not_empty: {HOSTILE}", 5
                    ),
                    SuiteRow(3, "", "GET {{oktaOrgUrl}}", "not run", "it needs an Okta org, oktaOrgUrl", 0),
                ],
            )
        ],
        sources=[_reference(f"okta:{key}") for key in ("EVENTS", "F22746", "LAB-KR2", "S20", "SUP-401")],
    )


def strict(record: RunRecord) -> RunRecord:
    return replace(record, run=replace(record.run, strict=True))


def all_good() -> RunRecord:
    """A run where everything passed and nothing was left behind."""
    record = sample()
    passed = [check for check in record.checks if check.verdict == "pass"]
    return replace(
        record,
        outcome=Outcome(0, "passed", "2 checks passed."),
        counts=Counts(2, 2, 2, 0, 0, 0, 0, 0, 30, 14),
        root_causes=[],
        checks=passed,
        left_behind=[],
        not_looked_at=[],
        imports=[],
        suites=[],
        sources=[],
    )


def of_verdict(record: RunRecord, verdict: str) -> CheckRecord:
    return next(check for check in record.checks if check.verdict == verdict)


def check(identity: str, story: str, verdict: str, **said: object) -> CheckRecord:
    """A check with everything it needs; `said` overrides."""
    judged = CheckRecord(
        id=identity,
        act=identity.partition(".")[0],
        story=story,
        title=f"The target does what {identity.partition('.')[2].replace('-', ' ')} says",
        verdict=verdict,
        why="",
        blame="",
        strength="must",
        severity="stops-provisioning",
        demanded_by="both",
        consequence=ConsequenceRecord(
            "Okta stops before creating the person.",
            "captured",
            "Error while verifying if user zoë exists: Internal Server Error.",
        ),
        fix='Answer 200 and `"totalResults": 0`: an empty ListResponse, when nobody has that userName.',
        references=[_reference("RFC7644-3.4.2-08"), _reference("okta:S20")],
        places={verdict: 1},
        at=[1],
        findings=[],
        reproduction=f"#!/bin/sh\n# {HOSTILE}\ncurl -sS $SCIM_TESTS_URL" if verdict == "fail" else "",
    )
    return replace(judged, **said)  # type: ignore[arg-type]


def _reference(identity: str) -> ReferenceRecord:
    if identity.startswith("okta:"):
        url = "https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20"
        return ReferenceRecord(identity, "Okta", "Okta reference: SCIM 2.0 protocol", url)
    url = "https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2"
    statement = "A query without a match is answered with 200 and totalResults 0."
    return ReferenceRecord(identity, "RFC 7644 §3.4.2", statement, url)


def _finding(verdict: str, at: list[int], scene: str) -> FindingRecord:
    return FindingRecord(verdict, "200 with totalResults 0", f"500 {HOSTILE}", "status", scene, at)


def _checks() -> list[CheckRecord]:
    lookup, total = LOOKUP_MISS.check, TYPES.check
    return [
        check("test_credentials.probe-answers-a-list", "credentials", "pass", at=[1], places={"pass": 3}),
        check("test_credentials.wrong-token-is-refused", "credentials", "pass", at=[2, 3], severity="security"),
        check(lookup, "push users", "fail", at=[4, 6], places={"pass": 1, "fail": 1},
              findings=[_finding("fail", [6], "push_user:plus")], aftermath=AFTERMATH),
        check("push_user.create-answers-201", "push users", "blocked", at=[], blame="push_user.lookup",
              why=f"push_user.lookup answered 500 {HOSTILE}"),
        check(total, "import users", "fail", at=[10, 11], severity="wrong-data", places={"fail": 2},
              consequence=ConsequenceRecord("Okta imports nobody.", "inferred", ""),
              findings=[_finding("fail", [10], "import_users"), _finding("fail", [11], "import_users")],
              aftermath=NEVER),
        check("discovery.config-is-there", "discovery", "advice", at=[13], strength="should", severity="cosmetic",
              demanded_by="RFC", findings=[_finding("advice", [13], "discovery")],
              consequence=ConsequenceRecord("Okta never asks for it.", "documented", "")),
        check("import_users.groups-come-along", "import users", "not asked", at=[],
              why="profile okta does not have import_groups"),
        check("every_answer.json-is-utf-8", "every answer", "broken", at=[],
              findings=[FindingRecord("broken", "a judgement", f"KeyError: {HOSTILE}", "", "discovery", [14])]),
    ]  # fmt: skip


def _scenes() -> list[SceneRecord]:
    cut = "push_user.lookup answered 500"
    return [
        SceneRecord("test_credentials", "test_credentials", "Press Test API Credentials", "credentials", "",
                    "played", "", "", [1, 2, 3]),
        SceneRecord("push_user:plain", "push_user", "Assign a new person", "push users", "nothing special",
                    "played", "", "", [4, 5]),
        SceneRecord("push_user:plus", "push_user", "Assign a new person", "push users", f"a + in it {HOSTILE}",
                    "cut short", cut, "push_user.lookup", [6]),
        SceneRecord("link_user:plain", "link_user", "Assign a person who is on the target already", "push users", "",
                    "blocked", "nobody was created", "push_user.create", []),
        SceneRecord("import_users", "import_users", "Import people", "import users", "",
                    "played", "", "", [7, 8, 9, 10, 11, 12]),
        SceneRecord("discovery", "discovery", "Ask what the target can do", "discovery", "",
                    "played", "", "", [13, 14]),
        SceneRecord("push_group", "push_group", "Push a group", "push groups", "",
                    "not asked", "profile okta does not have push_groups", "", []),
    ]  # fmt: skip


def exchange(number: int, step: str, call: str, status: int, body: str, **said: object) -> ExchangeRecord:
    """An exchange; `call` is like `GET /Users`, `said` overrides."""
    method, _, path = call.partition(" ")
    phrase = {0: "", 200: "200 OK", 201: "201 Created", 401: "401 Unauthorized", 404: "404 Not Found"}
    sent = f'{{"schemas":["{USER}"],"userName":"zoë","password":"$SCIM_TESTS_PASSWORD","active":true}}'
    headers = [["Accept", "application/scim+json"], ["Authorization", "Bearer $SCIM_TESTS_TOKEN"]]
    heard = ExchangeRecord(
        number=number,
        step=step,
        scene=step.partition(".")[0],
        started="2026-11-24T03:28:11.250Z",
        seconds=0.012 * number,
        method=method,
        path=path,
        url=BASE + path,
        request=MessageRecord(headers, sent if method in {"POST", "PUT"} else ""),
        status=status,
        phrase=phrase.get(status, f"{status} Internal Server Error"),
        response=MessageRecord([["Content-Type", "application/scim+json"], ["X-Trace", HOSTILE]], body),
        failure="",
        elided=0,
        curl=f"curl -sS -X {method} -H 'Authorization: Bearer $SCIM_TESTS_TOKEN' '{BASE}{path}'",
    )
    return replace(heard, **said)  # type: ignore[arg-type]


def _exchanges() -> list[ExchangeRecord]:
    empty = json.dumps({"schemas": [LIST], "totalResults": 0, "Resources": []})
    refused = json.dumps({"schemas": [ERROR], "status": "401", "detail": HOSTILE})
    person = json.dumps(
        {"schemas": [USER], "id": "9f", "userName": "zoë", "displayName": "ゾエ 🌍"}, ensure_ascii=False
    )
    page = '{"totalResults":"2","Resources":[{"id":"9f","id":"9e","n":1.0}]}'
    lookup = "GET /Users?filter=userName%20eq%20%22zo%C3%AB%2Bx%40example.com%22&startIndex=1&count=100"
    listing = "GET /Users?startIndex=1&count=100"
    return [
        exchange(1, "test_credentials.probe", "GET /Users?startIndex=1&count=2", 200, empty),
        exchange(2, "test_credentials.wrong_token", "GET /Users?startIndex=1&count=2", 401, refused),
        exchange(3, "test_credentials.no_token", "GET /Users?startIndex=1&count=2", 401, ""),
        exchange(4, "push_user.lookup", lookup, 200, empty, scene="push_user:plain"),
        exchange(5, "push_user.create", "POST /Users", 201, person, scene="push_user:plain"),
        exchange(6, "push_user.lookup", lookup, 500, f"<html>{HOSTILE}</html>", scene="push_user:plus",
                 aftermath=AFTERMATH),
        exchange(7, "import_users.page", listing, 200, page),
        exchange(8, "import_users.page", "GET /Users?startIndex=2&count=1", 200, page, elided=7),
        exchange(9, "import_users.page", "GET /Users?startIndex=0&count=1", 0, "", failure="no answer in 60 s",
                 response=MessageRecord([], "")),
        exchange(10, "import_users.page", "GET /Users?count=0", 200, page, aftermath=NEVER),
        exchange(11, "import_users.page", "GET /Users?startIndex=-1", 200, page),
        exchange(12, "import_users.page", "GET /Users?startIndex=99", 200, empty),
        exchange(13, "discovery.config", "GET /ServiceProviderConfig", 404, "\x00\x01 not json"),
        exchange(14, "discovery.schemas", f"GET /Schemas?x={HOSTILE}", 200, "[" * 50 + "]" * 50),
    ]  # fmt: skip


def large(exchanges: int) -> RunRecord:
    """120 failed checks, and as many exchanges as are asked for."""
    body = json.dumps({"Resources": [{"id": str(number), "userName": "x" * 60} for number in range(20)]})
    made = [
        exchange(number, "import_users.page", "GET /Users?startIndex=1&count=20", 200, body)
        for number in range(1, exchanges + 1)
    ]
    scene = replace(sample().scenes[4], exchanges=[each.number for each in made])
    first = sample().checks[2]
    checks = [replace(first, id=f"import_users.check-{number}", at=[1, 2, 3]) for number in range(120)]
    return replace(sample(), exchanges=made, scenes=[scene], checks=checks, root_causes=[])
