"""What Okta asks when its admin presses *Test API Credentials*."""

from scim_tests.plugin import Presented

GROUP = "credentials"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
