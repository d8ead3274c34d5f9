"""The played Adyen's server, which can be told to misbehave."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from Adyen.util import generate_notification_sig

from tests.doubles.adyen import fields, payer_pages, reports
from tests.doubles.adyen.book import Book, Row, psp_reference
from tests.doubles.adyen.payments import Invalid, Payments

_BROKEN = b'{"status": 500, "errorCode": "000", "message": "Oh.", "errorType": "internal"}'
_DISPUTES = "/DisputeService/"
_MERCHANT = {"merchantAccount", "merchantAccountCode"}
_PAGE = re.compile(r"/redirect/([A-Z0-9]{16})")
_REPORT = re.compile(
    r"/reports/download/MerchantAccount/(\w+)/settlement_detail_report_batch_(\d+)\.csv"
)
_DISPUTE = re.compile(r"/DisputeService/v30/(\w+)")
_MODIFICATION = re.compile(r"/payments/([A-Z0-9]{16})/(captures|cancels|refunds)")


class Adyen:
    """A merchant's account at Adyen."""

    def __init__(self, path: Path, *, merchant: str, api_key: str, hmac_key: str) -> None:
        self.book = Book(path)
        self.merchant, self.api_key, self.hmac_key = merchant, api_key, hmac_key
        # What happens to the next requests, one after the other; and to all meanwhile.
        self.failures: list[str] = []
        self.loses = ""
        self.lies_about = ""
        # Whether the key has the role for disputes.
        self.may_answer_disputes = True
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"
        self.payments = Payments(self.book, merchant, self.base_url)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End the server; what it wrote stays."""
        self.server.shutdown()
        self.server.server_close()
        self.book.close()

    @contextmanager
    def losing(self, what: str) -> Iterator[None]:
        """Lose each of the `"requests"` on its way, or each of the `"answers"`."""
        self.loses = what
        try:
            yield
        finally:
            self.loses = ""

    @contextmanager
    def lying(self, what: str = "amount") -> Iterator[None]:
        """Say of each payment one more than it was, or with `"currency"` that it was in euros."""
        self.lies_about = what
        try:
            yield
        finally:
            self.lies_about = ""

    def post(self, path: str, key: str, body: Row) -> tuple[int, Row]:
        """Carry a request out, or answer its key as before."""
        with self.book.together():
            self.book.note(path, key, body)
            before = self.book.answered(key, path) if key else None
            if before is not None:
                return before
            try:
                name = "merchantAccountCode" if path.startswith(_DISPUTES) else "merchantAccount"
                if body.get(name) != self.merchant or len({*body} & _MERCHANT) != 1:
                    raise Invalid(403, "901", "Invalid Merchant Account")
                status, answer = self._carry_out(path, body)
            except Invalid as error:
                return error.status, error.body
            if key:
                self.book.answer(key, path, status, answer)
            return status, answer

    def _carry_out(self, path: str, body: Row) -> tuple[int, Row]:
        match path.removeprefix("/v72"):
            case "/payments":
                return 200, self.payments.pay(body)
            case "/payments/details":
                return 200, self.payments.go_on(body)
            case "/cancels":
                return 201, self.payments.cancel_by_reference(body)
            case other if found := _DISPUTE.fullmatch(other):
                answer = self.payments.disputes.carry_out(found[1], body)
                if answer is not None:
                    return 200, answer
            case "/paymentMethods":
                return 200, {"paymentMethods": [{"type": "scheme", "name": "Cards"}]}
            case other if found := _MODIFICATION.fullmatch(other):
                return 201, self.payments.modify(found[2], found[1], body)
        raise Invalid(404, "000", "Not found")

    # Notices

    def batch(self, *items: Row) -> bytes:
        """Return what is posted to the merchant about some events, signed."""
        signed = []
        for item in items:
            more = dict(item["additionalData"])
            plain = {name: value for name, value in item.items() if name != "additionalData"}
            more["hmacSignature"] = generate_notification_sig(plain, self.hmac_key).decode()
            signed.append({"NotificationRequestItem": plain | {"additionalData": more}})
        return json.dumps({"live": "false", "notificationItems": signed}).encode()

    def refund_by_hand(self, psp: str, value: int) -> None:
        """Let the merchant's people refund on Adyen's own pages."""
        payment = self.book.payment(psp)
        assert payment is not None
        amount = {"value": value, "currency": payment["currency"]}
        with self.book.together():
            payment["refunded"] += value
            self.book.save(payment)
            own = psp_reference()
            self.payments.settle("Refunded", payment, own, -value)
            self.payments.tell("REFUND", payment, own, {"amount": amount})

    def end_by_hand(self, psp: str, value: int | None) -> None:
        """Let the merchant's people capture an authorisation there, or with None let it go."""
        payment = self.book.payment(psp)
        assert payment is not None
        with self.book.together():
            if value is None:
                payment |= {"state": "cancelled", "authorised": 0}
                self.payments.tell("CANCELLATION", payment, psp_reference())
            else:
                payment["captured"] += value
                amount = {"value": value, "currency": payment["currency"]}
                own = psp_reference()
                self.payments.settle("Settled", payment, own, value)
                self.payments.tell("CAPTURE", payment, own, {"amount": amount})
            self.book.save(payment)


