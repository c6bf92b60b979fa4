"""What the acts put on the wire is what Okta puts there, held to `fixtures/okta/requests`."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from playing import BASE_URL, PASSWORD, TOKEN, play, reference_transport

from scim_tests import profiles
from scim_tests.knowledge.okta_effect import kind_of
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.model import exchange as secrets
from scim_tests.model.exchange import Exchange, Headers, Request
from scim_tests.model.scim import Json

ROOT = Path(__file__).parent.parent
MARKER = "X-Scim-Tests"
ENCODED = r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+"
TEXT = r'(?:[^"\\\x00-\x1f]|\\.)*'
MEMBER = rf'\{{"value":"{TEXT}","display":(?:null|"{TEXT}")\}}'
PATTERNS = {"text": TEXT, "members": rf"\[(?:{MEMBER}(?:,{MEMBER})*)?\]", "entries": r"\[\{.+?\}\]"}
# Steps of Okta's whose requests no source shows: a full batch, and what the documents only name.
WITHOUT_A_SOURCE = (
    "push_group.batch", "update_user.put_*", "update_profile.put_*", "reactivate_user.put_stale", "delete_user.create",
    "resize_group.push_member", "discovery.*", "entitlements.*",
)  # fmt: skip
DIALECTS = {"oin": "okta", "custom": "okta-custom-app"}


@dataclass(frozen=True)
class Source:
    """One file: a request as Okta's documents or a capture show it."""

    name: str
    said: Mapping[str, Any]

    def __str__(self) -> str:
        return self.name

    @property
    def method(self) -> str:
        return str(self.said["request"]["method"])

    @property
    def body(self) -> str | None:
        return self.said["request"]["body"]  # type: ignore[no-any-return]

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.said["request"]["headers"]]

    @property
    def profiles(self) -> list[str]:
        """The profiles that come along and speak its dialect."""
        return [
            profile for dialect, profile in DIALECTS.items() if self.said.get("dialect", dialect) == dialect
        ]

    def is_of(self, step: str) -> bool:
        return any(fnmatchcase(step, pattern) for pattern in self.said["steps"])

    def shows(self, request: Request) -> bool:
        """Whether the request is this one, but for the values; a whole user is looked at elsewhere."""
        if request.method != self.method or not fits(self.said["request"]["target"], ENCODED, request.path):
            return False
        if self.body is None or self.body == "{user}":
            return bool(request.body) is (self.body is not None)
        patterns = {name: PATTERNS[kind] for name, kind in self.said["placeholders"].items()}
        return fits(self.body, patterns, request.text)


