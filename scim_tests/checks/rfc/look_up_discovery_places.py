"""Where discovery says that its resources are: below one base, as all that is served there."""

from collections.abc import Iterator
from contextlib import suppress

from scim_tests.checks.reading.compare import weightiest
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, MUST, RFC, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Resource, get
from scim_tests.model.transcript import Transcript

KINDS = ("/ServiceProviderConfig", "/Schemas", "/ResourceTypes")


@check(
    "look_up_discovery.locations-share-a-base",
    on="look_up_discovery",
    title="The meta.location of schemas, resource types and the configuration have one base",
    references=("RFC7643-2.3.7-01", "RFC7643-3.1-21"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Build every meta.location from the same public base URL.",
    follows=("look_up_discovery.locations-lead-to-them",),
)
def locations_share_a_base(transcript: Transcript) -> Finding | None:
    """Advice where no two kinds agree, since then nobody can say which one leads nowhere."""
    told = [each for exchange in transcript for each in _bases(exchange)]
    kinds = {kind for kind, *_ in told}
    if len(kinds) < 2:
        raise NotObserved("", "fewer than two kinds of discovery show where they are")
    return weightiest(_elsewhere(told))


def _elsewhere(told: list[tuple[str, str, str, Exchange]]) -> Iterator[Finding]:
    """Each location whose base is none that another kind has."""
    for kind, base, location, exchange in told:
        others = {(each, its) for each, its, *_ in told if each != kind}
        bases = {its for _, its in others}
        if base not in bases:
            is_sure = len(others) > 1 and len(bases) == 1
            expected = f"{min(bases)}{kind}…, as others have it"
            yield Finding(expected, location, "$..meta.location", at=(exchange,), mild=not is_sure)


def _bases(exchange: Exchange) -> Iterator[tuple[str, str, str, Exchange]]:
    """The kind, base and location of each resource of discovery that says where it is, by an absolute URL."""
    kind = "/" + exchange.request.endpoint.split("/")[1]
    if kind not in KINDS or not exchange.is_success or not exchange.answer.is_json:
        return
    for each in _shown(exchange):
        location = get(each, "meta", "location")
        if isinstance(location, str) and location.lower().startswith(("http://", "https://")):
            base, found, _ = location.rpartition(kind)
            if found:
                yield kind, base.lower().rstrip("/"), location, exchange


def _shown(exchange: Exchange) -> list[Resource]:
    with suppress(NotObserved):
        is_list = get(exchange.json, "Resources") is not None
        return exchange.resources if is_list else [exchange.resource]
    return []
