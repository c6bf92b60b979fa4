"""What any client of the RFCs may send and Okta never does: queries, bulk, versions, odd requests."""

from scim_tests.plugin import Presented

GROUP = "specification"


def test_that(judged: Presented) -> None:
    """The check's name says what is true when this passes."""
    judged.present()
