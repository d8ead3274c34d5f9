"""What platforms charge for instant payouts, and what of it comes back (rules 62 and 62r)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from connect.models import ApplicationFee, ApplicationFeeRefund, Payout, PayoutPrice
from connect.onboarding.services import external_accounts
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services import application_fees
from core.errors import InvalidRequest
from ledger import queries as ledger_queries
from ledger.audit.verify import verify
from tests.acceptance import annotations
from tests.books import assert_books_balance, on_its_way, total, usable
from tests.factories import a_bank_account, a_key, a_paid_intent, a_platform, a_seller_with, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _quick_bank(settings):
    # In a test the database stands still.
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600


@pytest.fixture
def platform():
    """A platform that charges 1 % and 0.50 for instant payouts."""
    platform = a_free_platform()
    a_price(platform, bps=100, fixed_amount=50)
    return platform


def a_free_platform():
    """A platform that processing costs nothing, so that fees of payouts are all it has."""
    return a_platform(fee_bps=0, fee_fixed_amount=0)


def a_price(platform, **details) -> PayoutPrice:
    columns = {"livemode": False, "currency": "usd"} | details
    return PayoutPrice.objects.create(account_id=platform.account_id, **columns)


def a_paid_out_seller(platform, number="000123456789", **details):
    seller = a_seller_with(platform, 100_00, **details)
    a_bank_account(seller, number)
    return seller


def instant(seller, amount=60_00, **details) -> Payout:
    wanted = {"currency": "usd", "method": "instant", "at": now()} | details
    return payouts.create(tenant=seller, amount=amount, **wanted)


def sent(payout) -> Payout:
    sending.send_due(at=payout.created_at)
    return asked(payout)


def asked(payout, after=LATER) -> Payout:
    sending.poll_due(at=payout.created_at + after)
    return Payout.objects.select_related("destination").get(id=payout.id)


def lines(tenant, *types) -> list[tuple[str, int, str]]:
    found = ledger_queries.balance_transactions(tenant).filter(type__in=types).order_by("id")
    return [(line.type, line.net, line.source) for line in found]


def events(tenant) -> list[str]:
    found = Event.objects.filter(account_id=tenant.account_id, type__startswith="application_fee")
    return list(found.order_by("id").values_list("type", flat=True))


def the_fee() -> ApplicationFee:
    return ApplicationFee.objects.get()


def assert_the_fee_came_back_once(platform, seller, payout) -> None:
    fee, refund = the_fee(), ApplicationFeeRefund.objects.get()
    assert (fee.amount_refunded, refund.amount, refund.fee_id) == (1_10, 1_10, fee.id)
    assert (refund.id[:3], refund.account_id) == ("fr_", platform.account_id)
    assert lines(platform, "application_fee_refund") == [
        ("application_fee_refund", -1_10, refund.id)
    ]
    assert lines(seller, "application_fee_refund") == [("application_fee_refund", 1_10, refund.id)]
    assert events(platform) == ["application_fee.created", "application_fee.refunded"]
    # What it was is still told.
    assert (payout.application_fee_id, payout.application_fee_amount) == (fee.id, 1_10)


def test_a_seller_pays_its_platform_for_an_instant_payout(platform):
    seller = a_paid_out_seller(platform)
    had = total(platform)

    payout = instant(seller)

    fee = the_fee()
    assert (usable(seller), on_its_way(seller)) == (38_90, 60_00)
    assert (usable(platform), total(platform)) == (1_10, had + 1_10)
    assert lines(seller, "payout", "application_fee") == [
        ("payout", -60_00, payout.id),
        ("application_fee", -1_10, payout.id),
    ]
    assert lines(platform, "application_fee") == [("application_fee", 1_10, fee.id)]
    assert (events(platform), events(seller)) == (["application_fee.created"], [])

    assert sent(payout).status == "paid"
    assert (usable(seller), on_its_way(seller), total(platform)) == (38_90, 0, had + 1_10)
    assert ApplicationFeeRefund.objects.count() == 0
    assert_books_balance()


def test_both_sides_are_told_of_the_fee_in_the_wires_words(platform):
    seller = a_paid_out_seller(platform)
    key = a_key(platform)
    as_platform = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}
    as_seller = as_platform | {"Stripe-Account": seller.account_id}
    wanted = {"amount": 60_00, "currency": "usd", "method": "instant"}

    payout, again = (
        Client()
        .post("/v1/payouts", wanted, content_type="application/json", headers=as_seller)
        .json()
        for _ in range(2)
    )
    (fee,) = Client().get("/v1/application_fees", headers=as_platform).json()["data"]

    assert again == payout
    assert (payout["application_fee"], payout["application_fee_amount"]) == (fee["id"], 1_10)
    assert (fee["account"], fee["amount"], fee["charge"]) == (seller.account_id, 1_10, payout["id"])
    assert fee["fee_source"] == {"payout": payout["id"], "type": "payout"}
    assert fee["originating_transaction"] is None
    expanded = (
        Client()
        .get(
            f"/v1/application_fees/{fee['id']}",
            {"expand[]": ["account", "balance_transaction", "charge"]},
            headers=as_platform,
        )
        .json()
    )
    assert (expanded["account"]["id"], expanded["balance_transaction"]["net"]) == (
        seller.account_id,
        1_10,
    )
    # The payout is the seller's: its id is all that the platform is shown.
    assert expanded["charge"] == payout["id"]
    found = Client().get("/v1/application_fees", {"charge": payout["id"]}, headers=as_platform)
    assert [one["id"] for one in found.json()["data"]] == [fee["id"]]
    listed = Client().get("/v1/balance_transactions", headers=as_seller).json()["data"]
    (paid,) = [line for line in listed if line["type"] == "application_fee"]
    assert (paid["amount"], paid["net"], paid["source"]) == (-1_10, -1_10, payout["id"])
    assert paid["reporting_category"] == "fee"
    told = Event.objects.get(type="application_fee.created")
    assert told.account_id == platform.account_id
    for wire in (payout, fee, *listed):
        assert annotations.faults(wire, annotations.class_of(wire)) == []
    # Nobody else sees it.
    theirs = Client().get("/v1/application_fees", headers=as_seller)
    assert theirs.json()["data"] == []
    assert_books_balance()


def test_the_money_must_be_enough_for_the_fee_as_well(platform):
    seller = a_paid_out_seller(platform)

    with pytest.raises(InvalidRequest) as refused:
        instant(seller, 99_00)  # and 1.49

    assert refused.value.code == "balance_insufficient"
    assert "100.49 USD, of which 1.49 USD is the fee" in refused.value.message
    assert (Payout.objects.count(), ApplicationFee.objects.count()) == (0, 0)
    assert (usable(seller), on_its_way(seller), usable(platform)) == (100_00, 0, 0)

    standard = instant(seller, 99_00, method="standard")

    assert (standard.application_fee_id, usable(seller)) == (None, 1_00)
    assert_books_balance()


def test_a_canceled_payout_brings_its_fee_back_once(platform):
    seller = a_paid_out_seller(platform)
    payout = instant(seller)

    for _ in range(2):
        payout = payouts.cancel(tenant=seller, payout_id=payout.id, at=now())

    assert payout.status == "canceled"
    assert (usable(seller), on_its_way(seller), usable(platform)) == (100_00, 0, 0)
    assert_the_fee_came_back_once(platform, seller, payout)
    fee = the_fee()
    wire = transfer_resources.application_fee(
        fee, transfer_queries.latest_fee_refunds([fee])[fee.id]
    )
    assert (wire["refunded"], len(wire["refunds"]["data"])) == (True, 1)
    assert_books_balance()


def test_a_payout_to_a_bank_account_that_is_removed_brings_its_fee_back(platform):
    seller = a_paid_out_seller(platform)
    payout = instant(seller)

    external_accounts.delete(tenant=seller, external_id=payout.destination_id, at=now())

    payout.refresh_from_db()
    assert payout.status == "canceled"
    assert (usable(seller), usable(platform)) == (100_00, 0)
    assert_the_fee_came_back_once(platform, seller, payout)
    assert_books_balance()


def test_a_refused_payout_brings_its_fee_back_once(platform):
    seller = a_paid_out_seller(platform, "000111111116")
    payout = instant(seller)

    sent(payout)
    payout = asked(payout)

    assert (payout.status, payout.failure_code) == ("failed", "no_account")
    assert (usable(seller), on_its_way(seller), usable(platform)) == (100_00, 0, 0)
    assert_the_fee_came_back_once(platform, seller, payout)
    assert_books_balance()


@pytest.mark.parametrize(
    ("number", "payer", "back", "borne"),
    [
        ("000777777771", "account", 60_00, 0),
        ("000777777772", "account", 57_50, 0),
        ("000777777772", "application", 57_50, 2_50),
    ],
)
def test_a_payout_that_comes_back_after_it_was_paid_brings_its_fee_back_once(
    settings, platform, number, payer, back, borne
):
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    seller = a_paid_out_seller(platform, number, controller={"fees": {"payer": payer}})
    had = usable(platform)
    payout = sent(instant(seller))
    assert (payout.status, usable(seller), usable(platform)) == ("paid", 38_90, had + 1_10)

    settings.SIMULATED_PAYOUTS_RETURNED_AFTER = -3_600
    payout = asked(payout, 2 * LATER)
    payout = asked(payout, 3 * LATER)

    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert (usable(seller), usable(platform)) == (40_00 + back + borne, had - borne)
    assert_the_fee_came_back_once(platform, seller, payout)
    assert_books_balance()


def test_a_payout_that_could_not_even_be_sent_keeps_its_fee_until_the_last_attempt(
    platform,
):
    seller = a_paid_out_seller(platform, "000777777776")

    payout = instant(seller)
    seen = []
    for hours in range(4):
        sending.send_due(at=now() + timedelta(hours=hours))
        seen.append((usable(seller), usable(platform)))

    assert seen == [(38_90, 1_10)] * 2 + [(100_00, 0)] * 2
    payout.refresh_from_db()
    assert payout.status == "failed"
    assert_the_fee_came_back_once(platform, seller, payout)
    assert_books_balance()


def test_reversing_a_payout_leaves_the_fee_alone(platform):
    seller = a_paid_out_seller(platform)
    payout = sent(instant(seller))

    with pytest.raises(InvalidRequest, match="cannot be reversed"):
        payouts.reverse(tenant=seller, payout_id=payout.id)

    assert (usable(seller), usable(platform), the_fee().amount_refunded) == (38_90, 1_10, 0)
    assert_books_balance()


@pytest.mark.parametrize("returned", [40, 1_10])
def test_what_the_platform_has_returned_already_is_not_returned_again(platform, returned):
    seller = a_paid_out_seller(platform, "000111111116")
    payout = instant(seller)

    application_fees.refund(tenant=platform, fee_id=the_fee().id, amount=returned, at=now())
    assert (usable(seller), usable(platform)) == (38_90 + returned, 1_10 - returned)
    sent(payout)

    assert (usable(seller), usable(platform)) == (100_00, 0)
    refunds = ApplicationFeeRefund.objects.order_by("id").values_list("amount", flat=True)
    assert list(refunds) == [amount for amount in (returned, 1_10 - returned) if amount]
    with pytest.raises(InvalidRequest) as refused:
        application_fees.refund(tenant=platform, fee_id=the_fee().id, at=now())
    assert refused.value.code == "application_fee_already_refunded"
    assert_books_balance()


def test_a_platform_that_has_spent_the_fee_owes_it(platform):
    seller = a_paid_out_seller(platform, "000111111116")
    payout = instant(seller)
    a_bank_account(platform)
    payouts.create(tenant=platform, amount=1_10, currency="usd", at=now())
    assert usable(platform) == 0

    payout = sent(payout)

    assert payout.status == "failed"
    assert (usable(seller), usable(platform), on_its_way(platform)) == (100_00, -1_10, 1_10)
    assert_the_fee_came_back_once(platform, seller, payout)
    assert_books_balance()


def test_the_next_payout_makes_the_fee_good(platform):
    seller = a_paid_out_seller(platform)
    instant(seller)

    rest = instant(seller, 38_90, method="standard")

    assert sorted(line.amount for line in rest.lines.all()) == [-1_10, 40_00]
    assert (usable(seller), on_its_way(seller), usable(platform)) == (0, 98_90, 1_10)
    assert_books_balance()


def test_a_price_that_changes_does_not_change_what_was_paid(platform):
    seller = a_paid_out_seller(platform)
    payout = instant(seller)

    PayoutPrice.objects.update(bps=500)
    payouts.cancel(tenant=seller, payout_id=payout.id, at=now())

    assert (usable(seller), usable(platform)) == (100_00, 0)
    assert instant(seller, 10_00).application_fee_amount == 1_00
    assert (usable(seller), usable(platform)) == (89_00, 1_00)
    assert_books_balance()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("connect_payout SET application_fee_amount = 1", "a fee of 1, the ledger has 110"),
        (
            "connect_payout SET application_fee_id = NULL, application_fee_amount = NULL",
            "a fee of 0, the ledger has 110",
        ),
        ("connect_payout SET application_fee_id = 'fee_other'", "is failed, and 0 of 110"),
        ("connect_payout SET status = 'paid'", "is paid, and 110 of 110 is returned, 1 times"),
        ("connect_applicationfee SET amount_refunded = 0", "and 0 of 110 is returned, 1 times"),
    ],
)
def test_a_fee_that_the_ledger_does_not_have_is_found(platform, damage, words):
    seller = a_paid_out_seller(platform, "000111111116")
    sent(instant(seller))
    assert_books_balance()

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {damage}")

    found = [finding.detail for finding in verify() if finding.check == "payout fees"]
    assert len(found) >= 1
    assert any(words in detail for detail in found), found
