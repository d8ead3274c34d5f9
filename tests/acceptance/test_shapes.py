"""Every answer satisfies the annotations of the official package's classes."""

from typing import Any

import pytest

from config.demo import sellers
from tests.acceptance import annotations
from tests.acceptance.shapes import Api
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Api:
    return Api(a_key(a_platform()))


@pytest.fixture
def seller(api) -> str:
    account = api(
        "POST",
        "accounts",
        type="express",
        country="US",
        email="seller@example.com",
        metadata={"a": "b"},
        **sellers.details("Ada's Shop"),
    )
    return account["id"]


def a_payment(api: Api, **more: Any) -> dict[str, Any]:
    wanted = {"amount": 10_000, "currency": "usd", "payment_method": "pm_card_visa"} | more
    return api("POST", "payment_intents", confirm=True, **wanted)


def test_customers_and_payment_methods(api):
    customer = api(
        "POST",
        "customers",
        name="Ada",
        email="ada@example.com",
        phone="1",
        description="d",
        address={"line1": "1 Street", "country": "US"},
        metadata={"a": "b"},
        shipping={"name": "Ada", "address": {"line1": "1 Street"}},
    )
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
    method = api(
        "POST",
        "payment_methods",
        type="card",
        card=card,
        billing_details={"name": "Ada", "address": {"city": "X"}},
    )
    api("POST", f"payment_methods/{method['id']}/attach", customer=customer["id"])
    api("POST", f"payment_methods/{method['id']}", metadata={"a": "b"})
    api("GET", f"payment_methods/{method['id']}", **{"expand[]": "customer"})
    api("GET", "payment_methods", customer=customer["id"])
    api("GET", f"customers/{customer['id']}/payment_methods")
    api("POST", f"payment_methods/{method['id']}/detach")
    api("POST", f"customers/{customer['id']}", name="", email="")
    api("GET", f"customers/{customer['id']}")
    api("GET", "customers")

    preferred = api(
        "POST",
        "customers",
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )
    (own,) = api("GET", "payment_methods", customer=preferred["id"])["data"]
    assert preferred["invoice_settings"]["default_payment_method"] == own["id"]
    shown = api("GET", f"customers/{preferred['id']}")
    assert shown["invoice_settings"] == preferred["invoice_settings"]

    assert api("DELETE", f"customers/{customer['id']}")["deleted"] is True
    assert api("GET", f"customers/{customer['id']}")["deleted"] is True


def test_intents_in_every_state(api, seller):
    waiting = api(
        "POST",
        "payment_intents",
        amount=10_000,
        currency="usd",
        automatic_payment_methods={"enabled": True},
        metadata={"a": "b"},
    )
    api("POST", f"payment_intents/{waiting['id']}", amount=11_000, description="d")
    api("POST", f"payment_intents/{waiting['id']}/confirm", payment_method="pm_card_visa")
    held = a_payment(api, capture_method="manual")
    api("POST", f"payment_intents/{held['id']}/capture", amount_to_capture=5_000)
    let_go = a_payment(api, capture_method="manual")
    api("POST", f"payment_intents/{let_go['id']}/cancel", cancellation_reason="duplicate")
    a_payment(api, payment_method="pm_card_rialto_timeoutAfterCharge")
    a_payment(api, transfer_data={"destination": seller}, application_fee_amount=1_000)
    a_payment(api, transfer_data={"destination": seller, "amount": 9_000})
    declined = api.client.post(
        "/v1/payment_intents",
        data={
            "amount": 10_000,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_chargeDeclined",
        },
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.key}"},
    ).json()["error"]["payment_intent"]

    assert annotations.faults(declined, annotations.class_of(declined)) == []
    api("GET", f"payment_intents/{declined['id']}")
    api(
        "GET",
        "payment_intents",
        **{"expand[]": ["data.latest_charge", "data.payment_method", "data.customer"]},
    )
    charges = api("GET", "charges", limit=100, **{"expand[]": "data.balance_transaction"})
    for charge in charges["data"]:
        api("GET", f"charges/{charge['id']}", **{"expand[]": "refunds"})
        api("POST", f"charges/{charge['id']}", description="d", metadata={"a": "b"})


