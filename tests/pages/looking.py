"""What every page for people outside of the admin must be."""

import os
import re
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

# Where pictures of the pages go, for people who want to see them.
SHOTS = os.environ.get("RIALTO_SCREENSHOTS")
_numbers = count(1)


def assert_is_good(page) -> None:
    """No page is wider than the screen, and axe finds nothing."""
    # A page that a click has only just begun to load has no element yet.
    page.wait_for_load_state()
    if SHOTS:
        _picture(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    # The page's own rules keep programs out, which is what axe is.
    found = axe.Axe().run(page)
    assert found.response["passes"]
    assert found.violations_count == 0, found.generate_report()


def _picture(page) -> None:
    room = re.sub(r"\W", "", urlsplit(page.url).path.split("/")[1]) or "page"
    language = page.locator("html").get_attribute("lang")
    name = f"{next(_numbers):03}-{room}-{language}-{page.viewport_size['width']}.png"
    page.screenshot(path=Path(str(SHOTS)) / name, full_page=True)
