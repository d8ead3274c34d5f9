"""Payments by codes, banks and wallets, shared with sellers in each way: to the cent."""

import pytest

from connect.models import Capability
from connect.states import CapabilityStatus
from payments import method_types
from payments.models import Charge, PaymentIntent
from payments.refunds.services import refunds
from tests.books import assert_books_balance, total
from tests.factories import a_platform, a_seller, now
from tests.payments import agreeing, scanning
from tests.payments.test_codes_of_countries import a_code_of
from tests.payments.test_codes_of_countries import press as press_code

pytestmark = pytest.mark.django_db(transaction=True)

CODES = {"promptpay": "thb", **{type: found[0] for type, found in scanning.CODES.items()}}
CURRENCIES = CODES | {type: found[0] for type, found in agreeing.PAYERS.items()}
# Of 100.00 with a fee of 3.20, of which 40.00 are refunded: what everybody has before and after.
WAYS = {
    "split": ((6_80, 60_00, 30_00), (2_80, 36_00, 18_00)),
    "destination": ((6_80, 90_00, 0), (2_80, 54_00, 0)),
    "direct": ((10_00, 86_80, 0), (6_00, 50_80, 0)),
}


def terms(way, platform, first, second):
    """Return whose intent it is, how it is shared, and who bears its refund."""
    if way == "split":
        shares = [(first, 6000), (second, 3000)]
        split = [{"destination": one.account_id, "percent": bps} for one, bps in shares]
        return platform, {"split": split}, {"transfer_reversals": "proportional"}
    cut, back = {"application_fee_amount": 10_00}, {"refund_application_fee": True}
    if way == "destination":
        to = {"transfer_destination": first.account_id}
        return platform, cut | to, back | {"reverse_transfer": True}
    return first, cut | {"platform_id": platform.account_id}, back


def pay(tenant, type, **shared):
    """Have a payer pay 100.00 by some type of payment method."""
    if type == "promptpay":
        intent = scanning.a_code(tenant, amount=100_00, **shared)
        scanning.press(intent, "pay")
    elif type in CODES:
        intent = a_code_of(tenant, type, **shared)
        press_code(intent, "pay")
    else:
        intent = agreeing.an_agreement(tenant, type, **shared)
        if type == "blik":
            agreeing.time_passes()
        else:
            agreeing.press(intent.latest_charge_id, "pay")
    return PaymentIntent.objects.get(id=intent.id)


def allow_all(seller):
    """Give a seller the capability of each type, wherever it is."""
    Capability.objects.bulk_create(
        Capability(
            account_id=seller.account_id,
            livemode=False,
            name=method_types.of(type).capabilities[0],
            status=CapabilityStatus.ACTIVE,
        )
        for type in CURRENCIES
    )


def test_each_type_that_payers_act_for_themselves_is_among_them():
    acting = {m.type for m in method_types.METHODS.values() if m.is_push or m.is_redirect}

    assert acting == CURRENCIES.keys()


@pytest.mark.parametrize("way", WAYS)
def test_each_type_is_paid_shared_and_refunded_in_each_way(way):
    platform = a_platform()
    first, second = a_seller(platform), a_seller(platform)
    allow_all(first)
    tenant, shared, borne = terms(way, platform, first, second)
    everybody = (platform, first, second)
    found = {}

    for type, currency in CURRENCIES.items():
        before = [total(one, currency) for one in everybody]
        intent = pay(tenant, type, **shared)
        paid = [total(one, currency) for one in everybody]
        refund = refunds.create(tenant=tenant, intent_id=intent.id, amount=40_00, at=now(), **borne)
        after = [total(one, currency) for one in everybody]
        found[type] = tuple(
            tuple(now - was for now, was in zip(then, before, strict=True))
            for then in (paid, after)
        )
        assert (intent.status, refund.status) == ("succeeded", "succeeded"), type

    assert found == dict.fromkeys(CURRENCIES, WAYS[way])
    assert Charge.objects.filter(amount_refunded=40_00).count() == len(CURRENCIES)
    assert_books_balance()
