"""What the profile says the target lacks: refused cleanly, or really done."""

from scim_tests.plugin import Presented

GROUP = "unsupported"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