def test_refunds(api, seller):
    paid = a_payment(api, transfer_data={"destination": seller}, application_fee_amount=1_000)
    refund = api(
        "POST",
        "refunds",
        payment_intent=paid["id"],
        amount=4_000,
        reason="duplicate",
        reverse_transfer=True,
        refund_application_fee=True,
    )
    api("POST", f"refunds/{refund['id']}", metadata={"a": "b"})
    api("GET", f"refunds/{refund['id']}", **{"expand[]": ["charge", "transfer_reversal"]})
    for token in ("pm_card_pendingRefund", "pm_card_rialto_refundDeclined"):
        api("POST", "refunds", payment_intent=a_payment(api, payment_method=token)["id"])
    api("GET", "refunds")


def test_accounts(api, seller):
    api("GET", "account")
    api("GET", f"accounts/{seller}")
    api("GET", "account", account=seller)
    api("POST", f"accounts/{seller}", email="new@example.com", metadata={"a": ""})
    for kind in ("standard", "custom"):
        api("POST", "accounts", type=kind)
    api("POST", "accounts", controller={"fees": {"payer": "application"}})
    api("GET", "accounts")

    assert api("DELETE", f"accounts/{seller}")["deleted"] is True


def test_transfers_and_fees(api, seller):
    a_payment(api, payment_method="pm_card_bypassPending")
    transfer = api(
        "POST", "transfers", amount=5_000, currency="usd", destination=seller, metadata={"a": "b"}
    )
    reversal = api("POST", f"transfers/{transfer['id']}/reversals", amount=1_000)
    api("POST", f"transfers/{transfer['id']}/reversals/{reversal['id']}", metadata={"a": "b"})
    api("GET", f"transfers/{transfer['id']}/reversals/{reversal['id']}")
    api("GET", f"transfers/{transfer['id']}/reversals")
    api("POST", f"transfers/{transfer['id']}", description="d")
    api("GET", f"transfers/{transfer['id']}", **{"expand[]": "destination_payment"})
    api("GET", "transfers")
    payment = transfer["destination_payment"]
    seen = api("GET", f"refunds/{reversal['destination_payment_refund']}", account=seller)
    assert (seen["charge"], seen["amount"]) == (payment, 1_000)
    assert seen["balance_transaction"]
    api(
        "GET",
        f"transfers/{transfer['id']}/reversals/{reversal['id']}",
        **{"expand[]": "destination_payment_refund"},
    )
    lines = api("GET", "balance_transactions", account=seller, **{"expand[]": "data.source"})
    assert {line["source"]["object"] for line in lines["data"]} == {"charge", "refund"}
    api("GET", f"charges/{payment}", account=seller)

    a_payment(api, transfer_data={"destination": seller}, application_fee_amount=1_000)
    fee = api("GET", "application_fees")["data"][0]
    refund = api("POST", f"application_fees/{fee['id']}/refunds", amount=400)
    api("POST", f"application_fees/{fee['id']}/refunds/{refund['id']}", metadata={"a": "b"})
    api("GET", f"application_fees/{fee['id']}/refunds/{refund['id']}")
    api("GET", f"application_fees/{fee['id']}/refunds")
    api("GET", f"application_fees/{fee['id']}", **{"expand[]": ["account", "balance_transaction"]})


def test_balances(api, seller):
    api("GET", "balance")
    a_payment(api, transfer_data={"destination": seller}, application_fee_amount=1_000)
    paid = a_payment(api)
    api("POST", "refunds", payment_intent=paid["id"])
    api("GET", "balance")
    api("GET", "balance", account=seller)
    for owner in (None, seller):
        lines = api("GET", "balance_transactions", account=owner, limit=100)["data"]
        api("GET", f"balance_transactions/{lines[0]['id']}", account=owner)
    api("GET", "balance_transactions", type="charge", **{"expand[]": "data.source"})


