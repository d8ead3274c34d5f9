"""At every step of a random walk, what an owner is shown adds up to what it is owed."""

import random
from datetime import timedelta

import pytest
from django.db.models import Sum

from connect.transfers.services import application_fees, reversals, transfers
from core.errors import RialtoError
from ledger.models import BalanceTransaction
from ledger.posting import maturation
from ledger.queries import balance
from ledger.rollups import balance_rollups
from payments.intents.services import authorizations
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, a_seller, moment

pytestmark = pytest.mark.django_db

STEPS = 40


class Walk:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.at = moment("2026-11-02T09:00")
        self.platform = a_platform()
        self.sellers = [a_seller(self.platform) for _ in range(3)]
        self.intents, self.transfers, self.fees = [], [], []

    def step(self):
        self.at += timedelta(hours=self.dice.randint(1, 30))
        self.dice.choice(
            [
                self.pay,
                self.pay,
                self.pay,
                self.authorize,
                self.refund,
                self.refund,
                self.transfer,
                self.reverse,
                self.refund_fee,
                self.mature,
                balance_rollups.fold_once,
            ]
        )()

    def pay(self, **more):
        amount, currency = self.dice.randint(1_00, 500_00), self.dice.choice(["usd", "eur", "jpy"])
        seller = self.dice.choice(self.sellers).account_id
        split = self.dice.choice(
            [
                {},
                {"transfer_destination": seller, "application_fee_amount": amount // 10},
                {"transfer_destination": seller, "transfer_amount": amount // 2},
                {"transfer_destination": seller},
            ]
        )
        card = self.dice.choice(["pm_card_visa", "pm_card_bypassPending"])
        intent = a_paid_intent(
            self.platform, amount=amount, currency=currency, payment_method=card, **split, **more
        )
        self.intents.append(intent)
        charge = intent.charges.get()
        self.transfers += [charge.transfer_id] if charge.transfer_id else []
        self.fees += [charge.application_fee_id] if charge.application_fee_id else []

    def authorize(self):
        self.pay(capture_method="manual")
        intent = self.intents[-1]
        authorizations.capture(
            tenant=self.platform,
            intent_id=intent.id,
            at=self.at,
            amount_to_capture=self.dice.randint(intent.amount // 2 + 1, intent.amount),
        )

    def refund(self):
        intent = self.dice.choice(self.intents)
        refunds.create(
            tenant=self.platform,
            intent_id=intent.id,
            at=self.at,
            amount=self.dice.randint(1, intent.amount),
            reverse_transfer=self.dice.random() < 0.5,
            refund_application_fee=self.dice.random() < 0.5,
        )

    def transfer(self):
        source = self.dice.choice([None, self.dice.choice(self.intents).latest_charge_id])
        self.transfers.append(
            transfers.create(
                tenant=self.platform,
                amount=self.dice.randint(1, 50_00),
                currency="usd",
                destination=self.dice.choice(self.sellers).account_id,
                at=self.at,
                source_transaction=source,
            ).id
        )

    def reverse(self):
        reversals.create(
            tenant=self.platform,
            transfer_id=self.dice.choice(self.transfers),
            amount=self.dice.randint(1, 20_00),
            at=self.at,
        )

    def refund_fee(self):
        application_fees.refund(
            tenant=self.platform,
            fee_id=self.dice.choice(self.fees),
            amount=self.dice.randint(1, 5_00),
            at=self.at,
        )

    def mature(self):
        maturation.mature(at=self.at)

    def check(self):
        shown = BalanceTransaction.objects.values("account_id", "currency").annotate(n=Sum("net"))
        nets = {(row["account_id"], row["currency"]): row["n"] for row in shown}
        for owner in (self.platform, *self.sellers):
            owed = balance(owner=owner.account_id, livemode=False)
            for currency in ("usd", "eur", "jpy"):
                total = sum(
                    bucket.get(currency, 0) for bucket in (owed.available, owed.pending, owed.held)
                )
                assert nets.get((owner.account_id, currency), 0) == total


@pytest.mark.parametrize("seed", range(4))
def test_what_is_shown_is_what_is_owed(seed):
    walk = Walk(seed)
    refused = 0
    for _ in range(STEPS):
        try:
            walk.step()
        except (RialtoError, IndexError):
            refused += 1
        walk.check()

    assert refused < STEPS / 2
    assert_books_balance()
