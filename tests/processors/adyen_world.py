"""The played Adyen as the tests of conformance need it."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from payments.models import Charge, Refund
from processors.adyen import cards, disputes
from processors.adyen.rail import AdyenRail
from processors.protocols.accounts import RailAccount
from processors.protocols.next_actions import NextAction
from tests import rails
from tests.doubles.adyen.book import Row
from tests.doubles.adyen.server import Adyen
from tests.truth import late_amounts

MERCHANT, API_KEY = "RialtoTests", "AQE_for_tests"
HMAC_KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
Notice = tuple[bytes, dict[str, str]]
_ABOUT = {
    "charge": {"AUTHORISATION", "CAPTURE", "CANCELLATION"},
    "dispute": disputes.EVENTS,
    "refund": {"REFUND", "REFUND_FAILED", "REFUNDED_REVERSED"},
}


class AdyenWorld:
    """A server on loopback, written from what Adyen publishes."""

    name = "adyen"
    late_reason = "pending"
    # It says in a sentence of its own why a refund failed.
    refund_failure = "unknown"
    # What it takes for a dispute stands in its report alone.
    dispute_fee = 0

    def __init__(self, folder: Path) -> None:
        self.there = Adyen(
            folder / "adyen.sqlite3", merchant=MERCHANT, api_key=API_KEY, hmac_key=HMAC_KEY
        )
        self.lies_about = ""
        self.account = RailAccount(
            "adyen",
            "adyen",
            credentials={"merchant_account": MERCHANT, "api_key": API_KEY},
            notice_secrets=(HMAC_KEY,),
            base_url=self.there.base_url,
        )

    @contextmanager
    def installed(self, *, shows_fields: bool = False) -> Iterator[None]:
        """Let test payments take this rail, and payers type cards into its own fields."""
        account = self.account
        if shows_fields:
            own = {"client_key": "test_K", "library_url": f"{self.there.base_url}/sdk/adyen.js"}
            account = replace(account, credentials={**account.credentials, **own})
        # What it had to tell of earlier tests' payments, nobody hears.
        self.there.book.take()
        with rails.registered(AdyenRail(account), name=self.name):
            yield

    def losing(self, what: str) -> AbstractContextManager[None]:
        """Lose each request on its way, or its answer."""
        return self.there.losing(what)

    @contextmanager
    def erring(self, what: str) -> Iterator[None]:
        """Answer each request with an error, before or after it was carried out."""
        self.there.failures = ["500 after" if what == "answers" else "500 before"] * 20
        yield
        self.there.failures = []

    @contextmanager
    def lying(self, what: str = "amount") -> Iterator[None]:
        """Say something else than was done; a no after a yes is told by a notice."""
        self.lies_about = what
        with self.there.lying(what):
            yield
        self.lies_about = ""

    def moved(self, key: str) -> list[int]:
        """Return what was charged under a key, each time."""
        rows = self.there.book.payments(key)
        return [row["captured"] for row in rows]

    def time_passes(self) -> None:
        """Let happen what happens late."""
        self.there.book.hurry()

    def outstanding(self, *, at: datetime) -> list[Notice]:
        """Return what it has to tell and has not told."""
        return [self._notice(item) for item in self.there.book.take()]

    def banks_answer(self, *, after: timedelta) -> None:
        """It debits no bank accounts."""
        raise NotImplementedError

    def notices(self, kind: str, key: str, *, at: datetime) -> list[Notice]:
        """Return what it tells about a request, in its order."""
        denied = {"success": "false"} if self.lies_about == "status" else {}
        return [
            self._notice(item | denied)
            for item in self.there.book.events()
            if item["eventCode"] in _ABOUT[kind]
            and item["merchantReference"].rpartition(".")[2] == key
        ]

    def refund_outside(self, charge: Charge, amount: int, *, at: datetime) -> list[Notice]:
        """Refund there, without us, and return the notices."""
        self.outstanding(at=at)
        self.there.refund_by_hand(charge.processor_reference or "", amount)
        return self.outstanding(at=at)

    def end_outside(self, charge: Charge, amount: int | None, *, at: datetime) -> list[Notice]:
        """Capture an authorisation there by hand, or with None let it go; return the notices."""
        self.outstanding(at=at)
        self.there.end_by_hand(charge.processor_reference or "", amount)
        return self.outstanding(at=at)

    def perform(self, action: NextAction, *, is_the_payer: bool = True) -> dict[str, str]:
        """Press a button on the bank's page, and return what the browser brings back."""
        pressed = {"answer": "yes" if is_the_payer else "no"}
        answer = requests.post(action.url, pressed, timeout=10, allow_redirects=False)
        assert answer.status_code == 303
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def token(self, card: str) -> str:
        """Return what Adyen's fields make of a test card."""
        method = cards.read(card, livemode=False).method
        return json.dumps({"paymentMethod": method})

    def forgeries(self, notice: Notice) -> list[Notice]:
        """Return a notice as nobody but a forger could send it."""
        whole = json.loads(notice[0])
        item = whole["notificationItems"][0]["NotificationRequestItem"]
        more = item["additionalData"]

        def changed(**fields: Any) -> bytes:
            return self._wrap(whole, item | fields)

        return [
            (body, {})
            for body in (
                changed(success="false" if item["success"] == "true" else "true"),
                changed(amount=item["amount"] | {"value": item["amount"]["value"] + 1}),
                changed(merchantReference="ch_another"),
                changed(originalReference="Z" * 16),
                changed(eventCode="CANCELLATION"),
                changed(additionalData={}),
                changed(additionalData=more | {"hmacSignature": ""}),
                changed(additionalData=more | {"hmacSignature": "\u0665"}),
                json.dumps(whole | {"live": "true"}).encode(),
                json.dumps(whole | {"notificationItems": []}).encode(),
                json.dumps(whole["notificationItems"]).encode(),
                b"\xff" + notice[0],
                b"",
            )
        ]

    def assert_it_agrees(self) -> None:
        """Fail unless each charge and refund is there once, with the same amount."""
        charges = Charge.objects.filter(processor=self.name, open_request=None)
        for charge in charges:
            there = [r for r in self.there.book.payments(charge.id) if r["state"] != "refused"]
            taken = sum(row["captured"] for row in there)
            assert len(there) <= 1, f"{charge.id} was charged {len(there)} times."
            late, back = late_amounts(charge)
            ours = charge.amount_captured if charge.status == "succeeded" else 0
            assert taken == ours + late
            ended = Refund.objects.filter(charge=charge, status="succeeded", pending_since=None)
            waiting = Refund.objects.filter(charge=charge).exclude(pending_since=None)
            if not waiting.exists():
                given = sum(row.amount for row in ended) + back
                assert given == sum(row["refunded"] for row in there)

    def _notice(self, item: Row) -> Notice:
        return self.there.batch(item), {}

    @staticmethod
    def _wrap(whole: Row, item: Row) -> bytes:
        return json.dumps(
            whole | {"notificationItems": [{"NotificationRequestItem": item}]}
        ).encode()
