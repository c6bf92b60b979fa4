"""load.html in a real browser: everybody can read it, without a script and with nothing from elsewhere."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from scim_tests.report.load.html import page
from tests.unit.report.load_sample import record, tally, troubled


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (360, "dark")])
def test_everybody_can_read_a_load(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    """Axe finds nothing, with samples and tables open; nothing runs out of a narrow screen, on paper neither, and nothing is asked for."""
    place = tmp_path / "load.html"
    place.write_text(page(record(troubled(), fails=True)), encoding="utf-8")
    asked: list[str] = []
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 1000})  # type: ignore[arg-type]
    shown = context.new_page()
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(place.as_uri())
    shown.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    lines = "(each) => each.map((name) => name.getClientRects().length)"
    assert set(shown.locator(".tasks .step code").evaluate_all(lines)) == {1}  # no name in two
    for media in ("screen", "print"):
        shown.emulate_media(media=media)  # type: ignore[arg-type]
        assert shown.evaluate("document.documentElement.scrollWidth") == width
    assert asked == [place.as_uri()]
    context.close()


def test_a_good_load_is_drawn(browser: Browser, tmp_path: Path) -> None:
    """Each picture has its lines inside its frame, without a script."""
    place = tmp_path / "load.html"
    place.write_text(page(record(tally())), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(place.as_uri())
    figures = shown.get_by_role("img")
    expect(figures.first).to_be_visible()
    assert figures.count() == 9
    frame, line = figures.first.bounding_box(), shown.locator("figure path.line").first.bounding_box()
    assert frame
    assert line
    assert frame["x"] <= line["x"]
    assert line["x"] + line["width"] <= frame["x"] + frame["width"]
    assert frame["y"] <= line["y"] <= frame["y"] + frame["height"]
    context.close()