def fits(template: str, patterns: str | Mapping[str, str], text: str) -> bool:
    """Whether the text is the template with something in place of each `{name}`."""
    parts = re.split(r"\{(\w+)\}", template)
    values = [patterns if isinstance(patterns, str) else patterns[name] for name in parts[1::2]]
    literals = [re.escape(part) for part in parts[0::2]]
    pattern = "".join(literal + value for literal, value in zip(literals, [*values, ""], strict=True))
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def sources() -> list[Source]:
    files = sorted((ROOT / "fixtures" / "okta" / "requests").glob("*.json"))
    return [Source(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files]


class Recorder(httpx.AsyncBaseTransport):
    """The reference server behind something that writes down every request, to the byte."""

    def __init__(self) -> None:
        self.honest = reference_transport()
        self.heard: Counter[tuple[str, bytes, tuple[tuple[bytes, bytes], ...], bytes]] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        self.heard[request.method, request.url.raw_path, tuple(request.headers.raw), body] += 1
        return await self.honest.handle_async_request(request)


@cache
def performed(profile: str) -> tuple[tuple[Exchange, ...], Recorder]:
    recorder = Recorder()
    with TemporaryDirectory() as folder:
        done = play(recorder, Path(folder) / "ledger.jsonl", profile=profile)
        return done.conductor.transcript.exchanges, recorder


def sent_as(source: Source) -> list[Exchange]:
    """The exchanges of its steps, in the dialects it is of."""
    return [each for profile in source.profiles for each in performed(profile)[0] if source.is_of(each.step)]


def revealed(text: str) -> str:
    known = {
        secrets.TOKEN: TOKEN,
        secrets.REFUSED_TOKEN: TOKEN.swapcase(),
        secrets.PASSWORD: PASSWORD,
    }
    for placeholder, secret in known.items():
        text = text.replace(placeholder, secret)
    return text


def without_ours(headers: Headers) -> list[tuple[str, str]]:
    """The headers without the marker, and without Host, which the HTTP library puts first."""
    return [(name, value) for name, value in headers if name not in {MARKER, "Host"}]


SOURCES = pytest.mark.parametrize("source", sources(), ids=str)
PROFILES = pytest.mark.parametrize("profile", profiles.names())


@PROFILES
def test_what_is_kept_is_what_left(profile: str) -> None:
    """Every request of the record, with its secrets, is one that left, to the byte; and no other left."""
    exchanges, recorder = performed(profile)
    path = httpx.URL(BASE_URL).raw_path.decode()
    kept = Counter(
        (
            request.method,
            (path + request.path).encode(),
            tuple((name.encode(), revealed(value).encode()) for name, value in request.headers),
            request.body.replace(secrets.TOKEN.encode(), TOKEN.encode()).replace(
                secrets.PASSWORD.encode(), PASSWORD.encode()
            ),
        )
        for request in (exchange.request for exchange in exchanges)
    )
    assert kept == recorder.heard


@SOURCES
def test_the_request_is_okta_s(source: Source) -> None:
    """Method, target with its order and encoding, and body with its key order are those of a source, to the byte."""
    exchanges = sent_as(source)
    assert exchanges, "no act sends it"
    for exchange in exchanges:
        others = [
            each for each in sources() if each.is_of(exchange.step) and each.profiles == source.profiles
        ]
        assert any(each.shows(exchange.request) for each in others), exchange.request
    assert any(source.shows(exchange.request) for exchange in exchanges)


@SOURCES
def test_the_headers_are_okta_s(source: Source) -> None:
    """Names, letter case, order and values are those of the source; only Host is elsewhere."""
    for exchange in sent_as(source):
        length = str(len(revealed(exchange.request.text).encode()))
        token = secrets.TOKEN if exchange.step != "test_credentials.wrong_token" else "scim-tests-wrong-token"
        filled = tuple(
            (name, value.format(token=token, length=length, host="")) for name, value in source.headers
        )
        assert without_ours(exchange.request.headers) == without_ours(filled)


@PROFILES
def test_no_request_has_a_header_that_okta_does_not_send(profile: str) -> None:
    """Whatever is sent has Okta's headers and the marker; a body has a type and a length, a GET has neither."""
    for exchange in performed(profile)[0]:
        names = [name for name, _ in exchange.request.headers]
        known = {name for source in sources() for name, _ in source.headers}
        is_conditional = exchange.step.startswith(("keep_versions.", "live_together.outdated_"))
        conditions = {"If-Match", "If-None-Match"} if is_conditional else set()
        key = {"apikey"} if exchange.step.endswith("form_apikey") else set()
        assert set(names) - known <= {MARKER} | conditions | key
        assert len(set(names)) == len(names)
        has_a_length = bool(exchange.request.body) or exchange.step in EMPTY
        assert ("Content-Length" in names) is has_a_length
        has_a_type = (has_a_length or exchange.step in DELETES_GROUPS) and exchange.step != UNLABELLED
        assert ("Content-Type" in names) is has_a_type
        anonymous = (
            exchange.step.endswith("form_apikey")
            or ".no_token" in exchange.step
            or exchange.step.endswith("config_for_all")
        )
        assert ("Authorization" in names) is not anonymous


# What other clients send by mistake.
EMPTY = {"send_odd_requests.empty", "send_odd_requests.patch_empty", "ask_odd_questions.search_empty"}
UNLABELLED = "send_odd_requests.unlabelled"
DELETES_GROUPS = {"send_odd_requests.group_delete", "keep_versions.group_outdated_delete", "keep_versions.group_delete",
    "write_in_forms.group_delete_inner", "live_together.group_delete_outer",
    "push_group.delete", "clean_up.delete_group", "patch_group.delete", "patch_group.delete_again",
    "resize_group.delete", "resize_group.delete_another", "resize_group.delete_again", "overlap_groups.delete",
    "delete_user.delete_group", "write_every_attribute.delete_group",
}  # fmt: skip


def test_the_marker_can_be_switched_off(tmp_path: Path) -> None:
    """It is in every request of a profile that comes along, and in none where `marks_requests` is false."""
    text = (ROOT / "scim_tests" / "profiles" / "okta.toml").read_text(encoding="utf-8")
    (tmp_path / "unmarked.toml").write_text(f"marks_requests = false\n{text}", encoding="utf-8")
    unmarked = Recorder()
    play(unmarked, tmp_path / "ledger.jsonl", profile=str(tmp_path / "unmarked.toml"))
    assert unmarked.heard
    assert not [request for request in unmarked.heard if MARKER.encode() in dict(request[2])]
    assert all(MARKER.encode() in dict(request[2]) for request in performed("okta")[1].heard)


@pytest.mark.parametrize("source", [each for each in sources() if each.body == "{user}"], ids=str)
def test_a_put_sends_back_what_the_get_before_it_showed(source: Source) -> None:
    """Every key of the target's comes back in its place, with its value where Okta maps none; ours come last.

    A group of ours comes back as Okta writes a member of one: whatever else a target says of it, the guard could not read.
    """
    mapped = {"userName", "name", "emails", "displayName", "externalId", "active", "password", "nickName"}
    for exchange in sent_as(source):
        gets = [each for each in exchange.before if each.request.method == "GET" and each.step.partition(".")[2].startswith(("read", "member_"))]  # fmt: skip
        shown, sent = dict(gets[-1].resource), exchange.request.json
        if "groups" in shown:
            shown["groups"] = [
                {"value": each["value"], "display": each["display"]} for each in shown["groups"]
            ]
        assert list(sent)[: len(shown)] == list(shown)
        assert set(sent) - set(shown) <= mapped
        assert {key: sent[key] for key in set(shown) - mapped} == {
            key: shown[key] for key in set(shown) - mapped
        }
        assert exchange.request.text == compact(sent)


@pytest.mark.parametrize("active", [False, True])
def test_in_the_custom_dialect_only_active_changes(active: bool) -> None:
    """A deactivation by PUT is the GET's answer with `active` changed; a reactivation pushes a mapped attribute with it."""
    step = "reactivate_user.put" if active else "deactivate_user.put"
    exchanges = [each for each in performed("okta-custom-app")[0] if each.step == step]
    assert exchanges
    for exchange in exchanges:
        shown = exchange.earlier("read").resource
        pushed = {"nickName": exchange.request.json["nickName"]} if active else {}
        assert exchange.request.json == {**shown, "active": active, **pushed}


@pytest.mark.parametrize("source", [each for each in sources() if "sample" in each.said], ids=str)
def test_the_white_space_is_okta_s(source: Source) -> None:
    """Filled in with the values of the source's sample the body is as long as its Content-Length says."""
    sample, body = source.said["sample"], source.body or ""
    for name, value in sample["values"].items():
        members = isinstance(value, list)
        text = compact([{"value": one, "display": other} for one, other in value]) if members else value
        body = body.replace(f"{{{name}}}", text)
    assert len(body.encode()) == sample["content_length"]


@pytest.mark.parametrize("profile", list(DIALECTS.values()))
def test_every_step_of_okta_s_has_a_source(profile: str) -> None:
    """What Okta sends is compared with a file, or is on the short list of what no source shows."""
    steps = {exchange.step for exchange in performed(profile)[0]}
    oktas = {step for step in steps if (kind := kind_of(step)) and not kind.never}
    spoken = [each for each in sources() if profile in each.profiles]
    alone = {step for step in oktas if not any(each.is_of(step) for each in spoken)}
    assert {step for step in alone if not any(fnmatchcase(step, each) for each in WITHOUT_A_SOURCE)} == set()


@SOURCES
def test_a_source_says_where_it_is_from(source: Source) -> None:
    """Its keys are known, and where it is not exact it says what is missing."""
    assert {OKTA + key for key in source.said["sources"]} <= set(references())
    assert source.said["known"] in {"documented", "captured", "inferred"}
    assert source.said["exact"] or source.said["note"]
    assert not (source.said["exact"] and source.said["known"] == "inferred")


def test_a_filter_is_encoded_as_okta_encodes_it() -> None:
    """Blanks are %20, quotes %22, @ %40 and + %2B; the value is the userName as it is."""
    lookups = [each for each in performed("okta")[0] if each.step == "push_user.lookup"]
    plus = next(each for each in lookups if each.scene.endswith(":plus"))
    assert "%2Bokta%40" in plus.request.path
    assert "/Users?filter=userName%20eq%20%22scim-tests." in plus.request.path


def compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
