"""What the target says of itself; Okta hardly asks, other clients do."""

from scim_tests.plugin import Presented

GROUP = "discovery"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
