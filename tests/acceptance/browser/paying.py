"""What a payer does at a shop's page, as the tests of it say it."""

import json
from typing import Any

GOOD, ASKS, DECLINED = "4242424242424242", "4000002760003184", "4000000000009995"


def fields(page: Any, place: str = "iframe") -> Any:
    """Return the first frame in a place of the page."""
    return page.frame_locator(place).first


def type_card(page: Any, number: str, place: str = "iframe") -> None:
    """Type a card into a form of the library."""
    frame = fields(page, place)
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiration date").fill("1234")
    frame.get_by_label("Security code").fill("123")


def result(page: Any) -> Any:
    """Wait for what the shop shows of the outcome."""
    page.wait_for_function("document.querySelector('output')?.textContent.startsWith('{')")
    return json.loads(page.locator("output").text_content())


def press(page: Any, button: str) -> None:
    """Press a button of the shop's as somebody without a mouse."""
    page.locator("output").evaluate("element => { element.textContent = '' }")
    page.get_by_role("button", name=button, exact=True).press("Enter")
