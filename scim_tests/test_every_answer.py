"""What holds in every answer, whatever was asked."""

from scim_tests.plugin import Presented

GROUP = "every answer"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
