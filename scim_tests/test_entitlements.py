"""What Okta imports of roles and entitlements."""

from scim_tests.plugin import Presented

GROUP = "entitlements"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
