"""Sends a recording again, to another server or to the same one after a change, and compares the answers.

Ids and names are mapped to those of the new people; a write goes only to what the replay created
itself. What a recording does to anybody else is not sent, and said so.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from scim_tests.errors import OwnError
from scim_tests.model.act import Step
from scim_tests.model.exchange import PASSWORD, TOKEN, Headers, Heard, Request
from scim_tests.model.forms import changes_the_method
from scim_tests.model.part import Part
from scim_tests.model.scim import Json, get
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.report.renaming import addresses_in, with_ids, with_names
from scim_tests.session.guarded import send
from scim_tests.traffic.har_reader import Entry, Recording
from scim_tests.traffic.lacking import Credentials
from scim_tests.traffic.subjects import is_unrecorded
from scim_tests.wire.client import Client
from scim_tests.wire.write_guard import HEADERS

MADE_AT = ("/Users", "/Groups")
# What no two servers, and no two moments, have in common.
OF_ITS_OWN = re.compile(r"(?i)(^|\.)(id|meta|\$ref)(\.|$)|totalResults")
GONE_ON = re.compile(
    re.escape(TOKEN) + r"([.~+/=-][\w.~+/=-]*)$", re.ASCII
)  # a token with more behind it is another
MOST = 5  # differences shown of one answer
LONGEST = 80  # characters shown of one value


@dataclass
class ReplayedExchange:
    """One recorded exchange and what came of sending it again. `why` says what kept it from being sent."""

    entry: Entry
    heard: Heard | None = None
    why: str = ""
    differences: list[str] = field(default_factory=list)


@dataclass
class Names:
    """Which of the recording's names and ids stand for which of the replay's."""

    names: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def path(self, path: str) -> str:
        """A path with everything mapped but its endpoint; an id is one part of it, whatever the target put into it."""
        endpoint, *rest = re.split(r"(?=[/?])", path.removeprefix("/"), maxsplit=1)
        ids = {old: quote(new, safe="", errors="surrogatepass") for old, new in self.ids.items()}
        return f"/{endpoint}" + "".join(with_ids(with_names(each, self.names), ids) for each in rest)

    def body(self, text: str) -> str:
        """A body with everything mapped; an id stays within its string."""
        return with_ids(
            with_names(text, self.names), {old: json.dumps(new)[1:-1] for old, new in self.ids.items()}
        )


def mapping(recording: Recording, run: str) -> Names:
    """Fresh names for everybody a recording creates or renames, and for every e-mail address it writes."""
    names: dict[str, str] = {}
    for each in recording.entries:
        if each.heard.request.method == "GET":
            continue
        if is_unrecorded(each.heard):
            continue
        for name in filter(None, (_name(each.heard), *addresses_in(each.heard.request.text))):
            fresh = f"scim-tests.{run}.{len(names) + 1}"
            names.setdefault(name, fresh if _is_of_a_group(each.heard) else f"{fresh}@example.com")
    return Names(names)


async def replay(
    recording: Recording,
    client: Client,
    credentials: tuple[str, str],
    known: Names,
    done: list[ReplayedExchange],
) -> None:
    """Every exchange in its order, one after the other, into `done`; with our `credentials` for those that were hidden."""
    taken_out = recording.lacks.credentials is Credentials.TAKEN_OUT
    for entry in recording.entries:
        replayed = ReplayedExchange(entry)
        done.append(replayed)
        try:
            step = _step(entry, credentials, known, taken_out=taken_out)
            replayed.heard = await send(client, step)
        except OwnError as refused:
            replayed.why = refused.message
            continue
        old, new = (each.answer.id if each.answer else "" for each in (entry.heard, replayed.heard))
        if step.method == "POST" and old and new:
            known.ids[old] = new
        replayed.differences = list(_differences(entry.heard, replayed.heard, known))


def _step(entry: Entry, credentials: tuple[str, str], known: Names, *, taken_out: bool) -> Step:
    asked = entry.heard.request
    if is_unrecorded(entry.heard):
        said = f"{asked.method} {asked.path} was not sent: the recording lacks its body."
        raise OwnError("no-form", said)
    path = known.path(asked.path)
    body = _with_a_password(known.body(asked.text)).encode(errors="surrogatepass")
    place = path.partition("?")[0]
    named = known.names.get(_name(entry.heard), "")
    makes = asked.path in MADE_AT or asked.method == "PUT"  # a PUT may give what is ours a new name
    writes = asked.method not in {"GET", "POST"}
    about = unquote(place.rpartition("/")[2]) if writes else ""
    return Step(
        entry.step or f"{asked.method} {place}", asked.method, path, _headers(asked, credentials, taken_out=taken_out), body,
        creates=named if makes else "", about=about, removes=asked.method == "DELETE",
    )  # fmt: skip


def _headers(asked: Request, credentials: tuple[str, str], *, taken_out: bool) -> Headers:
    """The recorded headers that a request of ours may have, and our credentials where some were hidden or taken out.

    OwnError where one of those that are left out would have made it another request.
    """
    sent: list[tuple[str, str]] = [credentials] if taken_out else []
    for name, value in asked.headers:
        if changes_the_method(name):
            said = f"{asked.method} {asked.path} was not sent: its header {name} makes it another request."
            raise OwnError("no-form", said)
        if TOKEN in value:
            more = GONE_ON.search(value)
            ours = (credentials[0], credentials[1] + more[1]) if more else credentials
            sent += [ours] if ours not in sent else []
        elif name.lower() in HEADERS:
            sent.append((name, value))
    return tuple(sent)


def _with_a_password(body: str) -> str:
    """The body with our placeholder password where the recorded one was hidden, and nowhere else."""
    if PASSWORD not in body:
        return body
    try:
        return json.dumps(_filled(json.loads(body)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _filled(value: Json) -> Json:
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    at = str(get(value, "path")).lower()
    return {
        key: PASSWORD_SLOT
        if member == PASSWORD and "password" in {key.lower(), at if key.lower() == "value" else ""}
        else _filled(member)
        for key, member in value.items()
    }


def again_as_recorded(recording: Recording, done: list[ReplayedExchange], base_url: str) -> Recording:
    """What came back, as a recording of its own, with the steps the first one names."""
    entries = [replace(each.entry, heard=each.heard) for each in done if each.heard]
    return Recording(base_url, entries, list(recording.notes))


def _differences(before: Heard, after: Heard, known: Names) -> Iterator[str]:
    if before.answer is None or after.answer is None:
        if (before.answer is None) != (after.answer is None):
            yield f"{_phrase(before)} → {_phrase(after)}"
        return
    if before.answer.status != after.answer.status:
        yield f"{_phrase(before)} → {_phrase(after)}"
    if Part.BODY in before.answer.unrecorded:
        return
    if bool(before.answer.body) != bool(after.answer.body):
        yield "no body → a body" if after.answer.body else "a body → no body"
        return
    old = dict(leaves(_json(known.body(before.answer.text))))
    new = dict(leaves(_json(after.answer.text)))
    paths = [
        path for path in {**old, **new} if old.get(path) != new.get(path) and not OF_ITS_OWN.search(path)
    ]
    for path in paths[:MOST]:
        yield f"{_place(path)}: {_shown(old, path)} → {_shown(new, path)}"
    if len(paths) > MOST:
        yield f"and {len(paths) - MOST} more"


def _phrase(heard: Heard) -> str:
    return heard.answer.phrase if heard.answer else f"no answer ({heard.failure})"


def _place(path: str) -> str:
    return f"$.{path}" if path else "$"


def _shown(leaves: Mapping[str, Json], path: str) -> str:
    shown = json.dumps(leaves[path], ensure_ascii=False) if path in leaves else "absent"
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """What stands at each path (`emails[0].value`) of a JSON document; an empty object or array has no leaf."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from leaves(member, f"{path}[{place}]")
    else:
        yield path, value


def _json(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _name(heard: Heard) -> str:
    """The name a body gives: a userName, or a group's displayName."""
    name = get(_json(heard.request.text), "displayName" if _is_of_a_group(heard) else "userName")
    return name if isinstance(name, str) else ""


def _is_of_a_group(heard: Heard) -> bool:
    return heard.request.path.startswith("/Groups")
