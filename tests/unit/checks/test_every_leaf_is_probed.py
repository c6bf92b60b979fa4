"""Each value of the ServiceProviderConfig is put to the test: where it says less than is true, and where it says more."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from bending import Bend, bent, body, judged, status

from scim_tests.checks import catalogue
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Json
from scim_tests.model.verdict import Verdict

RED = {Verdict.FAIL, Verdict.ADVICE}
CONFIG = "*.config"
ADMITS = "discovery.config-admits-what-works"
TOLD = frozenset({"schemas", "meta", "documentationUri"})  # which say nothing of what the target does


class Lie(NamedTuple):
    """The check that sees it, whose answers are bent, and how."""

    check: str
    step: str
    bend: Bend


def says(path: str, value: Json) -> Bend:
    """The configuration has another value there."""
    first, _, second = path.partition(".")
    return body(
        lambda config: config[first].update({second: value}) if second else config.update({first: value})
    )


def unsupported(feature: str, check: str = ADMITS) -> Lie:
    return Lie(check, CONFIG, says(f"{feature}.supported", value=False))


PASSWORDS = [{"type": "httpbasic", "name": "Basic", "description": "A password."}]
ONE_LESS = body(lambda page: page["Resources"].pop(0) and None)

# leaf -> what is true and not said, or said and not true
LEAVES: dict[str, tuple[Lie, ...]] = {
    "patch.supported": (
        unsupported("patch"),
        Lie(
            "write_every_attribute.patch-by-urn-is-taken",
            "write_every_attribute.add_to_extension",
            status(501),
        ),
    ),
    # What is not advertised is not asked: a bulk request is no question.
    "bulk.supported": (Lie("send_bulk.sound-request-is-processed", "send_bulk.make", status(501)),),
    "bulk.maxOperations": (
        Lie("send_bulk.too-much-is-refused-with-413", "send_bulk.too_many", status(200)),
        Lie("send_bulk.sound-request-is-processed", "send_bulk.mixed", status(413)),
    ),
    "bulk.maxPayloadSize": (
        Lie("send_bulk.limits-are-told", "send_bulk.config", says("bulk.maxPayloadSize", 0)),
        Lie("send_bulk.sound-request-is-processed", "send_bulk.large", status(413)),
    ),
    "filter.supported": (
        unsupported("filter"),
        Lie("every_query.same-meaning-has-the-same-answer", "filter_users.eq", status(501)),
    ),
    "filter.maxResults": (Lie("discovery.max-results-is-kept", CONFIG, says("filter.maxResults", 1)),),
    "sort.supported": (
        unsupported("sort"),
        Lie("every_query.sound-question-is-answered", "arrange_users.by_*", status(501)),
    ),
    "etag.supported": (
        unsupported("etag", "keep_versions.configuration-admits-it"),
        Lie("keep_versions.unchanged-is-304", "keep_versions.unchanged", status(200)),
    ),
    "pagination.cursor": (
        Lie("look_up_discovery.pagination-is-published", CONFIG, says("pagination.cursor", value=False)),
        Lie("arrange_users.cursors-lead-past-everybody-once", "arrange_users.walk", ONE_LESS),
    ),
    "pagination.index": (
        Lie(ADMITS, CONFIG, says("pagination.index", value=False)),
        Lie("arrange_users.pages-make-the-whole", "arrange_users.in_parts_page_of_2", ONE_LESS),
    ),
    "pagination.defaultPaginationMethod": (
        Lie(
            "arrange_users.default-paging-is-as-said",
            CONFIG,
            says("pagination.defaultPaginationMethod", "cursor"),
        ),
    ),
    "pagination.defaultPageSize": (
        Lie("look_up_discovery.max-page-size-is-kept", CONFIG, says("pagination.defaultPageSize", 1)),
    ),
    "pagination.maxPageSize": (
        Lie("look_up_discovery.max-page-size-is-kept", CONFIG, says("pagination.maxPageSize", 2)),
    ),
    "pagination.cursorTimeout": (
        Lie("arrange_users.given-cursor-is-taken", "arrange_users.walk", status(400)),
    ),
    "authenticationSchemes": (
        Lie(
            "discovery.config-names-the-scheme-that-is-taken",
            CONFIG,
            says("authenticationSchemes", PASSWORDS),
        ),
    ),
}
NOT_PROBED = {
    "changePassword.supported": "no answer shows whether a password is another one; that one is refused, sync_password says"
}


def leaves(config: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in config.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{name}.")
        else:
            yield above + name


def test_each_leaf_has_its_probe(specified: list[Exchange]) -> None:
    """The tables have every value by which a target says what it does."""
    config = next(each.resource for each in specified if each.step == "discovery.config")
    told = {name: value for name, value in config.items() if name not in TOLD}
    assert sorted(leaves(told)) == sorted([*LEAVES, *NOT_PROBED])


@pytest.mark.parametrize(("leaf", "lie"), [(leaf, lie) for leaf, lies in LEAVES.items() for lie in lies])
def test_a_leaf_that_is_not_true_is_seen(leaf: str, lie: Lie, specified: list[Exchange]) -> None:
    """The check is content with what is said and done, and red where the two differ."""
    check = next(each for each in catalogue() if each.id == lie.check)
    assert not RED & {each.verdict for each in judged(check, specified)}
    said = {each.verdict for each in judged(check, bent(specified, lie.step, lie.bend))}
    assert RED & said, leaf