def _handler(adyen: Adyen) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if found := _PAGE.fullmatch(self.path):
                payer_pages.press(adyen, found[1], body.decode(), self)
            else:
                _answer(adyen, self, json.loads(body or b"{}"))

        def do_GET(self) -> None:
            if found := _PAGE.fullmatch(self.path):
                payer_pages.show(adyen, found[1], self)
            elif found := _REPORT.fullmatch(self.path):
                reports.give(adyen, found[1], int(found[2]), self)
            elif self.path in fields.FILES:
                kind, text = fields.FILES[self.path]
                send(self, 200, text, kind)
            else:
                send(self, 404, b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _answer(adyen: Adyen, to: BaseHTTPRequestHandler, body: Row) -> None:
    how = adyen.failures.pop(0) if adyen.failures else ""
    if adyen.loses == "requests" or how == "lost before":
        _cut(to)
    elif to.headers.get("x-api-key") != adyen.api_key:
        refused = Invalid(401, "000", "HTTP Status Response - Unauthorized")
        send(to, 401, json.dumps(refused.body).encode())
    elif to.path.startswith(_DISPUTES) and not adyen.may_answer_disputes:
        refused = Invalid(403, "010", "Not allowed")
        send(to, 403, json.dumps(refused.body).encode())
    elif how in ("in progress", "wrong"):
        code = "704" if how == "in progress" else "101"
        send(to, 422, json.dumps(Invalid(422, code, "Invalid, or under way").body).encode())
    elif how == "500 before":
        send(to, 500, _BROKEN)
    else:
        status, answer = adyen.post(to.path, to.headers.get("Idempotency-Key", ""), body)
        if "resultCode" in answer and adyen.lies_about == "amount":
            answer["amount"]["value"] += 1
        elif "resultCode" in answer and adyen.lies_about == "currency":
            answer["amount"]["currency"] = "EUR"
        _give_back(to, "reset" if adyen.loses == "answers" else how, status, answer)


def _give_back(to: BaseHTTPRequestHandler, how: str, status: int, answer: Row) -> None:
    text = json.dumps(answer).encode()
    match how:
        case "reset" | "lost after":
            _cut(to)
        case "500 after":
            send(to, 500, _BROKEN)
        case "half a head":
            to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        case "half a body":
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n"
            to.wfile.write(head.encode() + text[: len(text) // 2])
        case "no JSON":
            send(to, 200, b"<html>")
        case _:
            send(to, status, text)


def _cut(to: BaseHTTPRequestHandler) -> None:
    to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    to.close_connection = True
    to.connection.close()


def send(
    to: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json"
) -> None:
    """Answer with JSON, or with what a browser loads."""
    to.send_response(status)
    to.send_header("Content-Type", kind)
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    to.wfile.write(body)
