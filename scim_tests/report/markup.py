"""HTML as values: whatever is not `Markup` already is made printable and escaped on its way in.

So no report module can forget to escape, and nothing a target says becomes markup.
"""

import html
import re

from scim_tests.report.text import printable

VOID = {"br", "input", "meta"}
# A value that HTML takes without quotes. pytest-html escapes each quote once more, so they are no small part of a page.
BARE = re.compile(r"[\w#.:/-]*[\w#.:-]", re.ASCII)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


NOTHING = Markup()
Content = str | None  # None and "" leave nothing behind
Value = Content | bool  # of an attribute; False and None leave it out


def escaped(text: Content) -> Markup:
    """The text as HTML, `Markup` unchanged."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(printable(text), quote=False)) if text else NOTHING


def join(*parts: Content) -> Markup:
    return Markup("".join(map(escaped, parts)))


def tag(_name: str, *content: Content, **attributes: Value) -> Markup:
    """One element. `class_` is `class`, `data_story` is `data-story`; False and None leave one out."""
    said = "".join(_attribute(name, value) for name, value in attributes.items())
    return Markup(f"<{_name}{said}>" if _name in VOID else f"<{_name}{said}>{join(*content)}</{_name}>")


def prose(text: str) -> Markup:
    """Our own words, in which backticks mark code."""
    parts = text.split("`")
    return join(*(tag("code", part) if place % 2 else part for place, part in enumerate(parts)))


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    said = html.escape(printable(value), quote=True)
    return f" {name}={said}" if BARE.fullmatch(said) else f' {name}="{said}"'


def link(href: str, *content: Content, **attributes: Value) -> Markup:
    """A link inside the page or to the web; anything else that calls itself an address is shown as text."""
    if href.startswith(("#", "https://", "http://")):
        return tag("a", *content, href=href, **attributes)
    return tag("span", *content, **attributes)
