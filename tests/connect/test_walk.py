"""A marketplace that does anything at all, in any order: after each step the books are right."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from connect.models import ApplicationFee, ExchangeRate, Payout, PayoutPrice, Transfer
from connect.payouts import queries
from connect.payouts.services import negative_balances, payouts, runs
from connect.payouts.services.attempts import sending
from connect.transfers.services import account_debits, application_fees, reversals, transfers
from core.errors import RialtoError
from ledger import queries as ledger_queries
from ledger import resources as ledger_resources
from ledger.audit.verify import all_checks, verify
from ledger.posting import maturation
from payments.disputes.services import disputes
from payments.intents.services import authorizations, payment_intents
from payments.models import Charge, PaymentIntent
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance
from tests.factories import a_bank_account, a_platform, a_seller, now
from tests.soak import dice, times
from tests.truth import assert_the_processor_agrees

pytestmark = pytest.mark.django_db

NUMBERS = (
    "000123456789", "000123456789", "000111111116", "000777777771", "000777777772", "000777777773",
)  # fmt: skip
CARDS = (
    "pm_card_bypassPending", "pm_card_bypassPending", "pm_card_visa", "pm_card_refundFail",
    "pm_card_pendingRefund", "pm_card_createDispute",
    "pm_card_rialto_disputePartial", "pm_card_rialto_disputeLarger", "pm_card_rialto_disputeLate",
)  # fmt: skip
# All of them in the end; after each step those that are quick.
_EACH = (
    "C1", "C2", "C3", "C5", "locations", "lines", "lots", "floors", "overdrawn", "limits", "once",
    "disputes", "lent", "buckets",
)  # fmt: skip
_QUICK = [check for check in all_checks() if check.name in _EACH]


class Marketplace:
    """A platform with sellers of every kind, at a clock that only goes on."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.clock = now()
        self.platform = a_platform()
        self.sellers = []
        for number in NUMBERS:
            payer = chance.choice(["account", "application"])
            seller = a_seller(self.platform, controller={"fees": {"payer": payer}})
            a_bank_account(seller, number)
            self.sellers.append(seller)
        for currency, number in (("eur", "DE89370400440532013000"), ("jpy", None)):
            seller = a_seller(self.platform, default_currency=currency)
            if number:
                a_bank_account(seller, number, country="DE", currency="eur", routing_number=None)
            self.sellers.append(seller)
        self.a_rate_changes()
        PayoutPrice.objects.create(
            account_id=self.platform.account_id,
            livemode=False,
            currency="usd",
            bps=chance.randint(0, 500),
            fixed_amount=chance.randint(0, 50),
        )

    def amount(self, most: int = 100_00) -> int:
        return self.chance.randint(50, most)

    def charge(self) -> Charge:
        return self.chance.choice(list(Charge.objects.filter(status="succeeded")))

    def transfer(self) -> Transfer:
        return self.chance.choice(list(Transfer.objects.all()))

    def seller(self):
        return self.chance.choice(self.sellers)

    def sell(self, tenant, **details) -> None:
        payment_intents.create(
            tenant=tenant, currency="usd", confirm=True, at=self.clock, **details
        )

    # What may happen.

    def sell_in_fee_style(self) -> None:
        amount = self.amount(500_00)
        self.sell(
            self.platform,
            amount=amount,
            payment_method=self.chance.choice(CARDS),
            transfer_destination=self.seller().account_id,
            application_fee_amount=self.chance.randint(0, amount),
        )

    def sell_abroad_in_fee_style(self) -> None:
        amount = self.amount(500_00)
        self.sell(
            self.platform,
            amount=amount,
            payment_method=self.chance.choice(CARDS),
            transfer_destination=self.chance.choice(self.sellers[len(NUMBERS) :]).account_id,
            application_fee_amount=self.chance.randint(1, amount),
        )

    def sell_in_amount_style(self) -> None:
        amount = self.amount(500_00)
        self.sell(
            self.platform,
            amount=amount,
            payment_method=self.chance.choice(CARDS),
            transfer_destination=self.seller().account_id,
            transfer_amount=self.chance.randint(1, amount),
        )

    def shares(self) -> list[dict[str, object]]:
        some = self.chance.sample(self.sellers, 3)
        shares: list[dict[str, object]] = [
            {"destination": some[0].account_id, "percent": self.chance.randint(1, 5000)},
            {"destination": some[1].account_id, "amount": self.chance.randint(1, 20)},
            {"destination": some[2].account_id, "remainder": True},
        ]
        return shares[: self.chance.randint(1, 3)]

    def sell_for_many(self) -> None:
        self.sell(
            self.platform,
            amount=self.amount(500_00),
            split=self.shares(),
            payment_method=self.chance.choice(CARDS),
        )

    def reserve_for_many(self) -> None:
        self.sell(
            self.platform,
            amount=self.amount(500_00),
            split=self.shares(),
            payment_method=self.chance.choice(CARDS),
            capture_method="manual",
        )

    def capture_some(self) -> None:
        """Take all or a part of what is held, for those agreed on or for others."""
        held = list(PaymentIntent.objects.filter(status="requires_capture"))
        intent = self.chance.choice(held)
        split = self.chance.choice([None, self.shares()])
        authorizations.capture(
            tenant=self.platform,
            intent_id=intent.id,
            at=self.clock,
            amount_to_capture=self.chance.randint(1, intent.amount),
            **({"split": split} if split else {}),
        )

    def sell_directly(self) -> None:
        self.sell(
            self.seller(),
            amount=self.amount(),
            payment_method=self.chance.choice(CARDS),
            application_fee_amount=20,
            platform_id=self.platform.account_id,
        )

    def refund(self) -> None:
        charge = self.charge()
        flags = {}
        if Transfer.objects.filter(source_transaction=charge.id).exists() and charge.split:
            flags = {"transfer_reversals": self.chance.choice(["none", "proportional"])}
        elif charge.transfer_id:
            flags = {
                "reverse_transfer": self.chance.random() < 0.7,
                "refund_application_fee": bool(charge.application_fee_id)
                and self.chance.random() < 0.5,
            }
        part = self.chance.choice([None, self.amount()])
        refunds.create(
            tenant=charge.tenant, charge_id=charge.id, amount=part, at=self.clock, **flags
        )

    def transfer_some(self) -> None:
        transfers.create(
            tenant=self.platform,
            amount=self.amount(),
            currency="usd",
            at=self.clock,
            destination=self.seller().account_id,
        )

    def debit_a_seller(self) -> None:
        account_debits.create(
            tenant=self.seller(),
            platform_id=self.platform.account_id,
            amount=self.amount(),
            currency="usd",
            at=self.clock,
        )

    def transfer_abroad(self) -> None:
        transfers.create(
            tenant=self.platform,
            amount=self.amount(),
            currency="usd",
            at=self.clock,
            destination=self.chance.choice(self.sellers[len(NUMBERS) :]).account_id,
        )

    def reverse_from_abroad(self) -> None:
        abroad = [seller.account_id for seller in self.sellers[len(NUMBERS) :]]
        transfer = self.chance.choice(list(Transfer.objects.filter(destination_id__in=abroad)))
        left = transfer.amount - transfer.amount_reversed
        reversals.create(
            tenant=self.platform,
            transfer_id=transfer.id,
            at=self.clock,
            amount=self.chance.randint(1, max(left, 1)),
        )

    def pay_out_abroad(self) -> None:
        payouts.create(
            tenant=self.sellers[len(NUMBERS)],
            amount=self.amount(50_00),
            currency="eur",
            at=self.clock,
        )

    def a_rate_changes(self) -> None:
        for bought, most in (("eur", 200), ("jpy", 20_000)):
            ExchangeRate.objects.create(
                sold="usd",
                bought=bought,
                starts_at=self.clock,
                rate=Decimal(self.chance.randint(1, most)) / 100,
            )

    def transfer_of_a_charge(self) -> None:
        transfers.create(
            tenant=self.platform,
            amount=self.amount(),
            currency="usd",
            at=self.clock,
            destination=self.seller().account_id,
            source_transaction=self.charge().id,
        )

    def transfer_all_of_a_charge(self) -> None:
        self.sell(self.platform, amount=self.amount(), payment_method=self.chance.choice(CARDS[:3]))
        charge = Charge.objects.latest("created_at", "id")
        transfers.create(
            tenant=self.platform,
            amount=charge.amount,
            currency="usd",
            at=self.clock,
            destination=self.seller().account_id,
            source_transaction=charge.id,
        )

    def reverse(self) -> None:
        transfer = self.transfer()
        left = transfer.amount - transfer.amount_reversed
        reversals.create(
            tenant=self.platform,
            transfer_id=transfer.id,
            at=self.clock,
            amount=self.chance.randint(1, max(left, 1)),
            refund_application_fee=bool(transfer.application_fee_id) and self.chance.random() < 0.5,
        )

    def refund_a_fee(self) -> None:
        fee = self.transfer().application_fee_id
        if fee:
            application_fees.refund(
                tenant=self.platform, fee_id=fee, amount=self.amount(5_00), at=self.clock
            )

    def refund_the_fee_of_a_payout(self) -> None:
        fee = self.chance.choice(list(ApplicationFee.objects.filter(charge_id__startswith="po_")))
        application_fees.refund(
            tenant=self.platform,
            fee_id=fee.id,
            at=self.clock,
            amount=self.chance.randint(1, fee.amount),
        )

    def pay_out(self) -> None:
        payouts.create(
            tenant=self.seller(),
            amount=self.amount(),
            currency="usd",
            at=self.clock,
            method=self.chance.choice(["instant", "standard"]),
        )

    def cancel_a_payout(self) -> None:
        payout = self.chance.choice(list(Payout.objects.all()))
        payouts.cancel(tenant=payout.tenant, payout_id=payout.id, at=self.clock)

    def run_payouts(self) -> None:
        runs.run_due(at=self.clock)

    def banks_answer(self) -> None:
        sending.send_due(at=self.clock)
        sending.poll_due(at=self.clock)

    def processors_answer(self) -> None:
        SimulatedRequest.objects.update(created_at=now() - timedelta(days=3))
        refunds.repair(at=self.clock)
        disputes.fetch(at=self.clock)

    def debts_are_followed(self) -> None:
        negative_balances.reserve_and_cover(at=self.clock)

    def a_day_passes(self) -> None:
        self.clock += timedelta(days=1)
        maturation.mature(at=self.clock)

    def step(self) -> str:
        """Do one thing; what cannot be done changes nothing."""
        what = self.chance.choice(_STEPS)
        self.clock += timedelta(minutes=self.chance.randint(1, 120))
        try:
            getattr(self, what)()
        except (RialtoError, IndexError):
            return f"{what}, refused"
        return what


