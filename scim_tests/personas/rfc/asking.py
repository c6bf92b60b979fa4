"""How the acts that only ask write their questions: by GET, or by POST to `/.search` (RFC 7644 3.4.2, 3.4.3)."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence

from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import SEARCH_REQUEST, Json, Resource, get
from scim_tests.personas.okta.requests import BY_SCHEMAS, dump, get_, headers, quoted
from scim_tests.personas.rfc.query_users import text

NO_FILTERS = "the target says that it does not filter"
ENOUGH = 50  # more than a run's own people whom one question finds
MANY = 250  # more than a page of Okta's, which some take for the most that anybody asks
PLACE = re.compile(r"<(\d) (\S+?)( upper| lower| swapcase)?( -?\d*:-?\d*)?>")
IN_CASE: Mapping[str, Callable[[str], str]] = {
    "": str,
    "upper": str.upper,
    "lower": str.lower,
    "swapcase": str.swapcase,
}


def specimen_ids(scene: Scene) -> Sequence[str]:
    """The ids of `make_specimens`, of all of its crowd. NotObserved where one of them was not made."""
    ids = scene.known[BY_SCHEMAS].ids
    if not all(ids):
        raise NotObserved("", "one of the people to ask for was not made")
    return ids


def ours(scene: Scene) -> str:
    """A filter that all whom `make_specimens` made fit, and nobody else."""
    return f"userName sw {text(scene.known[BY_SCHEMAS].name.rpartition('-')[0])}"


def ask(scene: Scene, name: str, condition: str = "", *, of: str = "/Users", **more: Json) -> Step:
    """A GET with a filter and further parameters, in this order."""
    asked = {**({"filter": condition} if condition else {}), **more}
    query = "&".join(f"{key}={quoted(str(value))}" for key, value in asked.items())
    return get_(scene, name, f"{of}?{query}")


def search(scene: Scene, name: str, *, of: str = "/Users", **asked: Json) -> Step:
    """The same by POST."""
    body = dump({"schemas": [SEARCH_REQUEST], **asked})
    return Step(name, "POST", f"{of}/.search", headers(scene, body=True), body)


def configured(scene: Scene) -> Generator[Step, Exchange, Json]:
    """What the target says of itself (RFC 7643 5), as `make_specimens` heard it; None where it says nothing."""
    made = scene.known.get(BY_SCHEMAS)
    if made and made.config is not None:
        return made.config
    said = yield get_(scene, "config", "/ServiceProviderConfig")
    return said.resource if said.is_success else None


def supports(config: Json, feature: str) -> Json:
    """What it says of a feature; None where it says nothing."""
    return get(config, feature, "supported")


def filled(template: str, users: Sequence[Resource]) -> str:
    """A filter of `chosen_filters` for the people of this run: `<2 name.familyName upper 1:-1>` is what the second of them has there."""
    return PLACE.sub(lambda place: text(_of(users, *place.groups())), template)


def _of(users: Sequence[Resource], number: str, path: str, case: str, cut: str) -> str:
    keys = (int(key) if key.isdecimal() else key for key in path.split("."))
    value = str(get(users[int(number) - 1], *keys))
    begin, _, end = (cut or ":").strip().partition(":")
    return IN_CASE[(case or "").strip()](value)[int(begin) if begin else None : int(end) if end else None]