def test_events_and_endpoints(api):
    endpoint = api(
        "POST", "webhook_endpoints", url="https://example.com/hook", enabled_events=["*"]
    )
    assert endpoint["secret"].startswith("whsec_")
    api("POST", f"webhook_endpoints/{endpoint['id']}", disabled=True)
    assert "secret" not in api("GET", f"webhook_endpoints/{endpoint['id']}")
    api("GET", "webhook_endpoints")
    paid = a_payment(api)
    events = api("GET", "events", limit=100)["data"]
    assert {event["type"] for event in events} >= {"payment_intent.succeeded", "charge.succeeded"}
    for event in events:
        api("GET", f"events/{event['id']}")
        inside = event["data"]["object"]
        assert annotations.faults(inside, annotations.class_of(inside)) == []
    api("POST", f"events/{events[0]['id']}/retry")
    api("GET", "events", type="payment_intent.*")

    assert paid["status"] == "succeeded"
    assert api("DELETE", f"webhook_endpoints/{endpoint['id']}")["deleted"] is True


def test_what_is_sold_and_what_is_off(api):
    data = {"currency": "usd", "unit_amount": 5_00, "recurring": {"interval": "month"}}
    tea = api(
        "POST",
        "products",
        name="Tea",
        default_price_data=data,
        marketing_features=[{"name": "Fresh"}],
        package_dimensions={"height": 1, "length": 2, "weight": 3, "width": 4},
    )
    sized = {"currency_options": {"eur": {"custom_unit_amount": {"enabled": True}}}}
    cost = {"product": tea["id"], "currency": "usd", "unit_amount_decimal": "0.5", **sized}
    api("POST", "prices", **cost, transform_quantity={"divide_by": 2, "round": "up"})
    api("POST", "tax_rates", display_name="VAT", percentage="7.25", inclusive=True)
    amount = {"amount": 5_00, "currency": "usd"}
    estimate = {"minimum": {"unit": "day", "value": 2}}
    api(
        "POST",
        "shipping_rates",
        display_name="Post",
        fixed_amount=amount | {"currency_options": {"eur": {"amount": 4_00}}},
        delivery_estimate=estimate,
    )
    api("POST", "coupons", percent_off="12.5", applies_to={"products": [tea["id"]]})
    off = {"amount_off": 5_00, "currency": "usd", "currency_options": {"eur": {"amount_off": 4}}}
    coupon = api("POST", "coupons", **off)["id"]
    minimum = {"minimum_amount": 50_00, "minimum_amount_currency": "usd"}
    promotion = {"type": "coupon", "coupon": coupon}
    api("POST", "promotion_codes", promotion=promotion, restrictions=minimum)
    kinds = ("products", "prices", "tax_rates", "shipping_rates", "coupons", "promotion_codes")

    for kind in kinds:
        for one in api("GET", kind)["data"]:
            api("GET", f"{kind}/{one['id']}")
    for path in ("promotion_codes", "prices"):
        api(
            "GET", path, **{"expand[]": ["data.promotion.coupon", "data.product"][path == "prices"]}
        )
    assert api("DELETE", f"coupons/{coupon}")["deleted"] is True


