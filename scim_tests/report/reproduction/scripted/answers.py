"""Reads an answer: an id only where it stands on top, a name before anything is written, no secret to a terminal.

An answer is a mapping with `path`, `status` (0 where none came), `headers`, `body` and `elided`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Json = Any
# What is written to has an id that stands for itself in a path, in a query and in JSON.
USABLE = re.compile(r"(?!\.+$)[A-Za-z0-9._~@:=,!-]{1,255}")
TAG = re.compile(r'(?:W/)?"[!#-~]{0,255}"')
NAME = {"/Users": "userName", "/Groups": "displayName"}
SECRET = ("SCIM_TESTS_TOKEN", "SCIM_TESTS_PASSWORD", "SCIM_TESTS_HEADER_")
LEAVING = (
    "This creates a user that the target cannot remove; set SCIM_TESTS_LEAVE_USERS=yes to do it all the same"
)
PATCH_OFF = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}'


def get(value: Json, name: str) -> Json:
    """A member of a JSON object, whatever its letter case; None where there is none."""
    if not isinstance(value, dict):
        return None
    return next((member for key, member in value.items() if key.lower() == name.lower()), None)


def parsed(text: str, *, telling: bool = False) -> Json:
    """A body as JSON, or None; `telling` which names stand twice in one object."""
    try:
        return json.loads(text, object_pairs_hook=_object if telling else None)
    except (ValueError, RecursionError):
        return None


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    twice = sorted(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    return {**dict(pairs), **({"(twice)": twice} if twice else {})}


def id_of(shown: Json) -> str:
    """The id of a resource as text, if it can be written to; nothing of what stands further inside."""
    identity = get(shown, "id")
    said = str(identity) if isinstance(identity, str) or type(identity) is int else ""
    return said if USABLE.fullmatch(said) else ""


def is_ours(answer: Mapping[str, Json], kind: str, identity: str, run: str) -> bool:
    """Whether a read by id shows that id under a name of this run, and can be read in no other way."""
    names = _names_shown(answer, kind, identity)
    return (
        bool(names)
        and isinstance(names[0], str)
        and run in names[0]
        and all(each == names[0] for each in names)
    )


def is_nameless(answer: Mapping[str, Json], kind: str, identity: str) -> bool:
    """Whether it shows that id and no name at all: so it is where a step took the name away."""
    names = _names_shown(answer, kind, identity)
    return bool(names) and all(each in ("", None) for each in names)


def _names_shown(answer: Mapping[str, Json], kind: str, identity: str) -> list[Json]:
    """The name on top, then all that stand anywhere; none where it is not that id, or can be read in another way."""
    try:
        shown = json.loads(answer["body"], object_pairs_hook=_unequivocal, parse_constant=_refused)
        names = [get(shown, NAME[kind]), *_names(shown, kind)]
    except (ValueError, RecursionError):
        return []
    return names if 200 <= answer["status"] < 300 and id_of(shown) == identity else []


def tag_of(answer: Mapping[str, Json]) -> str:
    """The version that an answer shows, if it can be sent back as a header."""
    tags = [value for name, value in answer["headers"] if name.lower() == "etag"]
    tag = tags[0] if tags else get(get(parsed(answer["body"]), "meta"), "version")
    return tag if isinstance(tag, str) and TAG.fullmatch(tag) else ""


def _unequivocal(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len({key.casefold() for key, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def _refused(constant: str) -> Json:
    raise ValueError(f"{constant} is no JSON")


def _names(value: Json, kind: str) -> Iterator[Json]:
    """Whatever is called a name in it, however deep, but for what is said of others: who made it, who is in a group."""
    if isinstance(value, list):
        for each in value:
            yield from _names(each, kind)
    for key, member in value.items() if isinstance(value, dict) else ():
        called = key.casefold()
        if called.rpartition(":")[2] == NAME[kind].casefold():
            yield member
        elif not (
            called in ("manager", "meta") or called.endswith("by") or (called, kind) == ("members", "/Groups")
        ):
            yield from _names(member, kind)


def ids_found(answer: Mapping[str, Json]) -> list[str]:
    """The first few ids on a list."""
    listed = get(parsed(answer["body"]), "Resources")
    ids = [id_of(each) for each in listed] if isinstance(listed, list) else []
    return [each for each in dict.fromkeys(ids) if each][:10]


def inactive(answer: Mapping[str, Json]) -> str:
    """The body of a PUT that changes nothing of the user who was shown but that they are active."""
    user = parsed(answer["body"])
    kept = {key: user[key] for key in user if key.lower() not in ("active", "groups")}
    return json.dumps({**kept, "active": False})


def origin(url: str) -> str:
    """Scheme and host of a URL, without a slash at the end."""
    return "/".join(url.split("/")[:3])


def called(values: Mapping[str, str]) -> dict[str, str]:
    """What a script's own names, ids and secrets are called where answers are compared, by what they are."""
    url = values["SCIM_TESTS_URL"]
    names = {values["SCIM_TESTS_RUN"]: "(RUN)", url: "(URL)", origin(url): "(ORIGIN)"}
    for name in sorted(values):
        if name.startswith("SCIM_TESTS_ID_"):
            names.setdefault(values[name], f"({name})")
        elif name.startswith(SECRET):
            names.setdefault(values[name], f"${name}")
    return names


def shown(text: str) -> str:
    """A text of the script's own as a terminal may show it: without what would steer it.

    No text of a target's is ever shown, since the token may stand in it in more ways than can be searched for.
    """
    return re.sub(r"[^\S \n]|[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ", text)
