"""What every page for people outside of the admin must be."""

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


def assert_is_good(page) -> None:
    """No page is wider than the screen, and axe finds nothing."""
    # A page that a click has only just begun to load has no element yet.
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    # The page's own rules keep programs out, which is what axe is.
    found = axe.Axe().run(page)
    assert found.response["passes"]
    assert found.violations_count == 0, found.generate_report()
