"""The page on which the played bank asks its customer, and sends the browser back."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

if TYPE_CHECKING:
    from tests.doubles.adyen.server import Adyen

_PAGE = """<!doctype html><html lang="en"><head><title>Your bank</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>
<h1>Your bank</h1><p>Is it you who pays {amount}?</p>
<form method="post"><button name="answer" value="yes">Yes, it is me</button>
<button name="answer" value="no">No</button></form></body></html>"""


def show(adyen: Adyen, psp: str, to: BaseHTTPRequestHandler) -> None:
    """Show the question."""
    payment = adyen.book.payment(psp)
    status = 200 if payment else 404
    amount = f"{payment['value']} {payment['currency']}" if payment else ""
    body = _PAGE.format(amount=amount).encode()
    to.send_response(status)
    to.send_header("Content-Type", "text/html")
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    to.wfile.write(body)


def press(adyen: Adyen, psp: str, form: str, to: BaseHTTPRequestHandler) -> None:
    """Keep what the customer said, and send the browser back with a name of it."""
    with adyen.book.together():
        payment = adyen.book.payment(psp)
        assert payment is not None
        if payment["state"] == "waiting":
            payment["said"] = parse_qs(form).get("answer", ["no"])[0]
            adyen.book.save(payment)
    mark = "&" if urlsplit(payment["return_url"]).query else "?"
    back = payment["return_url"] + mark + urlencode({"redirectResult": f"X!{psp}"})
    to.send_response(303)
    to.send_header("Location", back)
    to.send_header("Content-Length", "0")
    to.end_headers()
