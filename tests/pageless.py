"""For tests that read no report.html: pytest-html takes half a second for each, and here it is an empty file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scim_tests.session import finish
from scim_tests.wire import private_file

ASKED = "PAGELESS"  # in the environment of a command; `prepared` looks at it


def empty_pages(patch: pytest.MonkeyPatch) -> None:
    """From now on, in this process."""

    def empty(_: Path, page: Path) -> None:
        private_file.replace(page, "")

    patch.setattr(finish, "render_html", empty)


@pytest.fixture
def no_page() -> Iterator[None]:
    """In a test that uses it, no run writes its page, neither in this process nor as a command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ASKED, "yes")
        empty_pages(patch)
        yield
