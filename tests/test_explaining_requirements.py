"""`explain` of a requirement: what it says, how it shows, who judges it, or why nobody does."""

import pytest
from click.testing import CliRunner, Result

from scim_tests.checks import catalogue
from scim_tests.cli import cli
from scim_tests.errors import ExitCode, UsageError
from scim_tests.knowledge.requirements import binding, judging, not_judged, requirements


def explained(text: str) -> Result:
    return CliRunner().invoke(cli, ["explain", text])


def told(text: str) -> str:
    """What the command prints, in one line."""
    done = explained(text)
    assert done.exit_code == ExitCode.ALL_GOOD
    return " ".join(done.output.split())


@pytest.mark.parametrize("row", ["RFC7644-3.5.2-14", "RFC7643-3.1-06", "RFC7644-3.3-02", "RFC6750-3-01"])
def test_of_a_judged_one_it_tells_the_checks(row: str) -> None:
    """Statement, level, address, how it shows, and each check that names it with its title."""
    requirement = requirements()[row]
    said = told(row)
    for text in (
        row,
        requirement.statement,
        requirement.source.url,
        requirement.how,
        f"level {requirement.level}",
    ):
        assert " ".join(text.split()) in said
    for each in judging(requirement, catalogue()):
        assert f"{each.id}: {each.title}." in said


def test_it_tells_who_asks() -> None:
    """The acts whose steps are judged, and the profiles that play them."""
    assert "asked by duplicate_user profiles okta, okta-custom-app, scim" in told("RFC7644-3.3-09")
    assert "asked by test_credentials, read_user, send_odd_requests" in told("RFC7644-2-04")
    assert "asked by every act whose answers show it profiles all that have such an act" in told(
        "RFC7643-3-03"
    )
    assert "profiles ziflow with --probe-unsupported" in told("RFC7644-3.12-16")


def test_of_one_that_is_not_judged_it_tells_the_reason() -> None:
    """The reason stands where the checks of another do."""
    for row in list(not_judged())[::40]:
        assert f"not judged {not_judged()[row]}" in told(row)


def test_it_says_what_was_seen_to_fail() -> None:
    """A lie was seen of what demands something; what only allows something cannot be broken."""
    assert "Seen to fail on a lie" in told("RFC7644-3.3-04")
    assert "Seen to fail on a lie" not in told("RFC7644-3.3-02")
    assert "no answer can break it" in told("RFC7644-3.3-02")


def test_every_requirement_can_be_told() -> None:
    """Those of clients too, and those that no answer shows."""
    for row in list(requirements())[::25]:
        assert "binds clients alone" in told(row) or requirements()[row].is_of_servers


def test_letter_case_does_not_matter() -> None:
    """Somebody may type it as it comes."""
    assert told("rfc7644-3.3-04") == told("RFC7644-3.3-04")


def test_an_unknown_one_brings_the_nearest() -> None:
    """The command is wrong, and the requirement that was probably meant is named."""
    error = explained("RFC7644-3.5.2-99").exception
    assert isinstance(error, UsageError)
    assert error.exit_code is ExitCode.USAGE
    assert "There is no requirement 'RFC7644-3.5.2-99'" in error.message
    assert "Did you mean RFC7644-3.5.2-" in error.hint


def test_all_that_binds_is_of_a_known_document() -> None:
    """The page and the command know the title of each."""
    assert {each.document for each in binding().values()} <= {
        "RFC7643", "RFC7644", "RFC6750", "RFC9865", "INTEROP", "IPSIE",
    }  # fmt: skip
