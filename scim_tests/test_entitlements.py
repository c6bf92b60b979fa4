"""What Okta imports of roles and entitlements."""

from scim_tests.plugin import Presented

STORY = "entitlements"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
