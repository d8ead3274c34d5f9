"""Codes beside PromptPay: PayNow, Pix, Konbini and Swish, one table for all."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson
import pytest
from django.test import Client

from core.errors import InvalidRequest
from payments import method_types, pages, resources
from payments.charges.services import push_charges
from payments.intents.services import payment_intents
from payments.models import Charge, PaymentIntent
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from processors.protocols import emvco
from tests.books import assert_books_balance, total
from tests.factories import a_platform, a_seller, now
from tests.payments.scanning import CODES, time_passes
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def a_code_of(platform, type, mailbox="somebody", **details):
    currency, amount, _ = CODES[type]
    billing = {"email": f"{mailbox}@example.com", "name": "Jenny Rosen"}
    wanted = {
        "amount": amount,
        "currency": currency,
        "payment_method": {"type": type, "billing_details": billing},
        "payment_method_types": [type],
    }
    return payment_intents.create(tenant=platform, confirm=True, at=now(), **(wanted | details))


def path_of(intent):
    charge = Charge.objects.get(id=intent.latest_charge_id)
    return urlsplit(pages.code_address(charge.id, charge.method_type)).path


def press(intent, button):
    return Client().post(path_of(intent), {"action": button})


def test_each_is_shown_paid_shared_and_refunded():
    platform = a_platform()
    seller = a_seller(platform)

    for type, (currency, amount, kind) in CODES.items():
        cut = amount // 10
        intent = a_code_of(
            platform, type, transfer_destination=seller.account_id, application_fee_amount=cut
        )
        shown = resources.payment_intent(intent)["next_action"]
        assert (intent.status, shown["type"]) == ("requires_action", kind)
        page = Client().get(path_of(intent))
        assert page.status_code == 200, type
        text = page.content.decode()
        assert method_types.of(type).title in text
        if type == "konbini":
            store = shown[kind]["stores"]["lawson"]
            assert {store["payment_code"], store["confirmation_number"]} <= set(
                text.replace("<", ">").split(">")
            )
            assert shown[kind]["hosted_voucher_url"].endswith(path_of(intent))
        else:
            code = shown[kind].get("qr_code", shown[kind])
            assert type == "swish" or emvco.is_whole(code["data"])
            assert Client().get(urlsplit(code["image_url_svg"]).path).status_code == 200
        told = orjson.loads(Event.objects.filter(type="payment_intent.requires_action").last().data)
        assert "http" not in orjson.dumps(told["object"]["next_action"]).decode()

        press(intent, "pay")
        assert PaymentIntent.objects.get(id=intent.id).status == "succeeded", type
        charge = Charge.objects.get(id=intent.latest_charge_id)
        details = resources.charge(charge)["payment_method_details"][type]
        assert set(details) == set(method_types.of(type).charged)
        refunds.create(
            tenant=platform,
            intent_id=intent.id,
            amount=amount * 4 // 10,
            reverse_transfer=True,
            refund_application_fee=True,
            at=now(),
        )
        assert total(seller, currency) == (amount - cut) * 6 // 10
        assert total(platform, currency) == cut * 6 // 10 - charge.fee_amount

    assert_books_balance()


@pytest.mark.parametrize(
    ("type", "options", "seconds"),
    [
        ("paynow", {}, 3_600),
        ("pix", {}, 4 * 3_600),
        ("pix", {"expires_after_seconds": 60}, 60),
        ("pix", {"expires_after_seconds": 14 * 86_400}, 14 * 86_400),
        ("konbini", {}, 3 * 86_400),
        ("konbini", {"expires_after_days": 60}, 60 * 86_400),
        ("swish", {}, 180),
    ],
)
def test_a_payer_has_the_time_that_the_method_or_the_merchant_gives(type, options, seconds):
    platform = a_platform()

    intent = a_code_of(platform, type, payment_method_options={type: options})

    charge = Charge.objects.get()
    ends = push_charges.expires_at(charge)
    assert abs((ends - charge.created_at).total_seconds() - seconds) < 5
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=seconds - 20))
    assert time_passes(seconds - 20) == 0
    assert time_passes(seconds + 5) == 1
    assert PaymentIntent.objects.get(id=intent.id).status == "requires_payment_method"
    assert_books_balance()


def test_the_last_day_of_a_counter_is_whole_where_the_payer_is():
    platform = a_platform()
    options = {"konbini": {"expires_after_days": 2}}

    a_code_of(platform, "konbini", payment_method_options=options)

    charge = Charge.objects.get()
    japan = timedelta(hours=9)
    ends = push_charges.expires_at(charge) + japan
    began = charge.created_at + japan
    assert ends.date() == (began + timedelta(days=2)).date()
    assert (ends.hour, ends.minute) == (23, 59)
    assert isinstance(charge.next_poll_at, datetime)


@pytest.mark.parametrize(
    ("type", "options", "name"),
    [
        ("pix", {"expires_after_seconds": 59}, "expires_after_seconds"),
        ("pix", {"expires_after_seconds": 14 * 86_400 + 1}, "expires_after_seconds"),
        ("pix", {"expires_at": 1}, "expires_at"),
        ("pix", {"expires_after_seconds": "soon"}, "expires_after_seconds"),
        ("konbini", {"expires_after_days": 0}, "expires_after_days"),
        ("konbini", {"expires_after_days": 61}, "expires_after_days"),
        ("konbini", {"expires_after_days": 1, "expires_at": 1}, "expires_after_days"),
        ("konbini", {"confirmation_number": "12"}, "confirmation_number"),
    ],
)
def test_too_little_and_too_much_time_is_refused(type, options, name):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        a_code_of(platform, type, payment_method_options={type: options})

    assert refused.value.param == f"payment_method_options[{type}][{name}]"
    assert Charge.objects.count() == 0


@pytest.mark.parametrize(("amount", "code"), [(119, "amount_too_small"), (300_001, None)])
def test_a_counter_takes_no_other_amounts(amount, code):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        a_code_of(platform, "konbini", amount=amount)

    assert refused.value.code == (code or "amount_too_large")
