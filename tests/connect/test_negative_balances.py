"""Sellers who owe: who bears it, what is set aside, and how it is made good."""

import html
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from connect.models import ConnectReserveChange
from connect.payouts.services import negative_balances, payouts
from connect.payouts.services.attempts import sending
from connect.transfers.services import transfers
from core.errors import InvalidRequest
from ledger import queries
from ledger.posting.journal import BalanceInsufficient
from payments.refunds.services import refunds
from tests import factories
from tests.books import assert_books_balance, usable
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_bank(settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(factories.an_operator())
    return client


def text(answer) -> str:
    """What is on a page, as people read it."""
    return html.unescape(answer.content.decode())


def reserved(platform) -> int:
    found = queries.balance(owner=platform.account_id, livemode=False)
    return found.connect_reserved.get("usd", 0)


def a_seller_who_owes(platform, amount=40_00, **details):
    """A seller whose sale was refunded after it was paid out."""
    seller = a_seller(platform, **details)
    a_bank_account(seller)
    intent = a_paid_intent(
        platform,
        payment_method="pm_card_bypassPending",
        transfer_amount=90_00,
        transfer_destination=seller.account_id,
    )
    payout = payouts.create(tenant=seller, amount=90_00, currency="usd", at=now())
    sending.send_due(at=now() + timedelta(hours=1))
    sending.poll_due(at=now() + timedelta(hours=2))
    payout.refresh_from_db()
    assert payout.status == "paid"
    part = amount * 10 // 9
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=part, reverse_transfer=True, at=now()
    )
    assert usable(seller) == -amount
    return seller


def rich(platform) -> None:
    a_paid_intent(platform, payment_method="pm_card_bypassPending")


def test_what_sellers_owe_is_set_aside_and_freed_again_when_it_is_made_good():
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform, 36_00)
    had = usable(platform)

    assert negative_balances.reserve_and_cover(at=now()) == 1
    assert negative_balances.reserve_and_cover(at=now()) == 0

    assert (usable(platform), reserved(platform), usable(seller)) == (had - 36_00, 36_00, -36_00)
    assert_books_balance()

    # Later credits come first.
    a_paid_intent(
        platform,
        payment_method="pm_card_bypassPending",
        transfer_amount=50_00,
        transfer_destination=seller.account_id,
    )
    had = usable(platform)
    negative_balances.reserve_and_cover(at=now())

    assert (usable(platform), reserved(platform), usable(seller)) == (had + 36_00, 0, 14_00)
    assert [row.amount for row in ConnectReserveChange.objects.order_by("id")] == [36_00, -36_00]
    assert_books_balance()


def test_a_platform_sets_aside_what_it_has_and_the_rest_when_it_has_it():
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform, 81_00)
    has = usable(platform)

    transfers.create(
        tenant=platform,
        amount=has - 5_00,
        currency="usd",
        destination=a_seller(platform).account_id,
        at=now(),
    )
    negative_balances.reserve_and_cover(at=now())
    assert (usable(platform), reserved(platform)) == (0, 5_00)

    rich(platform)
    negative_balances.reserve_and_cover(at=now())
    assert reserved(platform) == 81_00
    assert usable(seller) == -81_00
    assert_books_balance()


def test_for_a_standard_account_nothing_is_set_aside():
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform, controller={"losses": {"payments": "stripe"}})

    assert negative_balances.reserve_and_cover(at=now()) == 0
    [debt] = negative_balances.debts()
    assert (debt.is_platforms, debt.cover_at, debt.owed.amount) == (False, None, 40_00)
    with pytest.raises(InvalidRequest, match="does not answer"):
        negative_balances.cover(
            tenant=platform, seller_id=seller.account_id, currency="usd", at=now()
        )


def test_a_platform_covers_what_is_owed_out_of_what_it_set_aside():
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform)
    had = usable(platform)
    negative_balances.reserve_and_cover(at=now())

    transfer = negative_balances.cover(
        tenant=platform, seller_id=seller.account_id, currency="usd", at=now()
    )

    assert (usable(platform), reserved(platform), usable(seller)) == (had - 40_00, 0, 0)
    assert (transfer.amount, transfer.description) == (40_00, "Cover of a negative balance")
    assert negative_balances.debts() == []
    with pytest.raises(InvalidRequest, match="owes nothing"):
        negative_balances.cover(
            tenant=platform, seller_id=seller.account_id, currency="usd", at=now()
        )
    assert_books_balance()


def test_a_debt_is_covered_by_itself_after_half_a_year():
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform)

    negative_balances.reserve_and_cover(at=now() + timedelta(days=179))
    assert usable(seller) == -40_00
    negative_balances.reserve_and_cover(at=now() + timedelta(days=181))

    assert (usable(seller), reserved(platform)) == (0, 0)
    assert_books_balance()


