"""Cards that are paid in parts: the bank carries the plan, and the merchant has all at once."""

import pytest

from core.errors import InvalidRequest
from payments import resources
from payments.intents.services import payment_intents
from payments.method_types import installments
from payments.models import Charge
from payments.refunds.services import refunds
from tests.books import assert_books_balance, total
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db(transaction=True)

FIXED = {"count": 3, "interval": "month", "type": "fixed_count"}


def options(**given):
    return {"card": {"installments": {"enabled": True} | given}}


def an_intent(platform, card="pm_card_mx", **details):
    wanted = {"amount": 700_00, "currency": "mxn", "payment_method": card}
    return payment_intents.create(
        tenant=platform,
        at=now(),
        **({"payment_method_options": options()} | wanted | details),
    )


def shown(intent):
    return resources.payment_intent(intent)["payment_method_options"]["card"]["installments"]


def test_a_payer_chooses_a_plan_and_the_merchant_has_all_at_once():
    platform = a_platform()
    intent = an_intent(platform)
    offered = [plan["count"] for plan in shown(intent)["available_plans"]]
    assert (offered, shown(intent)["enabled"], shown(intent)["plan"]) == ([3, 6], True, None)

    paid = payment_intents.confirm(
        tenant=platform,
        intent_id=intent.id,
        payment_method_options=options(plan={"count": "3", "type": "fixed_count"}),
        at=now(),
    )

    charge = Charge.objects.get()
    card = resources.charge(charge)["payment_method_details"]["card"]
    assert (paid.status, shown(paid)["plan"]) == ("succeeded", FIXED)
    assert card["installments"] == {"plan": FIXED}
    assert total(platform, "mxn") == 700_00 - charge.fee_amount
    refunds.create(tenant=platform, intent_id=intent.id, amount=200_00, at=now())
    assert total(platform, "mxn") == 500_00 - charge.fee_amount
    assert_books_balance()


def test_a_payment_without_a_plan_is_paid_at_once():
    platform = a_platform()

    paid = an_intent(platform, confirm=True)

    card = resources.charge(Charge.objects.get())["payment_method_details"]["card"]
    assert (paid.status, card["installments"]) == ("succeeded", None)
    assert_books_balance()


@pytest.mark.parametrize(
    ("card", "given", "param"),
    [
        ("pm_card_mx", {"plan": FIXED | {"count": 9}}, "[plan]"),
        ("pm_card_visa", {"plan": FIXED}, "[plan]"),
        ("pm_card_mx", {"plan": FIXED, "enabled": False}, "[enabled]"),
    ],
)
def test_a_plan_that_the_card_does_not_have_is_refused(card, given, param):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        an_intent(platform, card, payment_method_options=options(**given), confirm=True)

    assert refused.value.param == f"payment_method_options[card][installments]{param}"
    assert Charge.objects.count() == 0


@pytest.mark.parametrize(
    ("country", "currency", "amount", "funding", "plans"),
    [
        ("MX", "mxn", 299_99, "credit", []),
        ("MX", "mxn", 2_400_00, "credit", [3, 6, 9, 12, 18, 24]),
        ("MX", "mxn", 2_400_00, "debit", []),
        ("MX", "usd", 2_400_00, "credit", []),
        ("BR", "brl", 15_00, "credit", [2, 3]),
        ("JP", "jpy", 5_000, "credit", [3, 5, 6, 10, 12, 15, 18, 20, 24, "bonus", "revolving"]),
        ("US", "usd", 5_000, "credit", []),
        (None, "mxn", 5_000, "credit", []),
    ],
)
def test_banks_of_a_country_have_their_plans(country, currency, amount, funding, plans):
    found = installments.available(
        country=country, funding=funding, currency=currency, amount=amount
    )

    assert [plan["count"] or plan["type"] for plan in found] == plans
