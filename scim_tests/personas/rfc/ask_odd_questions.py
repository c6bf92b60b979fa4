"""Questions that are broken or odd: filters, numbers, parameters, headers and endpoints. Nothing is written.

Wherever a list could come, nobody fits: a target that passes over what it does not understand shows people.
"""

from collections.abc import Iterator, Mapping

from scim_tests.model import unreadable
from scim_tests.model.act import NOBODY, Independent, Performance, Scene, Step, act
from scim_tests.model.forms import OFFERED, UNKNOWN
from scim_tests.model.profile import BEARER, SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import SEARCH_REQUEST
from scim_tests.personas.okta.requests import dump, form_taken, get_, headers, quoted
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import configured, supports
from scim_tests.personas.rfc.query_users import accepting, text

NAME = text(f"{Wording.NOBODY}.{NOBODY}")
HIM = f"userName eq {NAME}"
FEW = "/Users?startIndex=1&count=1"
LONG = ".".join([Wording.NOBODY] * 300)  # some two thousand characters
BRACKETS = 200
CLAUSES = 60
FILTERS = {
    "no_filter": "",
    "no_value": "userName eq",
    "turned_round": f"{NAME} eq userName",
    "other_language": f"userName = {NAME}",
    "unended": f'userName eq "{Wording.NOBODY}ł',  # which no header of Latin-1 can quote
    "open_bracket": f"({HIM}",
    "of_another_parent": f"emails[userName eq {NAME}]",
    "order_of_a_boolean": "active gt true",
    "control_characters": f'userName eq "{Wording.NOBODY}\n\x00"',
    "unknown_attribute": f"noSuchAttribute eq {NAME}",
    "long_value": f"userName eq {text(LONG)}",
    "many_brackets": "(" * BRACKETS + HIM + ")" * BRACKETS,
    "many_clauses": " or ".join([HIM] * CLAUSES),
}
ONE_PAGE = {"startIndex": "1", "count": "1"}
NUMBERS: Mapping[str, Mapping[str, str]] = {
    "count_as_text": {"count": Wording.ANYTHING},
    "count_beyond_numbers": {"count": "9" * 30},
    "sorted_by_unknown": {"sortBy": "noSuchAttribute"},
    "sorted_oddly": {"sortBy": "userName", "sortOrder": Wording.ANYTHING},
    "unknown_parameter": {UNKNOWN: Wording.ANYTHING},
}
PARTS = {
    "attributes_empty": "attributes=",
    "attributes_unknown": "attributes=noSuchAttribute",
    "attributes_both": "attributes=userName&excludedAttributes=userName",
}
SEVERAL = "application/scim+json;q=0.9, application/json;q=0.5, */*;q=0.1"


@act(
    title="Ask what is broken or odd",
    group="specification",
    capability=SPECIFICATION,
    sends=("GET /ServiceProviderConfig", "GET /Users", f"GET {OFFERED}", "POST /Users/.search"),
)
def ask_odd_questions(scene: Scene) -> Performance:
    """Ask all of it, in no order; with filters unless the target says that it has none."""
    filters = supports((yield from configured(scene)), "filter") is not False
    yield Independent(_questions(scene, filters=filters))
    return SceneResult()


def _questions(scene: Scene, *, filters: bool) -> Iterator[Step]:
    if filters:
        yield from _filtered(scene)
    for step, part in PARTS.items():
        yield get_(scene, step, f"{FEW}&{part}")
    yield Step("accepts_several", "GET", FEW, accepting(scene, SEVERAL))
    yield get_(scene, "unknown_endpoint", f"/{UNKNOWN}")
    if form_taken(scene) == BEARER:
        bare = ((name, "Bearer" if name == "Authorization" else value) for name, value in headers(scene))
        yield Step("empty_bearer", "GET", FEW, tuple(bare))
    if scene.profile.writes:  # a POST, although it only asks
        for step, body in _searches(filters=filters):
            yield Step(step, "POST", "/Users/.search", headers(scene, body=True), body)


def _filtered(scene: Scene) -> Iterator[Step]:
    for step, condition in FILTERS.items():
        yield get_(scene, step, f"/Users?filter={quoted(condition)}&startIndex=1&count=1")
    for step, odd in NUMBERS.items():
        numbers = "&".join(f"{name}={value}" for name, value in {**ONE_PAGE, **odd}.items())
        yield get_(scene, step, f"/Users?filter={quoted(HIM)}&{numbers}")


def _searches(*, filters: bool) -> Iterator[tuple[str, bytes]]:
    yield "search_empty", b""
    yield "search_no_json", unreadable.NO_JSON
    yield "search_array", unreadable.ARRAY
    if not filters:
        return
    asked = {"schemas": [SEARCH_REQUEST], "filter": HIM, "startIndex": 1, "count": 1}
    yield "search_filter_as_number", dump({**asked, "filter": 7})
    yield "search_attributes_as_object", dump({**asked, "attributes": {"userName": True}})
