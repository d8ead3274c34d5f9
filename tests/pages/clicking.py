"""A browser whose clicks are counted."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TimeoutError = pytest.importorskip("playwright.sync_api").TimeoutError
SHOTS = os.environ.get("RIALTO_SCREENSHOTS")
# Chromium's own viewer of PDFs, which has this id in every installation.
PDF_VIEWER = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/"
# What its page is made of comes out of the browser, too.
OF_THE_BROWSER = ("chrome://resources/", "chrome://theme/")
PAGES_OF_PDF = "document.querySelector('pdf-viewer')?.docLength_ ?? 0"


def is_of_the_viewer(url: str, frame: Callable[[], str]) -> bool:
    """Tell whether something is asked for by the browser's viewer of PDFs, out of the browser.

    Args:
        url: What is asked for.
        frame: Gives the address of the frame that asks.
    """
    if url.startswith(PDF_VIEWER):
        return True
    return url.startswith(OF_THE_BROWSER) and frame().startswith(PDF_VIEWER)


class Day:
    """A browser whose clicks are counted, task by task."""

    def __init__(self, page, base: str) -> None:
        self.page, self.base = page, base
        self.clicks: dict[str, int] = {}
        self.task = ""
        self.problems: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._watch)

    @contextmanager
    def doing(self, task: str) -> Iterator[None]:
        """Count what follows for a task, which begins at the first page."""
        self.task = task
        self.clicks[task] = 0
        if task != "log in":
            self.page.goto(f"{self.base}/admin/")
        yield
        if SHOTS:
            name = task.replace(" ", "-")
            self.page.screenshot(path=Path(SHOTS) / f"day-{name}.png", full_page=True)

    def click(self, role: str, name: str | re.Pattern[str], *, exact: bool = True) -> None:
        found = self.page.get_by_role(role, name=name, exact=exact)
        self.press(found)

    def press(self, found) -> None:
        """Click on what leads to another page, and wait until it is there."""
        with self.page.expect_navigation():
            self.touch(found)

    def touch(self, found) -> None:
        """Click on what stays on the page."""
        self.clicks[self.task] += 1
        try:
            found.first.click()
        except TimeoutError as error:
            raise AssertionError(f"{self.task}: {self.page.url}: {self.text}") from error

    def choose(self, found, path: Path) -> None:
        """Choose a file, which is a click on its field."""
        self.clicks[self.task] += 1
        found.first.set_input_files(path)

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def fill_in(self, label: str, text: str, *, near: str) -> None:
        """Fill a field of the form that a summary opens."""
        opened = self.page.locator("details", has=self.page.locator("summary", has_text=near))
        opened.get_by_label(label).fill(text)

    def enter(self) -> None:
        self.clicks[self.task] += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def find(self, text: str) -> None:
        """Type into the box, which a key opens."""
        self.page.keyboard.press("/")
        self.page.keyboard.type(text)
        self.enter()

    @property
    def text(self) -> str:
        return self.page.locator("#content").first.inner_text()

    def wait_for_a_pdf(self) -> None:
        """Wait until the browser's viewer has drawn a PDF that stands in the page."""
        for _ in range(100):
            viewers = [one for one in self.page.frames if one.url.startswith(PDF_VIEWER)]
            if viewers and viewers[0].evaluate(PAGES_OF_PDF) == 1:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.task}: no PDF is drawn on {self.page.url}")

    def _hear(self, line) -> None:
        if line.type in {"error", "warning"}:
            self.problems.append(line.text)

    def _watch(self, request) -> None:
        if request.url.startswith((self.base, "data:", "blob:")):
            return
        if not is_of_the_viewer(request.url, lambda: request.frame.url):
            self.problems.append(f"asked outside: {request.url}")
