"""What operators are told of payouts, and what they can do about them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from connect.hosted.views.home_words import HOLD_WORDS as SELLERS_WORDS
from connect.models import PayoutSchedule
from connect.payouts.hold_reasons import Hold, HoldReason
from connect.payouts.operator_pages.runs import WORDS as OPERATORS_WORDS
from connect.payouts.operator_pages.runs import explain
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from tests import factories
from tests.factories import a_bank_account, a_platform, a_seller_with, now

pytestmark = pytest.mark.django_db

LIST = "admin:connect_payouts_to_look_at"


def a_payout(number: str, at):
    seller = a_seller_with(a_platform(), 100_00, business_profile={"name": "Corner Shop"})
    a_bank_account(seller, number)
    payout = payouts.create(tenant=seller, amount=50_00, currency="usd", at=at)
    sending.send_due(at=at + timedelta(minutes=5))
    return payout


def read_page(operator) -> str:
    answer = operator.get(reverse(LIST))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_failed_payout_is_listed_with_its_reason_until_somebody_has_dealt_with_it(
    operator, settings
):
    assert "No payout needs anybody." in read_page(operator)
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    payout = a_payout("000111111116", now() - timedelta(days=1))
    sending.poll_due(at=now())

    page = read_page(operator)
    for words in (
        payout.id,
        "Corner Shop",
        "Failed: 50.00",
        "No bank account could be located",
        "Ask the seller to check routing and account number",
        "1 day old",
        f"Pay it again: {payout.id}",
        f"Ask the owner: {payout.id}",
    ):
        assert words in page

    form = {"payout": payout.id, "do": "resolve"}
    assert "Say why" in operator.post(reverse(LIST), form, follow=True).content.decode()
    answer = operator.post(reverse(LIST), form | {"reason": "They know"}, follow=True)

    assert f"{payout.id} is dealt with." in answer.content.decode()
    assert "No payout needs anybody." in answer.content.decode()


def test_a_payout_of_which_nothing_is_heard_can_be_asked_after(operator, settings):
    payout = a_payout("000123456789", now() - timedelta(hours=3))
    assert "On its way: 50.00" in read_page(operator)

    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    answer = operator.post(reverse(LIST), {"payout": payout.id, "do": "ask"}, follow=True)

    assert f"{payout.id} is paid." in answer.content.decode()
    again = operator.post(reverse(LIST), {"payout": payout.id, "do": "ask"}, follow=True)
    assert "nothing to be done" in again.content.decode()


def test_a_payout_that_is_held_up_says_why(operator):
    seller = a_seller_with(a_platform(), 100_00)
    a_bank_account(seller)
    at = now() - timedelta(hours=1)
    payouts.create(tenant=seller, amount=50_00, currency="usd", at=at)
    Account.objects.filter(id=seller.account_id).update(payouts_enabled=False)

    page = read_page(operator)

    assert "Held up: 50.00" in page
    assert "Payouts of this account are disabled" in page
    assert "Ask again" not in page
    assert "Cancel: po_" in page


def test_the_next_payouts_are_shown_before_anything_moves(operator):
    platform = a_platform()
    paid = a_seller_with(platform, 100_00, business_profile={"name": "Corner Shop"})
    a_bank_account(paid)
    by_hand = a_seller_with(platform, 20_00, business_profile={"name": "Book Shop"})
    a_bank_account(by_hand)
    PayoutSchedule.objects.filter(account_id=by_hand.account_id).update(interval="manual")

    page = " ".join(operator.get(reverse("admin:connect_next_payouts")).content.decode().split())

    assert "Together 100.00" in page
    assert page.index("Corner Shop") < page.index("Not paid: 20.00 USD. Payouts are made by hand.")
    operator.post("/admin/mode/", {"livemode": "true"})
    live = operator.get(reverse("admin:connect_next_payouts"))
    assert "No account has a balance" in live.content.decode()


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        (Hold(HoldReason.NO_DESTINATION), "No external account takes eur."),
        (Hold(HoldReason.PAUSED, {"pause_reason": "No {account}."}),
         "The last payout failed: No {account}."),
        (Hold(HoldReason.DISABLED, {"disabled_reason": "under_review"}),
         "Payouts are disabled: the account is being reviewed."),
        (Hold(HoldReason.DISABLED, {"disabled_reason": ""}),
         "Payouts are disabled: information about the account is missing."),
        (Hold(HoldReason.ILLIQUID, {"location": "main", "missing": "92.00 EUR"}),
         "Where the money is held there is too little (main): 92.00 EUR are missing."),
    ],
)  # fmt: skip
def test_operators_are_told_why_nothing_is_paid(hold, words):
    assert explain(hold, "eur") == words


def test_every_reason_to_pay_nothing_has_words_for_operators_and_sellers():
    assert set(OPERATORS_WORDS) == set(SELLERS_WORDS) == set(HoldReason)


def test_only_who_may_sees_and_does_it():
    client = Client()
    client.force_login(factories.an_operator("staff@example.com", role=""))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse(LIST), {"payout": "po_1"}).status_code == 403
    assert client.get(reverse("admin:connect_next_payouts")).status_code == 403
