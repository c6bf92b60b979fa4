"""What Okta sends when an admin pushes a group: create it, keep its members, rename and delete it."""

from scim_tests.plugin import Presented

GROUP = "push groups"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
