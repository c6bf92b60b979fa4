"""What Okta asks when it imports the people on the target."""

from scim_tests.plugin import Presented

GROUP = "import users"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
