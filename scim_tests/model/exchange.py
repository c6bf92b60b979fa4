"""One request with its answer, and what can be read out of it.

Whatever is read here and is not there raises `NotObserved`, which says why nothing can be judged.
So acts and checks read on as if all were well: the engine turns `NotObserved` into `blocked`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from scim_tests.model.json_text import VALUE, describe, read_json, values_in
from scim_tests.model.loopback import is_loopback
from scim_tests.model.page import Page
from scim_tests.model.part import Part
from scim_tests.model.scim import Json, Resource, as_id, get

Headers = tuple[tuple[str, str], ...]

TOKEN = "$SCIM_TESTS_TOKEN"  # noqa: S105 -- what stands for the token wherever anything is kept
PASSWORD = "$SCIM_TESTS_PASSWORD"  # noqa: S105 -- the same for the placeholder password of a create
REFUSED_TOKEN = "$REFUSED_TOKEN"  # noqa: S105 -- one that never opened the door, of a recording or made of ours
WRONG_TOKEN = "scim-tests-wrong-token"  # noqa: S105 -- not a secret: no target has handed it out
# A JWT that nobody signed: {"alg":"none"} and {"sub":"scim-tests"} (RFC 7519 6).
UNSIGNED_TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzY2ltLXRlc3RzIn0."  # noqa: S105
MADE_UP_TOKENS = frozenset({WRONG_TOKEN, UNSIGNED_TOKEN})  # what a run of ours sends to be refused
ANSWERED = "It answered "  # begins a failure where a status came, and no whole body
CUT_OFF = "It was stopped before an answer came."  # why there is no answer that nobody waited for

PHRASES = {status.value: status.phrase for status in HTTPStatus}


class NotObserved(Exception):  # noqa: N818 -- a judgement that cannot be made is not an error
    """There is nothing to judge: `step` did not give it, and `why` says what it gave instead.

    Without a step nobody is to blame: the play simply had nothing of the kind.
    """

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}" if step else why)
        self.step = step
        self.why = why


class _Message:
    headers: Headers
    body: bytes
    unrecorded: frozenset[Part]

    def header(self, name: str) -> str | None:
        """The header's value (several are joined with a comma, RFC 9110 5.2), or None. NotObserved where none were recorded."""
        self._must_hold(Part.HEADERS)
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def has_body(self) -> bool:
        """Whether it has one. NotObserved where it was not recorded."""
        self._must_hold(Part.BODY)
        return bool(self.body)

    @cached_property
    def text(self) -> str:
        """The body as text. NotObserved where it was not recorded."""
        self._must_hold(Part.BODY)
        return self.body.decode("utf-8", errors="replace")

    def _must_hold(self, part: Part) -> None:
        if part in self.unrecorded:
            raise NotObserved("", f"the recording does not hold its {part}")


@dataclass(frozen=True)
class Request(_Message):
    """A request as it left, except that secrets stand as `TOKEN` and `PASSWORD`.

    `path` is what follows the base URL, with the query exactly as it was sent.
    """

    method: str
    path: str
    headers: Headers = ()
    body: bytes = b""
    unrecorded: frozenset[Part] = frozenset()

    @cached_property
    def parsed(self) -> Json:
        """The body as JSON, or None where there is none. ValueError says why it cannot be read, NotObserved that it was not recorded."""
        return read_json(self.body) if self.has_body else None

    @property
    def json(self) -> Json:
        """The same for whoever judges: what cannot be read raises `NotObserved`, with nobody to blame for it."""
        try:
            return self.parsed
        except ValueError as error:
            raise NotObserved("", f"the request's body is not JSON ({error})") from None

    @property
    def resource(self) -> Resource:
        """The one resource that is written, or a PATCH's message. NotObserved where the body is no object."""
        asked = self.json
        if not isinstance(asked, Mapping):
            raise NotObserved("", f"the request's body is {describe(asked)} where a JSON object is due")
        return asked

    @property
    def operations(self) -> list[Resource]:
        """What a PATCH does, one at least. NotObserved where it says nothing of the kind (RFC 7644 3.5.2)."""
        listed = get(self.resource, "Operations")
        if (
            not isinstance(listed, list)
            or not listed
            or not all(isinstance(each, Mapping) for each in listed)
        ):
            raise NotObserved("", "the request has no operations")
        return listed

    @property
    def written(self) -> Resource:
        """The same as `resource`, and nothing where there is none: for who looks at all requests at once."""
        try:
            return self.resource
        except NotObserved:
            return {}

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The query's parameters, decoded; the last of equal names wins."""
        return dict(parse_qsl(self._parts[1], keep_blank_values=True))

    @cached_property
    def endpoint(self) -> str:
        """The path without the query, decoded: `/Users/2819c223`."""
        return unquote(self._parts[0])

    @cached_property
    def _parts(self) -> tuple[str, str]:
        """Path and query. It is no whole URL, and what is read as one may have a host where the path begins."""
        path, _, query = self.path.partition("#")[0].partition("?")
        return path, query


