"""Versions that do not move with every write."""

from bending import Bend, bent, header, judged_by_all, status

from scim_tests.model.exchange import Exchange, Heard
from scim_tests.model.verdict import Verdict

CHECK = "keep_versions.only-one-of-two-is-done"
AT_ONCE = "keep_versions.put_at_once"


def of_the_second(heard: Heard) -> Heard:
    """The version is made of a date that is no finer, and stays (RFC 9110 8.8.1)."""
    return header("ETag", heard.request.header("If-Match"))(heard)


def verdicts(specified: list[Exchange], *bends: Bend) -> set[Verdict]:
    return {each.verdict for each in judged_by_all(bent(specified, AT_ONCE, status(200), *bends))[CHECK]}


def test_two_writes_of_one_version_are_a_fault_only_if_the_first_made_another(
    specified: list[Exchange],
) -> None:
    """If-Match is met as long as the version is the present one, weak as it may be."""
    assert verdicts(specified) == {Verdict.FAIL}
    assert Verdict.FAIL not in verdicts(specified, of_the_second)
