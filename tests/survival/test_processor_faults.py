"""Faults of the processor and of the way to it, by the names of the fault table (F17 to F23).

The counts fit an ordinary run; `make soak` multiplies them.
"""

import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client

from core.ids import random_text
from ledger.models import JournalEntry
from payments.inbound.services import notices
from payments.intents.services import payment_intents
from payments.models import Charge, PaymentIntent, UnresolvedRequest
from payments.refunds.services import refunds
from processors.accounts import changes
from processors.models import InboundNotice, SimulatedRequest
from processors.simulator import notices as simulated
from tests import rails
from tests.books import assert_books_balance, in_transit, total
from tests.checkers import assert_all_is_well
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.soak import dice, times
from tests.survival.operations import beat, later, soon
from tests.survival.test_ledger_faults import together

pytestmark = pytest.mark.django_db(transaction=True)

TIMES_OUT = ("pm_card_rialto_timeoutAfterCharge", "pm_card_rialto_timeoutBeforeCharge")


def test_f17_what_times_out_after_charging_is_found_and_charged_once(scoreboard):
    platform, chance = a_platform(), dice("F17")
    count = times(25)

    for _ in range(count):
        intent = a_paid_intent(platform, payment_method=chance.choice(TIMES_OUT))
        assert intent.status == "processing"
    # A hundred at a time, and some of them twice.
    for _ in range(count // 100 + 1):
        beat(soon())
        beat(later())

    rows = Charge.objects.filter(account_id=platform.account_id)
    assert rows.filter(status="succeeded").count() == rows.count() == count
    assert SimulatedRequest.objects.filter(action="charge").count() == count
    assert total(platform) == count * 96_80
    assert_all_is_well(at=later())
    scoreboard.count("F17 injected", count)


class Script:
    """A server that speaks as Stripe does, when it is not told to misbehave."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.made: dict[str, dict[str, Any]] = {}
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                script.answer(self)

            def do_GET(self) -> None:
                script.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        """Answer, or fail in the next way of the list."""
        how = self.failures.pop(0) if self.failures else ""
        if to.command == "POST" and how != "500 before":
            key = to.headers["Idempotency-Key"]
            self.made.setdefault(key, _an_intent(key, len(self.made)))
        if how == "reset":
            linger = b"\1\0\0\0\0\0\0\0"
            to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            to.close_connection = True
            to.connection.close()
            return
        if how.startswith("500"):
            self._send(to, 500, b'{"error": {"type": "api_error", "message": "Oh."}}')
            return
        if to.command == "GET":
            body = {
                "object": "list",
                "data": list(self.made.values()),
                "has_more": False,
                "url": "/v1/payment_intents",
            }
        else:
            body = self.made[to.headers["Idempotency-Key"]]
        text = json.dumps(body).encode()
        if how == "half a head":
            to.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        elif how == "half a body":
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n"
            to.wfile.write(head.encode() + text[: len(text) // 2])
        elif how == "no JSON":
            self._send(to, 200, b"<html>")
        else:
            self._send(to, 200, text)

    @staticmethod
    def _send(to: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        to.send_response(status)
        to.send_header("Content-Type", "application/json")
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)


CARD = {
    "network": "visa", "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034,
    "funding": "credit", "country": "US", "fingerprint": "fingerprint_1",
    "network_transaction_id": None, "authorization_code": None,
}  # fmt: skip


def _an_intent(key: str, number: int) -> dict[str, Any]:
    charge = {
        "id": f"ch_there{number}",
        "object": "charge",
        "status": "succeeded",
        "captured": True,
        "amount": 100_00,
        "amount_captured": 100_00,
        "currency": "usd",
        "paid": True,
        "payment_method_details": {"type": "card", "card": CARD},
        "outcome": {"risk_level": "normal"},
        "balance_transaction": None,
    }
    return {
        "id": f"pi_there{number}",
        "object": "payment_intent",
        "status": "succeeded",
        "amount": 100_00,
        "amount_received": 100_00,
        "amount_capturable": 0,
        "currency": "usd",
        "metadata": {"rialto_key": key},
        "latest_charge": charge,
        "last_payment_error": None,
        "customer": None,
        "next_action": None,
        "payment_method": None,
    }


@contextmanager
def a_stripe() -> Iterator[Script]:
    script = Script()
    rails.a_stripe_account(secret_key="sk_test_" + random_text(20), base_url=script.url)
    try:
        yield script
    finally:
        script.server.shutdown()
        script.server.server_close()


@pytest.mark.parametrize("how", ["500 before", "500 after"])
def test_f18_an_error_and_then_success_for_the_same_key_is_one_charge(how, scoreboard):
    with a_stripe() as script:
        platform, count = a_platform(), times(5)
        for _ in range(count):
            script.failures = [how]
            assert a_paid_intent(platform).status == "processing"
        for _ in range(count // 100 + 1):
            payment_intents.repair(at=later())

        assert len(script.made) == count
        assert set(script.made) == set(Charge.objects.values_list("id", flat=True))
        assert total(platform) == count * 96_80
        assert_books_balance()
        scoreboard.count("F18 injected", count)


def test_f19_notices_before_the_answer_late_twice_and_in_any_order_end_the_same(scoreboard):
    count = times(15)
    for number in range(count):
        _hear_in_any_order(dice("F19", number))
    scoreboard.count("F19 injected", count)
    assert_all_is_well(at=later())


def _hear_in_any_order(chance: random.Random) -> None:
    platform = a_platform()
    lost = chance.random() < 0.5
    card = "pm_card_rialto_timeoutAfterCharge" if lost else "pm_card_refundFail"
    intent = a_paid_intent(platform, payment_method=card)
    told = [simulated.make("charge", intent.latest_charge_id, at=now()) for _ in range(2)]
    refund = None
    if not lost:
        refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
        SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))
        told += [simulated.make("refund", refund.id, at=now()) for _ in range(2)]
    told += told[: chance.randrange(3)]
    chance.shuffle(told)

    for body, headers in told:
        answer = Client().post(
            "/inbound/simulator/", body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 200
        if chance.random() < 0.5:
            notices.sweep(at=later())
    notices.sweep(at=later())

    intent.refresh_from_db()
    assert intent.status == "succeeded"
    if refund:
        refund.refresh_from_db()
        assert refund.status == "failed"
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert not InboundNotice.objects.exclude(next_at=None).exists()


CONTRADICTIONS = {
    "another amount": {"amount": 1},
    "another currency": {"currency": "eur"},
    "a no after a yes": {"status": "declined"},
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_f20_what_contradicts_itself_is_put_aside_and_never_guessed(what, scoreboard, caplog):
    for _ in range(times(2)):
        platform = a_platform()
        is_lost = what != "a no after a yes"
        card = "pm_card_rialto_timeoutAfterCharge" if is_lost else "pm_card_visa"
        intent = a_paid_intent(platform, payment_method=card)
        row = SimulatedRequest.objects.get(key=intent.latest_charge_id)
        row.outcome |= CONTRADICTIONS[what]
        row.save()
        booked = JournalEntry.objects.count()

        beat(soon())
        notice = simulated.make("charge", row.key, at=now())
        Client().post(
            "/inbound/simulator/", notice[0], content_type="application/json", headers=notice[1]
        )
        notices.sweep(at=later())

        assert JournalEntry.objects.count() == booked
        intent.refresh_from_db()
        assert intent.status == ("processing" if is_lost else "succeeded")
        if is_lost:
            assert UnresolvedRequest.objects.get(object_id=row.key).reason == "amount_differs"
            assert "put aside" in caplog.text
        assert_books_balance()
        scoreboard.count("F20 injected")


def nobody_listens() -> str:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


WAYS = ["name", "connect", "tls", "reset", "half a head", "half a body", "no JSON"]


@pytest.mark.parametrize("how", WAYS)
def test_f21_a_connection_that_breaks_anywhere_is_unknown_and_then_charged_once(how, scoreboard):
    with a_stripe() as script:
        for _ in range(times(2)):
            platform = a_platform()
            address = {
                "name": "https://processor.invalid",
                "connect": nobody_listens(),
                "tls": script.url.replace("http:", "https:"),
            }.get(how, script.url)
            changes.change(name="stripe", base_url=address, at=now())
            script.failures, script.made = [how], {}

            intent = a_paid_intent(platform)

            assert intent.status == "processing"
            assert UnresolvedRequest.objects.get(account_id=platform.account_id).reason in (
                "no_answer",
                "unreadable",
            )
            changes.change(name="stripe", base_url=script.url, at=now())
            script.failures = []
            payment_intents.repair(at=later())
            assert PaymentIntent.objects.get(id=intent.id).status == "succeeded"
            assert list(script.made) == [intent.latest_charge_id]
            assert total(platform) == 96_80
            scoreboard.count("F21 injected")
        assert_books_balance()


def _pay(key: str, ours: str, amount: int = 100_00) -> Any:
    return Client().post(
        "/v1/payment_intents",
        {
            "amount": amount,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "return_url": "https://example.com",
        },
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": ours},
    )


def test_f22_two_clients_with_one_key_at_once_pay_once(scoreboard):
    platform, count = a_platform(), times(25)
    key = a_key(platform)

    for _ in range(count):
        ours = random_text(20)
        answers = together(*[lambda ours=ours: _pay(key, ours)] * 2)
        assert {a.status_code for a in answers} <= {200, 409}
        assert len({a.content for a in answers if a.status_code == 200}) == 1

    assert Charge.objects.count() == PaymentIntent.objects.count() == count
    assert total(platform) == count * 96_80
    assert_all_is_well(at=later())
    scoreboard.count("F22 injected", count)


def test_f23_one_key_with_another_body_is_an_error_and_changes_nothing(scoreboard):
    platform, count = a_platform(), times(20)
    key, ours = a_key(platform), random_text(20)
    assert _pay(key, ours).status_code == 200

    for number in range(count):
        refused = _pay(key, ours, 100_01 + number)
        assert refused.status_code == 400
        assert refused.json()["error"]["type"] == "idempotency_error"

    assert Charge.objects.count() == 1
    assert total(platform) == 96_80
    assert_books_balance()
    scoreboard.count("F23 injected", count)
