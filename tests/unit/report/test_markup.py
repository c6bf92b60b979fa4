"""No text becomes markup unless it is Markup already."""

import pytest

from scim_tests.report.markup import Markup, join, link, prose, tag


def test_text_is_escaped_and_markup_is_not() -> None:
    """Content and attributes are escaped on their way in, elements nest."""
    inner = tag("b", "<i>&\x1b")
    assert inner == r"<b>&lt;i&gt;&amp;\x1b</b>"
    assert tag("p", inner, title='"x"') == rf'<p title="&quot;x&quot;">{inner}</p>'


def test_a_value_that_could_end_early_stands_in_quotes() -> None:
    """Blanks, quotes, and a slash at the end, which HTML would read as the element's end."""
    for value in ("a b", "a'b", "https://a.example/", "a=b", "a>b", "é", ""):
        assert tag("p", title=value).startswith('<p title="'), value


def test_attributes_that_say_nothing_are_left_out() -> None:
    """True stands alone, False and None are left out, underscores become hyphens."""
    said = tag("input", class_="a", data_x="1", hidden=True, open=False, title=None)
    assert said == "<input class=a data-x=1 hidden>"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc"]
)
def test_only_web_addresses_and_anchors_are_links(address: str) -> None:
    """Anything else that calls itself an address is shown as text."""
    assert link(address, "go") == "<span>go</span>"
    assert "href=https://a.example>" in link("https://a.example", "go")
    assert "href=#x1>" in link("#x1", "go")


def test_backticks_mark_code_in_our_own_words() -> None:
    """What stands between them is code, and escaped like all else."""
    assert prose("Write `a<b`: so.") == "Write <code>a&lt;b</code>: so."


def test_nothing_joins_to_nothing() -> None:
    """None and empty text leave no trace."""
    assert join(None, "", Markup("<br>"), "a") == "<br>a"
