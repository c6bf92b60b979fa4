"""Assigning, updating and unassigning people in Okta's admin console."""

from scim_tests.plugin import Presented

GROUP = "push users"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