def test_a_debt_that_is_made_good_meanwhile_keeps_no_other_waiting(monkeypatch):
    platform = a_platform()
    rich(platform)
    rich(platform)
    first, second = (a_seller_who_owes(platform) for _ in range(2))
    seen = negative_balances.debts()
    assert [debt.owed.owner for debt in seen] == [first.account_id, second.account_id]
    transfers.create(
        tenant=platform, amount=40_00, currency="usd", destination=first.account_id, at=now()
    )
    with monkeypatch.context() as patched:
        patched.setattr(negative_balances, "debts", lambda: seen)
        negative_balances.reserve_and_cover(at=now() + timedelta(days=181))

    assert (usable(first), usable(second)) == (0, 0)
    assert_books_balance()


def test_what_is_set_aside_covers_a_debt_though_the_platform_itself_owes():
    platform = a_platform()
    rich(platform)
    lost = a_paid_intent(platform, payment_method="pm_card_bypassPending")
    seller = a_seller_who_owes(platform)
    negative_balances.reserve_and_cover(at=now())
    transfers.create(
        tenant=platform,
        amount=usable(platform),
        currency="usd",
        destination=a_seller(platform).account_id,
        at=now(),
    )
    refunds.create(tenant=platform, intent_id=lost.id, amount=30_00, at=now())
    assert (usable(platform), reserved(platform)) == (-30_00, 40_00)

    negative_balances.reserve_and_cover(at=now() + timedelta(days=181))

    assert (usable(platform), reserved(platform), usable(seller)) == (-30_00, 0, 0)
    lines = queries.balance_transactions(platform).order_by("-id").values_list("type", "amount")
    assert sorted(lines[:2]) == [("reserve_transaction", 40_00), ("transfer", -40_00)]
    assert_books_balance()


def test_nobody_covers_what_the_platform_does_not_have():
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform, 81_00)
    transfers.create(
        tenant=platform,
        amount=usable(platform),
        currency="usd",
        destination=a_seller(platform).account_id,
        at=now(),
    )

    with pytest.raises(BalanceInsufficient):
        negative_balances.cover(
            tenant=platform, seller_id=seller.account_id, currency="usd", at=now()
        )
    assert usable(seller) == -81_00


def test_an_operator_reads_who_has_and_owes_what_when_a_debt_is_not_covered(operator):
    platform = a_platform()
    Account.objects.filter(id=platform.account_id).update(name="The Demo Market")
    rich(platform)
    seller = a_seller_who_owes(platform, 81_00, business_profile={"name": "Bert's Bikes"})
    page = reverse("admin:connect_negative_balances")

    def spend_all_but(amount):
        transfers.create(
            tenant=platform,
            amount=usable(platform) - amount,
            currency="usd",
            destination=a_seller(platform).account_id,
            at=now(),
        )

    assert "The Demo Market has set nothing aside yet in USD." in text(operator.get(page))
    spend_all_but(3_00)
    negative_balances.reserve_and_cover(at=now())
    rich(platform)
    spend_all_but(10_00)
    assert "The Demo Market has set 3.00 USD aside for all that its" in text(operator.get(page))

    form = {
        "platform": platform.account_id,
        "seller": seller.account_id,
        "currency": "usd",
        "mode": "test",
        "owed": "8100",
        "reason": "They left",
    }
    answer = text(operator.post(page, form, follow=True))

    assert (
        "Not covered: Bert's Bikes owes 81.00 USD, and The Demo Market has 10.00 USD available "
        "and 3.00 USD set aside."
    ) in answer
    assert (usable(platform), reserved(platform), usable(seller)) == (10_00, 3_00, -81_00)
    assert_books_balance()


def test_a_platform_whose_time_is_over_and_that_has_nothing_pays_when_it_has_it(operator, settings):
    platform = a_platform()
    rich(platform)
    a_seller_who_owes(platform)
    settings.NEGATIVE_BALANCES_COVERED_AFTER_DAYS = 0

    shown = text(operator.get(reverse("admin:connect_negative_balances")))

    assert "the platform pays the rest by itself as soon as it has it." in shown


def test_operators_see_who_owes_and_let_the_platform_cover_it(operator):
    page = reverse("admin:connect_negative_balances")
    assert "Nobody owes anything." in operator.get(page).content.decode()
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform, business_profile={"name": "Corner Shop"})

    shown = operator.get(page).content.decode()

    for words in ("Corner Shop", "-40.00", "The platform answers for it", "in 179 days"):
        assert words in shown
    form = {
        "platform": platform.account_id,
        "seller": seller.account_id,
        "currency": "usd",
        "mode": "test",
        "owed": "4000",
        "reason": "They left",
    }
    answer = operator.post(page, form, follow=True).content.decode()
    assert "The platform has paid 40.00" in answer
    assert "Nobody owes anything." in answer
    assert "owes nothing" in operator.post(page, form, follow=True).content.decode()
