"""Every parameter that takes an id, and every list's cursors, with ids of somebody else.

Both are read from what the routes themselves declare: a new one that is not known here fails.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from api.absent.views import AbsentView
from api.wire.params import Either, Id, Many, Param, Table
from checkout.catalog.services import prices, products
from checkout.discounts.services import coupons
from checkout.links.services import links
from checkout.sessions.services import sessions
from connect.onboarding.services import people
from connect.transfers.services import application_fees, reversals
from core.ids import new_id, prefix_of
from core.tenant import Tenant
from payments.customers.services import customers
from payments.intents.services import payment_intents
from payments.methods.services import payment_methods
from payments.setups.services import setup_intents
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.tenancy.asking import ask, filled, routes
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db

# The last name of a parameter → the object of `theirs` that it could mean.
KINDS = {
    "account": "account_id", "on_behalf_of": "account_id", "destination": "account_id",
    "customer": "customer_id", "charge": "charge_id", "source_transaction": "charge_id",
    "payment_intent": "intent_id", "payment_method": "method_id", "mandate": "mandate_id",
    "default_payment_method": "method_id", "file": "file_id", "front": "file_id",
    "back": "file_id", "icon": "file_id", "logo": "file_id",
    "confirmation_token": "confirmation_tokens/token_id",
    "payment_method_configuration": "configuration_id",
    "account_token": "account_token", "person_token": "person_token",
    "payouts.destination": "external_id",
    "product": "product_id", "products": "product_id", "default_price": "price_id",
    "coupon": "coupon_id", "coupons.*": "product_id", "promotion_code": "promotion_code_id",
    "price": "price_id", "shipping_rate": "shipping_rate_id",
    "checkout/sessions.*": "tax_rate_id", "checkout/sessions/<str:session_id>.*": "tax_rate_id",
    "checkout/sessions/<str:session_id>.id": "line_id", "payment_links.*": "tax_rate_id",
    "payment_links/<str:payment_link_id>.id": "payment_links/line_id",
    "elements/checkouts/<str:session_id>.id": "line_id",
    "external_account": "token_id", "token": "token_id", "transfer": "transfer_id",
}  # fmt: skip
PAYMENT = {"amount": 1000, "currency": "usd"}
SHOP = "https://shop.example.com/thanks"
TEA = {"currency": "usd", "unit_amount": 1000, "product_data": {"name": "Tea"}}
SESSION = {"success_url": SHOP, "line_items": [{"price_data": TEA, "quantity": 1}]}
LINK = {"line_items": SESSION["line_items"]}
DEBIT = {"payment_method": "pm_usBankAccount_success", "payment_method_types": ["us_bank_account"]}
LINKS = {"return_url": "https://example.com/", "refresh_url": "https://example.com/"}
# What a request must say besides, to get as far as the id; `<name>` is an object of one's own.
BESIDES: dict[str, dict[str, Any]] = {
    "account_links": {"type": "account_onboarding"} | LINKS,
    "account_sessions": {"components": {"payouts": {"enabled": True}}},
    "charges": PAYMENT | {"source": "tok_visa"},
    "customer_sessions": {"components": {"buy_button": {"enabled": True}}},
    "payment_intents": PAYMENT,
    "checkout/sessions": SESSION,
    "checkout/sessions line_items.*.price": {"success_url": SHOP},
    "checkout/sessions line_items.*.tax_rates.*": {"success_url": SHOP},
    "checkout/sessions setup_intent_data.on_behalf_of": {
        "mode": "setup",
        "currency": "usd",
        "success_url": SHOP,
    },
    "payment_links": LINK,
    "payment_links line_items.*.price": {},
    "payment_links line_items.*.tax_rates.*": {},
    "elements/checkouts/<str:session_id>": {"client_secret": "<session_secret>"},
    "elements/checkouts/<str:session_id>/confirm": {"client_secret": "<session_secret>"},
    "coupons": {"percent_off": 5},
    "prices": {"currency": "usd", "unit_amount": 5},
    "promotion_codes customer": {"coupon": "<coupon_id>"},
    "payment_intents confirmation_token": PAYMENT | {"confirm": True},
    "payment_intents mandate": PAYMENT | {"confirm": True, "off_session": True} | DEBIT,
    "payment_intents/<str:intent_id>/confirm mandate": {"payment_method": DEBIT["payment_method"]},
    "setup_intents confirmation_token": {"confirm": True},
    "payment_methods customer": {"payment_method": "<method_id>"},
    "payouts": {"amount": 1, "currency": "usd"},
    "transfers": {"amount": 1, "currency": "usd"},
    "transfers source_transaction": {"amount": 1, "currency": "usd", "destination": "<account_id>"},
    "refunds transfer_reversals.*.transfer": {"charge": "<charge_id>"},
    "refunds/preview transfer_reversals.*.transfer": {"charge": "<charge_id>"},
    "tax_ids": {"type": "eu_vat", "value": "DE123456789"},
}
# The same, beside the id in its own table.
INSIDE: dict[str, dict[str, Any]] = {
    "split.*.destination": {"amount": 100},
    "transfer_reversals.*.transfer": {"amount": 1},
    "external_account.token": {"object": "card"},
    "owner.customer": {"type": "customer"},
    "promotion.coupon": {"type": "coupon"},
    "payment_intent_data.split.*.destination": {"amount": 100},
    "optional_items.*.price": {"quantity": 1},
    "line_items.*.id": {"quantity": 1},
    "line_items.*.tax_rates.*": {"price_data": TEA, "quantity": 1},
    "branding_settings.icon.file": {"type": "file"},
    "branding_settings.logo.file": {"type": "file"},
}
# Asked on behalf of a seller: what else it says is the platform's.
FOR_A_SELLER = ("payment_methods",)
# Rialto has none of these.
NEVER = ("default_account_tax_ids",)
EMPTY = (
    "amount_details_line_items",
    "cash_balance_transactions",
    "features",
    "source_transactions",
    "sources",
    "subscriptions",
)
# The last name of a list's route → the object whose id could be its cursor.
CURSORS = {
    "accounts": "account_id", "application_fees": "fee_id", "balance_transactions": "id",
    "charges": "charge_id", "customers": "customer_id", "disputes": "dispute_id",
    "early_fraud_warnings": "warning_id", "events": "event_id",
    "external_accounts": "external_id", "file_links": "link_id", "files": "file_id",
    "payment_intents": "intent_id", "payment_method_configurations": "configuration_id",
    "payment_method_domains": "domain_id", "apple_pay/domains": "apple_pay/domain_id",
    "payment_methods": "method_id", "payouts": "payout_id", "persons": "person_id",
    "coupons": "coupon_id", "prices": "price_id", "products": "product_id",
    "promotion_codes": "promotion_code_id", "shipping_rates": "shipping_rate_id",
    "tax_rates": "tax_rate_id",
    "refunds": "refund_id", "reversals": "reversal_id", "setup_attempts": "setup_attempt_id",
    "setup_intents": "setup_intents/intent_id", "tax_ids": "tax_id", "transfers": "transfer_id",
    "webhook_endpoints": "endpoint_id", "resends": "resend_id", "sessions": "session_id",
    "unapplied_payments": "unapplied_id",
    "checkout/sessions/<str:session_id>/line_items": "line_id",
    "payment_links": "payment_link_id",
    "payment_links/<str:payment_link_id>/line_items": "payment_links/line_id",
    "application_fees/<str:fee_id>/refunds": "application_fees/refund_id",
    "customers/<str:customer_id>/balance_transactions": "row_id",
}  # fmt: skip


def ids_in(fields: Mapping[str, Param], before: str = "") -> Iterator[str]:
    for name, param in fields.items():
        yield from ids_of(param, f"{before}{name}")


def ids_of(param: Param, path: str) -> Iterator[str]:
    if isinstance(param, Id):
        yield path
    elif isinstance(param, Table):
        yield from ids_in(param.fields, f"{path}.")
    elif isinstance(param, Many):
        yield from ids_of(param.item, f"{path}.*")
    elif isinstance(param, Either):
        yield from ids_of(param.word, path)
        yield from ids_of(param.parts, path)


BODIES = sorted(
    {
        (route, path)
        for route, view in routes()
        if "POST" in view.params
        for path in ids_in(view.params["POST"].fields)
        if not path.removesuffix(".*").endswith(NEVER)
    }
)
LISTS = sorted(
    {
        route
        for route, view in routes()
        if "GET" in view.params and "starting_after" in view.params["GET"].fields
        if view is not AbsentView and not route.endswith((*EMPTY, "country_specs"))
    }
)


@pytest.fixture(scope="module")
def mine(theirs) -> tuple[str, dict[str, str]]:
    """Another platform's key, and objects of its own to stand in URLs."""
    platform = a_platform()
    seller: Tenant = a_seller(platform)
    customer = customers.create(tenant=platform, at=now())
    method = payment_methods.create(tenant=platform, card={"token": "tok_visa"}, at=now())
    paid = a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )
    held = a_paid_intent(platform, capture_method="manual")
    key = a_key(platform)
    transfer = ask(key, "GET", "transfers").json()["data"][0]["id"]
    fee = ask(key, "GET", "application_fees").json()["data"][0]["id"]
    reversals.create(tenant=platform, transfer_id=transfer, amount=1_00, at=now())
    application_fees.refund(tenant=platform, fee_id=fee, amount=1_00, at=now())
    person = people.create(
        tenant=platform, account_id=seller.account_id, params={"first_name": "Bo"}, at=now()
    )
    endpoint, _ = endpoints.create(
        tenant=platform, url="https://example.com/", enabled_events=["*"], at=now()
    )
    framed = {"ui_mode": "elements", "return_url": SHOP, "line_items": SESSION["line_items"]}
    session = sessions.create(tenant=platform, at=now(), **framed)
    return key, {
        "account_id": seller.account_id,
        "person_id": person.id,
        "customer_id": customer.id,
        "method_id": method.id,
        "charge_id": str(paid.latest_charge_id),
        "intent_id": payment_intents.create(tenant=platform, **PAYMENT, at=now()).id,
        "held_intent_id": held.id,
        "setup_intents/intent_id": setup_intents.create(tenant=platform, at=now()).id,
        "transfer_id": transfer,
        "fee_id": fee,
        "endpoint_id": endpoint.id,
        "coupon_id": coupons.create(tenant=platform, percent_off_bps=5_00, at=now()).public_id,
        "product_id": products.create(tenant=platform, name="Tea", at=now()).public_id,
        "price_id": prices.create(
            tenant=platform,
            product_data={"name": "Tea"},
            currency="usd",
            unit_amount=5_00,
            at=now(),
        ).id,
        "session_id": session.id,
        "session_secret": str(session.client_secret),
        "payment_link_id": links.create(tenant=platform, at=now(), **LINK).id,
    }


