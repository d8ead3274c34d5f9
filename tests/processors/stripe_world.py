"""Stripe far away, which a second Rialto plays."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import stripe

from accounts.models import KeyKind
from core.tenant import Tenant
from payments.models import Charge, FeeSchedule
from processors import signing
from processors.protocols.next_actions import NextAction
from processors.stripe.mapping import OUR_KEY
from tests import rails
from tests.factories import a_bank_account, a_key, now
from tests.processors.untruths import Notice, forged_headers
from tests.servers import Server

NOTICE_SECRET = "whsec_for_tests"


class StripeWorld:
    """A second Rialto on this machine, since it speaks Stripe's protocol."""

    name = "stripe"
    late_reason = "pending"
    refund_failure = "expired_or_canceled_card"
    dispute_fee = 15_00

    def __init__(self, server: Server, *, bps: int | None = None) -> None:
        """Make an account there, which may have a price of its own and a bank account."""
        self.server = server
        self._account_id, self.key = server.new_platform()
        account_id = self._account_id
        if bps is not None:
            with server.using_its_database():
                FeeSchedule.objects.create(account_id=account_id, bps=bps, starts_at=now())
                a_bank_account(Tenant(account_id, livemode=False))
        self.client = stripe.StripeClient(self.key, base_addresses={"api": server.base_url})

    @contextmanager
    def installed(self, *, shows_fields: bool = False) -> Iterator[None]:
        """Let test payments take an account there, with a key of the second Rialto.

        If it shows fields, cards are typed into those of the second Rialto's browser library.
        """
        rails.a_stripe_account(
            secret_key=self.key,
            base_url=self.server.base_url,
            notice_secret=NOTICE_SECRET,
            browser=self.browser() if shows_fields else None,
        )
        yield

    def browser(self) -> dict[str, str]:
        """Return what browsers see of the account there."""
        with self.server.using_its_database():
            key = a_key(Tenant(self._account_id, livemode=False), kind=KeyKind.PUBLISHABLE)
        return {"publishable_key": key, "library_url": f"{self.server.base_url}/stripe.js"}

    def assert_it_agrees(self) -> None:
        """Each test asks what it moved."""

    def outstanding(self, *, at: datetime) -> list[Notice]:
        """It says at once what it did."""
        return []

    def forgeries(self, notice: Notice) -> list[Notice]:
        """Return a notice with a signature that does not fit."""
        return forged_headers(notice)

    @contextmanager
    def losing(self, what: str) -> Iterator[None]:
        """Lose each request that changes something on its way, or its answer."""
        call = stripe.RequestsClient.request

        def lost(client: Any, method: str, *args: Any, **kwargs: Any) -> Any:
            if method != "post":
                return call(client, method, *args, **kwargs)
            if what == "answers":
                call(client, method, *args, **kwargs)
            raise stripe.APIConnectionError("Lost.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stripe.RequestsClient, "request", lost)
            yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Let nothing get there, questions included."""

        def lost(*_: Any, **__: Any) -> Any:
            raise stripe.APIConnectionError("Lost.")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stripe.RequestsClient, "request", lost)
            yield

    @contextmanager
    def erring(self, what: str) -> Iterator[None]:
        """Answer each change with an error, before or after it was made."""
        call = stripe.RequestsClient.request

        def broken(client: Any, method: str, *args: Any, **kwargs: Any) -> Any:
            if method != "post":
                return call(client, method, *args, **kwargs)
            if what == "answers":
                call(client, method, *args, **kwargs)
            return '{"error": {"type": "api_error", "message": "Oh."}}', 500, {}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stripe.RequestsClient, "request", broken)
            yield

    @contextmanager
    def lying(self, what: str = "amount") -> Iterator[None]:
        """Say something else than was done."""
        call = stripe.RequestsClient.request

        def other(client: Any, *args: Any, **kwargs: Any) -> Any:
            body, *rest = call(client, *args, **kwargs)
            payload = json.loads(body)
            for row in payload.get("data", [payload]):
                match what:
                    case "currency":
                        row["currency"] = "eur"
                    case "status":
                        row |= {"status": "canceled", "amount_received": 0}
                    case _:
                        for name in ("amount_received", "amount_capturable"):
                            row[name] = row.get(name, 0) + 1
            return (json.dumps(payload), *rest)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stripe.RequestsClient, "request", other)
            yield

    def moved(self, key: str) -> list[int]:
        """Return what was charged under a key, each time."""
        rows = self.client.v1.payment_intents.list({"limit": 100}).auto_paging_iter()
        return [r.amount_received for r in rows if r.metadata.to_dict().get(OUR_KEY) == key]

    def time_passes(self) -> None:
        """Let happen there what happens late, by its own repair task."""
        code = (
            "import time; time.sleep(2.5)\n"
            "from datetime import timedelta; from django.utils import timezone\n"
            "from payments.intents.services import payment_intents; "
            "from payments.refunds.services import refunds\n"
            "from payments.disputes.services import disputes\n"
            "at = timezone.now() + timedelta(minutes=1)\n"
            "payment_intents.repair(at=at); refunds.repair(at=at); disputes.fetch(at=at)\n"
        )
        self._run_there(code)

    def banks_answer(self, *, after: timedelta) -> None:
        """Let time go by there for the banks of those who are debited."""
        code = (
            "from datetime import timedelta; from django.utils import timezone\n"
            "from payments.inbound.services import delayed_polling\n"
            "from payments.models import Charge; from processors.models import SimulatedRequest\n"
            f"at = timezone.now(); then = at - timedelta(seconds={after.total_seconds()})\n"
            "SimulatedRequest.objects.update(created_at=then)\n"
            "Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=at)\n"
            "delayed_polling.poll_due(at=at)\n"
        )
        self._run_there(code)

    def _run_there(self, code: str) -> None:
        assert self.server.shell(code).wait(60) == 0

    def notices(self, kind: str, key: str, *, at: datetime) -> list[Notice]:
        """Return what it tells about a request, in its order, word for word."""
        about = {"charge": "payment_intent", "refund": "refund", "dispute": "dispute"}[kind]
        reference = None
        if kind == "dispute":
            reference = Charge.objects.get(id=key).processor_reference
        found = []
        for event in self._events():
            payload = event["data"]["object"]
            if payload["object"] != about:
                continue
            if payload["metadata"].get(OUR_KEY) == key or (
                reference and payload.get("payment_intent") == reference
            ):
                found.append(_sign(event, at))
        return found

    def refund_outside(self, charge: Charge, amount: int, *, at: datetime) -> list[Notice]:
        """Refund there, without us, and return the notices."""
        reference = charge.processor_reference or ""
        made = self.client.v1.refunds.create({"payment_intent": reference, "amount": amount})
        return [_sign(e, at) for e in self._events() if e["data"]["object"]["id"] == made.id]

    def end_outside(self, charge: Charge, amount: int | None, *, at: datetime) -> list[Notice]:
        """Capture or cancel it there, and return the notices."""
        reference, there = charge.processor_reference or "", self.client.v1.payment_intents
        if amount is None:
            there.cancel(reference)
        else:
            there.capture(reference, {"amount_to_capture": amount})
        return self.notices("charge", charge.id, at=at)

    def perform(self, action: NextAction, *, is_the_payer: bool = True) -> dict[str, str]:
        """Press a button on the bank's page."""
        pressed = {"action": "approve" if is_the_payer else "decline"}
        answer = requests.post(action.url, pressed, timeout=10, allow_redirects=False)
        assert answer.status_code == 303
        return {}

    def token(self, card: str) -> str:
        """Return the token of a new payment method there."""
        wish: Any = {"type": "card", "card": {"token": f"tok_{card}"}}
        return self.client.v1.payment_methods.create(wish).id

    def _events(self) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.server.base_url}/v1/events",
            params={"limit": "100"},
            timeout=10,
            headers={"Authorization": f"Bearer {self.key}"},
        )
        return list(reversed(answer.json()["data"]))


def _sign(event: dict[str, Any], at: datetime) -> Notice:
    body = json.dumps(event).encode()
    return body, {"Stripe-Signature": signing.sign(body, NOTICE_SECRET, at=at)}
