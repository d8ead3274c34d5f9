"""Every type of payment method on the page of a session: what it needs is asked, and it is paid."""

import pytest

from payments import method_types
from payments.models import PaymentIntent
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import Fields, Payer
from tests.payments.test_shared_payments import CURRENCIES

pytestmark = pytest.mark.django_db(transaction=True)

# What a payer types in, by the last word of the field's name.
TYPED = {"name": "Jenny Rosen", "line1": "Main street 1", "email": "jenny@example.com",
         "country": "DE", "code": "123456"}  # fmt: skip
# What is asked beside the contact; where an e-mail address is not, of everybody who needs one.
ASKED = {
    "konbini": {"name"}, "bancontact": {"name"}, "eps": {"name"}, "blik": {"code"},
    "klarna": {"country"}, "afterpay_clearpay": {"name", "line1"},
}  # fmt: skip
# What may be chosen here, or else is asked by the bank's page: a bank of each.
BANKS = {"ideal": "rabobank", "eps": "easybank_ag", "p24": "mbank_mtransfer"}


def asked(payer, type):
    names = Fields(payer.look().text).names
    return {name.removeprefix(f"{type}_") for name in names if name.startswith(f"{type}_")}


@pytest.mark.parametrize("customer", [None, {"email": "jenny@example.com"}, {}])
def test_what_a_type_needs_is_asked_at_it_and_nothing_twice(customer):
    shop = Shop()
    more = {} if customer is None else {"customer": shop("POST", "customers", **customer)["id"]}
    found, states = {}, set()
    mail = {t for t in CURRENCIES if "email" in method_types.of(t).billing}

    for type in CURRENCIES if customer is None else mail:
        lamp = LAMP | {"currency": CURRENCIES[type], "unit_amount": 100_00}
        cart = {"line_items": [{"price_data": lamp}], "payment_method_types": [type]}
        session = shop.session(**cart, **more)
        payer = Payer(session)
        found[type] = asked(payer, type)
        assert ("bank" in found[type]) is (type in BANKS)
        found[type] -= {"bank"}
        if found[type]:
            empty = payer.send(method=type)
            problems = empty.text.count('<p class="bad"')
            assert (empty.status_code, problems) == (422, len(found[type]))
        chosen = {f"{type}_{n}": TYPED[n] for n in found[type]}
        if type in BANKS:
            odd = payer.send(method=type, **chosen, **{f"{type}_bank": "pawn_shop"})
            assert (odd.status_code, odd.text.count('<p class="bad"')) == (422, 1)
            chosen[f"{type}_bank"] = BANKS[type]
        sent = payer.send(method=type, **chosen)
        assert sent.status_code == 303, type
        led = payer.client.get(sent["Location"]).text
        onward = "Confirm the payment in" if type == "blik" else 'content="0;url=http'
        assert onward in led, type
        intent = PaymentIntent.objects.get(id=shop.read(session)["payment_intent"])
        states.add(intent.status)
        if type in BANKS:
            method = shop("GET", f"payment_methods/{intent.payment_method_id}")
            assert method[type]["bank"] == BANKS[type]

    is_asked = {"email"} if customer == {} else set()
    assert found == {type: ASKED.get(type, set()) | is_asked for type in found}
    assert states == {"requires_action"}
    assert_books_balance()