def test_payment_links_and_their_sessions(api, seller):
    cost = {"currency": "usd", "unit_amount": 5_00}
    tea = api("POST", "products", name="Tea", default_price_data=cost)
    post = {"display_name": "Post", "fixed_amount": {"amount": 5_00, "currency": "usd"}}
    rate = api("POST", "shipping_rates", **post)["id"]
    lamp = {"currency": "usd", "unit_amount": 20_00, "product_data": {"name": "Lamp"}}
    size = {"key": "size", "type": "text", "label": {"type": "custom", "custom": "Size"}}
    asked = {
        "custom_fields": [size],
        "name_collection": {"individual": {"enabled": True}},
        "consent_collection": {"promotions": "auto"},
        "optional_items": [{"price": tea["default_price"], "quantity": 1}],
        "shipping_options": [{"shipping_rate": rate}],
        "shipping_address_collection": {"allowed_countries": ["TH"]},
        "payment_intent_data": {"description": "A lamp"},
    }
    item = {"price_data": lamp, "quantity": 1, "adjustable_quantity": {"enabled": True}}
    share = {"application_fee_amount": 1_00, "transfer_data": {"destination": seller}}
    limit = {"completed_sessions": {"limit": 5}}
    after = {"type": "redirect", "redirect": {"url": "https://shop.example/"}}

    link = api(
        "POST",
        "payment_links",
        line_items=[item],
        restrictions=limit,
        after_completion=after,
        **share,
        **asked,
    )
    api("POST", "payment_links", line_items=[{"price_data": lamp}])
    api("GET", "payment_links")
    api("GET", f"payment_links/{link['id']}")
    api("GET", f"payment_links/{link['id']}/line_items")
    api("POST", f"payment_links/{link['id']}", restrictions="", custom_fields="", active=False)
    home = {"success_url": "https://shop.example/"}
    half = api("POST", "coupons", percent_off=50)["id"]
    off = {"discounts": [{"coupon": half}], "expand": ["total_details.breakdown"]}
    session = api("POST", "checkout/sessions", line_items=[item], **asked, **home, **off)
    assert session["total_details"]["breakdown"]["discounts"][0]["amount"] == 10_00
    assert api("GET", f"checkout/sessions/{session['id']}")["custom_fields"][0]["key"] == "size"


def test_the_checker_finds_what_is_wrong():
    charge = {
        "object": "charge",
        "id": "ch_1",
        "amount": "1",
        "status": "lost",
        "surprise": 1,
        "metadata": {"a": None},
    }

    found = annotations.faults(charge, annotations.class_of(charge))

    assert "Charge.amount: '1' is no int" in found
    assert "Charge.metadata[a]: None is no str" in found
    assert "Charge.surprise is not in the package" in found
    assert "Charge.currency is missing" in found
    assert any(fault.startswith("Charge.status: 'lost' is not one of") for fault in found)


def test_lists_inside_of_objects_go_on_at_their_url(api, seller):
    paid = a_payment(
        api,
        payment_method="pm_card_bypassPending",
        transfer_data={"destination": seller},
        application_fee_amount=1_000,
    )
    charge = paid["latest_charge"]
    for _ in range(12):
        api(
            "POST",
            "refunds",
            charge=charge,
            amount=100,
            reverse_transfer=True,
            refund_application_fee=True,
        )

    shown = api("GET", f"charges/{charge}", **{"expand[]": ["refunds", "transfer"]})
    fee = api("GET", f"application_fees/{shown['application_fee']}")
    payment = shown["transfer"]["destination_payment"]
    sellers = api("GET", f"charges/{payment}", account=seller, **{"expand[]": "refunds"})

    for inside in (
        shown["refunds"],
        shown["transfer"]["reversals"],
        fee["refunds"],
        sellers["refunds"],
    ):
        assert (len(inside["data"]), inside["has_more"]) == (10, True)
    newest = sellers["refunds"]["data"][0]
    assert api("GET", f"charges/{payment}/refunds/{newest['id']}", account=seller) == newest
    newest = shown["refunds"]["data"][0]
    assert api("GET", f"charges/{charge}/refunds/{newest['id']}") == newest


def test_an_accounts_bank_accounts_and_a_files_links_go_on_at_their_url(api, seller):
    for number in range(12):
        params = {
            "object": "bank_account",
            "country": "US",
            "currency": "usd",
            "routing_number": "110000000",
            "account_number": f"0001234567{number:02}",
        }
        api("POST", f"accounts/{seller}/external_accounts", external_account=params)

    shown = api("GET", f"accounts/{seller}")["external_accounts"]

    assert (len(shown["data"]), shown["has_more"]) == (10, True)