def body_for(route: str, path: str, id: str, own: Mapping[str, str]) -> dict[str, Any]:
    besides = BESIDES.get(f"{route} {path}", BESIDES.get(route, {}))
    besides = {name: own.get(str(it).strip("<>"), it) for name, it in besides.items()}
    value: Any = id
    last = next(name for name in reversed(path.split(".")) if name != "*")
    for name in reversed(path.split(".")):
        inside = INSIDE.get(path, {}) if name == last else {}
        value = [value] if name == "*" else {name: value} | inside
    return besides | value


@pytest.mark.parametrize(("route", "path"), BODIES)
def test_a_foreign_id_is_as_good_as_a_missing_one(route, path, theirs, mine):
    key, own = mine
    name = path.split(".")[-1]
    assert f"{route}.{name}" in KINDS or name in KINDS, f"{route} {path}: add it to KINDS."
    foreign = theirs[KINDS.get(f"{route}.{name}", KINDS.get(name, ""))]
    if route.endswith("/capture"):
        own = own | {"intent_id": own["held_intent_id"]}

    seller = own["account_id"] if route in FOR_A_SELLER else None

    real, none = (
        ask(key, "POST", filled(route, own), seller, **body_for(route, path, id, own))
        for id in (foreign, new_id(prefix_of(foreign)))
    )

    assert real.status_code == none.status_code, (real.content, none.content)
    if route == "tokens":
        # What a token keeps is looked at when an account is told it.
        return
    assert real.status_code in (400, 403, 404), real.content
    assert without_ids(real.content) == without_ids(none.content)
    error = real.json()["error"]
    assert error["code"] in ("resource_missing", "account_invalid"), f"Mend BESIDES: {error}"


@pytest.mark.parametrize("route", LISTS)
def test_a_foreign_cursor_is_missing_and_foreign_rows_are_not_listed(route, theirs, mine):
    key, own = mine
    last = route.rsplit("/", 1)[-1]
    assert route in CURSORS or last in CURSORS, f"{route}: add it to CURSORS."
    more = {"setup_intent": own["setup_intents/intent_id"]} if last == "setup_attempts" else {}
    name = CURSORS.get(route, CURSORS.get(last, ""))
    foreign = theirs[name]

    for cursor in ("starting_after", "ending_before"):
        for id in (foreign, new_id(prefix_of(foreign))):
            answer = ask(key, "GET", filled(route, own), **{cursor: id}, **more)
            assert answer.status_code == 400, answer.content
            assert answer.json()["error"]["param"] == cursor
    listed = ask(key, "GET", filled(route, own), limit=100, **more).json()["data"]
    assert not {row["id"] for row in listed} & set(theirs.values())


def without_ids(body: bytes) -> bytes:
    return re.sub(rb"\b[a-z]+(?:_[a-z]+)?_[0-9A-Za-z]{24}\b", b"ID", body)
