"""A create that is refused beside one that was taken: what else the target lacks is no excuse for it."""

from bending import bent, judged, status

from scim_tests.checks import catalogue
from scim_tests.model.exchange import Exchange
from scim_tests.model.verdict import Verdict

TAKEN = next(each for each in catalogue() if each.id == "every_create.is-taken-as-another-was")


def test_a_schema_that_is_not_found_excuses_no_refusal(
    honest: list[Exchange], specified: list[Exchange]
) -> None:
    """Every create names its schema, which need not be published at an address of its own (RFC 7644 4)."""
    asked = [each for each in specified if each.request.endpoint.startswith("/Schemas/")]
    unpublished = bent(asked, "*.*", status(404))
    assert any(each.request.endpoint.endswith(":User") for each in unpublished)
    refused = bent(honest, "bulk_assignment.create", status(400))
    (said,) = judged(TAKEN, [*unpublished, *refused])
    assert said.verdict is Verdict.FAIL
