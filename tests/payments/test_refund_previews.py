"""What a refund would do is what it does."""

import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from connect.models import ApplicationFee, Transfer
from connect.transfers.services import application_fees, reversals
from core.errors import InvalidRequest
from ledger import queries
from ledger.models import JournalEntry
from ledger.posting import maturation, owner_settings
from ledger.posting.journal import BalanceInsufficient
from payments.intents.services import payment_intents
from payments.models import Charge, FeeSchedule, Refund
from payments.refunds.services import refund_previews, refunds
from payments.refunds.services.refund_drafts import RefundRequest
from payments.resources.refund_previews import Preview
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.soak import times
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def look(platform, intent, **more: Any) -> Preview:
    return refund_previews.preview(
        tenant=platform, request=RefundRequest(intent_id=intent.id, **more), at=now()
    )


def shares(preview: Preview) -> list[tuple[str, int]]:
    return [(share.type, share.amount) for share in preview.shares]


def changes(preview: Preview) -> dict[str, int]:
    return {effect.account: effect.change for effect in preview.effects}


@pytest.mark.parametrize(
    ("reverse", "fee_back", "platform_changes", "seller_changes", "warnings"),
    [
        (False, False, -40_00, None, ["balance_goes_negative", "platform_bears_all"]),
        (False, True, -44_00, 4_00,
         ["balance_goes_negative", "platform_bears_all", "fee_goes_to_seller"]),
        # What the seller gives back makes good what was available.
        (True, False, 0, -40_00, []),
        (True, True, -4_00, -36_00, []),
    ],
)  # fmt: skip
def test_the_worked_figures_are_foreseen_and_nothing_moves(
    reverse, fee_back, platform_changes, seller_changes, warnings
):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00
    )
    before = JournalEntry.objects.count(), Event.objects.count(), total(platform), total(seller)

    preview = look(
        platform, intent, amount=40_00, reverse_transfer=reverse, refund_application_fee=fee_back
    )

    found = changes(preview)
    assert found[platform.account_id] == platform_changes
    assert found.get(seller.account_id) == seller_changes
    assert preview.amount_left == 60_00
    assert list(preview.warnings) == warnings
    assert Refund.objects.count() == 0
    assert Charge.objects.get().amount_refunded == 0
    assert before == (
        JournalEntry.objects.count(),
        Event.objects.count(),
        total(platform),
        total(seller),
    )
    assert_books_balance()


def test_it_says_who_would_pay_what_to_whom():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )

    preview = look(platform, intent, reverse_transfer=True, refund_application_fee=True)

    assert [(s.type, s.amount, s.giver, s.getter) for s in preview.shares] == [
        ("refund", 100_00, platform.account_id, "payer"),
        ("transfer_reversal", 100_00, seller.account_id, platform.account_id),
        ("application_fee_refund", 10_00, platform.account_id, seller.account_id),
    ]
    (ours,) = [e for e in preview.effects if e.account == platform.account_id]
    assert (ours.available_before, ours.available_after, ours.is_negative) == (6_80, -3_20, True)
    assert list(preview.warnings) == ["balance_goes_negative"]


def test_a_balance_that_does_not_allow_it_is_foreseen():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_bypassPending")
    owner_settings.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=1_00, by="olga", livemode=False
    )

    allowed, refused = look(platform, intent, amount=97_80), look(platform, intent, amount=97_81)

    assert (allowed.is_refused, refused.is_refused) == (False, True)
    assert "balance_insufficient" in refused.warnings
    with pytest.raises(BalanceInsufficient):
        refunds.create(tenant=platform, intent_id=intent.id, amount=97_81, at=now())


@pytest.mark.attacks
@pytest.mark.parametrize("seed", range(times(10)))
def test_over_a_thousand_random_cases_a_preview_is_what_happens(seed):
    chance = random.Random(seed)
    platform = a_platform()
    seller = a_seller(platform)
    cases, at = 0, now()

    while cases < 100:
        _a_schedule(chance, platform)
        intent = _a_payment(chance, platform, seller, at)
        for _ in range(chance.randint(2, 6)):
            at = _something_else_happens(chance, platform, intent, at)
            cases += _foreseen_and_done(chance, platform, seller, intent, at)

    assert_books_balance()


def _a_schedule(chance: random.Random, platform) -> None:
    FeeSchedule.objects.update(ends_at=now())
    fixed = chance.choice([0, 30])
    FeeSchedule.objects.create(
        bps=chance.choice([0, 290, 1_000]),
        fixed_amount=fixed,
        least_amount=chance.choice([0, 75]),
        most_amount=chance.choice([None, 500]),
        account_id=platform.account_id,
        starts_at=now(),
        returns=chance.choice(["none", "variable", "all"]),
    )
    owner_settings.set_negative_limit(
        owner=platform.account_id,
        currency="usd",
        by="olga",
        livemode=False,
        amount=chance.choice([0, 50_00, 1_000_000_00]),
    )


def _a_payment(chance: random.Random, platform, seller, at):
    amount = chance.choice([chance.randint(50, 500), chance.randint(500, 20_000)])
    styles: list[dict[str, Any]] = [
        {},
        {"application_fee_amount": chance.randint(0, amount)},
        {"transfer_amount": chance.randint(1, amount)},
    ]
    style = chance.choice(styles)
    if style:
        style["transfer_destination"] = seller.account_id
    card = chance.choice(["pm_card_visa", "pm_card_bypassPending"])
    return payment_intents.create(
        tenant=platform,
        amount=amount,
        currency="usd",
        payment_method=card,
        confirm=True,
        at=at,
        **style,
    )