_STEPS = (
    "sell_in_fee_style", "sell_in_amount_style", "sell_for_many", "sell_directly", "refund",
    "refund", "transfer_some", "transfer_of_a_charge", "reverse", "refund_a_fee", "pay_out",
    "pay_out", "cancel_a_payout", "run_payouts", "banks_answer", "banks_answer",
    "processors_answer", "debts_are_followed", "a_day_passes", "reserve_for_many",
    "capture_some", "transfer_abroad", "reverse_from_abroad", "pay_out_abroad", "a_rate_changes",
    "refund_the_fee_of_a_payout", "transfer_all_of_a_charge", "debit_a_seller",
    "sell_abroad_in_fee_style",
)  # fmt: skip


@pytest.mark.parametrize("number", range(5))
def test_whatever_a_marketplace_does_its_books_are_right(number, scoreboard):
    market = Marketplace(dice("walk", number))
    done: list[str] = []

    for number_of_step in range(times(40)):
        began = now()
        done.append(market.step())
        # What the step wrote, and now and then all that was ever written.
        since = None if number_of_step % 100 == 99 else began
        found = verify(checks=_QUICK, since=since)
        assert found == [], (done[-5:], found)

    assert_books_balance()
    for payout in Payout.objects.all():
        rows = ledger_queries.balance_transactions(payout.tenant)
        listed = queries.transactions_of_payout(payout.tenant, payout.id, rows)
        shown = [ledger_resources.balance_transaction(row, at=market.clock) for row in listed]
        assert sum(line["net"] for line in shown if line["type"] != "payout") == payout.amount
    assert_the_processor_agrees()
    scoreboard.count("steps of a marketplace", len(done))
    scoreboard.count("refused", sum(step.endswith("refused") for step in done))