@dataclass(frozen=True)
class Answer(_Message):
    """An answer as it came, except that secrets stand as `TOKEN` and `PASSWORD`."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    unrecorded: frozenset[Part] = frozenset()

    @property
    def weight(self) -> int:
        """About how many bytes of memory its body takes, as bytes and as JSON."""
        return 2 * len(self.body) + VALUE * values_in(self.body)

    @property
    def phrase(self) -> str:
        """`404 Not Found`."""
        return f"{self.status} {PHRASES.get(self.status, '')}".rstrip()

    @property
    def beginning(self) -> str:
        """What a finding quotes of a body that is no JSON."""
        return repr(self.text[:60].strip())

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @cached_property
    def parsed(self) -> Json:
        """The body as JSON. ValueError says why it cannot be read, NotObserved that it was not recorded."""
        self._must_hold(Part.BODY)
        return read_json(self.body)

    @property
    def id(self) -> str:
        """The id of the one resource in a successful answer; empty where it tells none."""
        return as_id(get(self.parsed, "id")) if self.is_success and self.is_json else ""

    @cached_property
    def is_json(self) -> bool:
        """Whether the body can be read as JSON."""
        try:
            self.parsed  # noqa: B018 -- reading it tells
        except (ValueError, NotObserved):
            return False
        return True

    @cached_property
    def repeated_keys(self) -> tuple[str, ...]:
        """Names that stand twice in one JSON object, which RFC 8259 4 calls unpredictable."""
        repeated: list[str] = []

        def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            read = dict(pairs)
            if len(read) < len(pairs):
                keys = [key for key, _ in pairs]
                repeated.extend(sorted(key for key in read if keys.count(key) > 1))
            return read

        try:
            json.loads(self.body, object_pairs_hook=collect)
        except (ValueError, RecursionError):
            return ()
        return tuple(repeated)


@dataclass(frozen=True)
class Heard:
    """What the wire brings back for one step: the request, and its answer or why there is none."""

    request: Request
    answer: Answer | None
    failure: str = ""  # why no answer came, as one sentence
    unreachable: bool = False  # no connection could be made at all
    started: float = 0.0  # seconds since the epoch
    seconds: float = 0.0  # from the request's first byte to the answer's last
    base_url: str = ""  # what the request's path was put behind


@dataclass(eq=False)
class Exchange:
    """One step of a scene, played: `step` is `act.step`, `scene` says for whom."""

    step: str
    scene: str
    heard: Heard
    number: int = 0  # place in the transcript, from 1
    before: tuple["Exchange", ...] = field(default=(), repr=False)  # earlier ones of the same scene
    at_once: tuple["Exchange", ...] = field(
        default=(), repr=False
    )  # of the steps it was sent with, and its own
    sample: int | None = None  # of a bulky page only so many resources are judged one by one
    elided: int = 0  # resources of a bulky page that are not kept

    @property
    def request(self) -> Request:
        """The request as it left, with placeholders for secrets."""
        return self.heard.request

    @property
    def answer(self) -> Answer:
        """The answer. NotObserved where none came, or its body was too large to stay."""
        if self.heard.answer is None:
            raise NotObserved(self.step, f"no answer came: {self.heard.failure}")
        return self.heard.answer

    @property
    def status(self) -> int:
        """The HTTP status. NotObserved where no answer came."""
        return self.answer.status

    @property
    def previous(self) -> "Exchange":
        """The one right before it in its scene. NotObserved where a recording begins with this one."""
        if not self.before:
            raise NotObserved("", f"nothing came before {self.step}")
        return self.before[-1]

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the target is reached over loopback, so that what holds for a network need not hold."""
        return is_loopback(self.heard.base_url)

    @property
    def is_success(self) -> bool:
        """Whether an answer came and its status is 2xx; never raises."""
        return self.heard.answer is not None and self.heard.answer.is_success

    @property
    def json(self) -> Json:
        """The answer's body, whatever its status. NotObserved where it is empty or no JSON."""
        try:
            return self.answer.parsed
        except ValueError as error:
            what = f"a body that is not JSON ({error})" if self.answer.body else "an empty body"
            raise NotObserved(self.step, f"answered {self.answer.phrase} with {what}") from None

    @property
    def resource(self) -> Resource:
        """The one resource (or list) of a successful answer. NotObserved where there is no object, or no success.

        What comes with a DELETE is none: it says what became of the request (RFC 9110 9.3.5).
        """
        if not self.answer.is_success:
            raise NotObserved(self.step, f"answered {self.answer.phrase}")
        if self.request.method == "DELETE":
            raise NotObserved("", "the body of an answer to DELETE is no resource")
        shown = self.json
        if not isinstance(shown, Mapping):
            raise NotObserved(self.step, f"answered {describe(shown)} where a JSON object is due")
        return shown

    @property
    def resources(self) -> list[Resource]:
        """The resources of a successful ListResponse; absent means none (RFC 7644 3.4.2)."""
        listed = get(self.resource, "Resources")
        if listed is None:
            return []
        if not isinstance(listed, list):
            raise NotObserved(self.step, f"has {describe(listed)} as Resources")
        return [resource for resource in listed if isinstance(resource, Mapping)]

    @cached_property
    def page(self) -> Page:
        """What a page of a list says of itself and whom it shows; outlives `condense`."""
        body = self.resource
        return Page(
            total=get(body, "totalResults"),
            start_index=get(body, "startIndex"),
            items_per_page=get(body, "itemsPerPage"),
            ids=tuple(str(get(resource, "id")) for resource in self.resources),
        )

    def earlier(self, *steps: str) -> "Exchange":
        """The latest earlier exchange of this scene with one of these step names (without the act).

        NotObserved where there is none.
        """
        for exchange in reversed(self.before):
            if exchange.step.partition(".")[2] in steps:
                return exchange
        raise NotObserved(self.step, f"came before {' or '.join(steps)}")

    def condense(self, keep: Iterable[str]) -> None:
        """Forget a bulky page's resources, except the first and those whose id is in `keep`.

        The page itself stays readable, so that walking a large tenant takes little memory.
        """
        if not self.is_success or not self.page.ids:
            return
        wanted = {*keep, self.page.ids[0]}
        kept = [resource for resource in self.resources if str(get(resource, "id")) in wanted]
        self.elided = len(self.resources) - len(kept)
        if self.elided:
            body = {key: (kept if key.lower() == "resources" else value) for key, value in self.json.items()}
            answer = Answer(self.answer.status, self.answer.headers, json.dumps(body).encode())
            self.heard = replace(self.heard, answer=answer)

    def forget(self) -> None:
        """Keep of an answer only that it came: it is judged, and too large to stay."""
        said = f"Its body of {len(self.answer.body):,} bytes was judged and not kept: the answers of this run are too large."
        self.heard = replace(self.heard, answer=None, failure=said)