def _something_else_happens(chance: random.Random, platform, intent, at) -> datetime:
    """Maturation, a reversal, a returned cut or a refund that comes back, now and then."""
    what = chance.randrange(10)
    charge = intent.latest_charge_id
    if what == 0:
        at += timedelta(days=14)
        maturation.mature(at=at)
    elif what == 1:
        transfer = Transfer.objects.filter(source_transaction=charge).first()
        if transfer and transfer.amount > transfer.amount_reversed:
            with suppress(BalanceInsufficient):
                reversals.create(tenant=platform, transfer_id=transfer.id, amount=1, at=at)
    elif what == 2:
        fee = ApplicationFee.objects.filter(originating_transaction=charge).first()
        if fee and fee.amount > fee.amount_refunded:
            application_fees.refund(tenant=platform, fee_id=fee.id, amount=1, at=at)
    elif what == 3:
        done = Refund.objects.filter(charge_id=charge, status="succeeded").first()
        if done:
            back = Decline("unknown", "It came back.")
            outcome = Outcome(
                OutcomeStatus.DECLINED, "out_1", done.amount, done.currency, decline=back
            )
            refunds.settle(done.id, outcome, at=at)
    return at


def _foreseen_and_done(chance: random.Random, platform, seller, intent, at) -> int:
    """Look at a refund, make it, and compare; 0 if there is nothing left to refund."""
    charge = Charge.objects.get(id=intent.latest_charge_id)
    left = charge.amount_captured - charge.amount_refunded
    if left == 0:
        return 0
    transfer = Transfer.objects.filter(id=charge.transfer_id).first()
    has_shared = transfer is not None and transfer.amount_reversed < transfer.amount
    wish = {
        "intent_id": intent.id,
        "amount": chance.choice([None, chance.randint(1, left)]),
        "reverse_transfer": has_shared and chance.random() < 0.6,
        "refund_application_fee": charge.application_fee_id is not None and chance.random() < 0.6,
    }
    owners = [platform.account_id, seller.account_id]
    before = queries.balances(owners=owners, livemode=False)

    preview = refund_previews.preview(tenant=platform, request=RefundRequest(**wish), at=at)
    refund = None
    with suppress(BalanceInsufficient):
        refund = refunds.create(tenant=platform, at=at, **wish)

    assert preview.is_refused == (refund is None), (wish, preview)
    after = queries.balances(owners=owners, livemode=False)
    if refund:
        foreseen = {e.account: (e.available_after, e.pending_after) for e in preview.effects}
        charge.refresh_from_db()
        assert preview.refund.amount == refund.amount
        assert preview.refund.fee_returned_amount == refund.fee_returned_amount
        assert preview.amount_left == charge.amount_captured - charge.amount_refunded
    else:
        foreseen = {}
    for owner in owners:
        then = foreseen.get(owner, _of(before[owner]))
        assert _of(after[owner]) == then, (owner, wish, preview)
    return 1


def _of(balance) -> tuple[int, int]:
    return balance.available.get("usd", 0), balance.pending.get("usd", 0)


def test_what_cannot_be_refunded_cannot_be_looked_at():
    platform = a_platform()
    intent = a_paid_intent(platform)

    for wish, code in (
        (RefundRequest(), "parameter_missing"),
        (RefundRequest(intent_id="pi_nobodys"), "resource_missing"),
        (RefundRequest(intent_id=intent.id, amount=100_01), "amount_too_large"),
        (RefundRequest(intent_id=intent.id, reverse_transfer=True), None),
    ):
        with pytest.raises(InvalidRequest) as refused:
            refund_previews.preview(tenant=platform, request=wish, at=now())
        assert refused.value.code == code

    with pytest.raises(InvalidRequest):
        refund_previews.preview(
            tenant=a_platform(), request=RefundRequest(intent_id=intent.id), at=now()
        )


def ask(key: str, **params: Any) -> Any:
    return Client().post(
        "/v1/refunds/preview",
        params,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


def test_the_answer_over_http():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        transfer_amount=90_00,
        payment_method="pm_card_bypassPending",
    )
    key = a_key(platform)

    with CaptureQueriesContext(connection) as captured:
        answer = ask(key, payment_intent=intent.id, amount=40_00, reverse_transfer=True)

    assert answer.status_code == 200
    assert len(captured) <= 24
    assert answer.json() == {
        "object": "refund_preview",
        "amount": 40_00,
        "amount_left": 60_00,
        "balances": [
            {
                "account": platform.account_id,
                "available": {"before": 6_80, "after": 2_80},
                "change": -4_00,
                "is_negative": False,
                "pending": {"before": 0, "after": 0},
            },
            {
                "account": seller.account_id,
                "available": {"before": 90_00, "after": 54_00},
                "change": -36_00,
                "is_negative": False,
                "pending": {"before": 0, "after": 0},
            },
        ],
        "charge": intent.latest_charge_id,
        "currency": "usd",
        "livemode": False,
        "payment_intent": intent.id,
        "refund_application_fee": False,
        "reverse_transfer": True,
        "shares": [
            {"type": "refund", "amount": 40_00, "from": platform.account_id, "to": "payer"},
            {
                "type": "transfer_reversal",
                "amount": 36_00,
                "from": seller.account_id,
                "to": platform.account_id,
            },
        ],
        "warnings": [],
        "would_be_refused": False,
    }
    refused = ask(key, payment_intent=intent.id, amount="x").json()["error"]
    assert (refused["code"], refused["param"]) == ("parameter_invalid_integer", "amount")
    strangers = ask(a_key(a_platform()), charge=intent.latest_charge_id)
    assert (strangers.status_code, strangers.json()["error"]["code"]) == (400, "resource_missing")
