"""Every parameter that the official package declares is sent once, and none meets a bug.

What takes any text is sent one that means something to databases, pages, spreadsheets and headers.
"""

import json
import typing
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.test import Client

from payments.disputes.services.disputes import fetch
from tests.acceptance import declared
from tests.acceptance.test_every_parameter import OURS, refusals_of
from tests.factories import a_bank_account, a_key, a_platform, a_seller, now
from tests.hostile import HOSTILE
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

CARD: Final = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
BANK: Final = {
    "object": "bank_account", "country": "US", "currency": "usd", "routing_number": "110000000",
    "account_number": "000123456789",
}  # fmt: skip
LIKELY: Final = {
    "object": "bank_account", "country": "US", "email": "ada@example.com", "phone": "0000000000",
    "url": "https://shop.example/", "return_url": "https://shop.example/", "currency": "usd",
    "refresh_url": "https://shop.example/", "default_currency": "usd", "mcc": "5734",
    "receipt_email": "ada@example.com", "type": "card", "payment_method": "pm_card_visa",
    "number": "4242424242424242", "exp_month": "12", "exp_year": "2034", "cvc": "123",
    "ssn_last_4": "0000", "ip": "203.0.113.7", "ip_address": "203.0.113.7", "source": "tok_visa",
    "source_type": "card", "reason": "other", "query": "amount:700",
    "domain_name": "shop.example",
}  # fmt: skip


class Marketplace:
    """A platform with one of each object, and a key."""

    def __init__(self) -> None:
        platform = a_platform()
        self.key = a_key(platform)
        self.seller = a_seller(platform).account_id
        a_bank_account(platform)
        self.customer = self.made("customers", name="Ada")
        self.method = self.made("payment_methods", type="card", card=CARD)
        self.post(f"payment_methods/{self.method}/attach", customer=self.customer)
        self.pay(amount=900_00)
        self.pay(payment_method="pm_card_createDispute")
        fetch(at=now())
        shared = {"transfer_data": {"destination": self.seller}, "application_fee_amount": 100}
        self.paid = self.pay(customer=self.customer, payment_method=self.method, **shared)
        self.charge = self.paid["latest_charge"]
        self.made("refunds", charge=self.charge, amount=10)
        self.made("transfers", amount=500, currency="usd", destination=self.seller)
        self.made("payouts", amount=100, currency="usd")
        self.made("setup_intents", customer=self.customer)
        self.made("webhook_endpoints", url="https://shop.example/", enabled_events=["*"])
        self.made("payment_method_configurations", name="Mine")
        self.made("payment_method_domains", domain_name="shop.example")
        self.product = self.made("products", name="Tea")
        self.price = self.made("prices", product=self.product, currency="usd", unit_amount=5_00)
        self.coupon = self.made("coupons", percent_off=5)
        self.made("promotion_codes", coupon=self.coupon)
        self.made("tax_rates", display_name="VAT", percentage=7, inclusive=True)
        amount = {"amount": 5_00, "currency": "usd"}
        self.made("shipping_rates", display_name="Post", fixed_amount=amount)
        self.made("payment_links", line_items=[{"price": self.price, "quantity": 1}])
        person = {"first_name": "Ada", "last_name": "Rosen"}
        self.made(f"accounts/{self.seller}/persons", **person)
        self.made(f"accounts/{self.seller}/external_accounts", external_account=BANK)
        self.made(f"customers/{self.customer}/balance_transactions", amount=5, currency="usd")

    def post(self, path: str, **params: Any) -> dict[str, Any]:
        answer = ask(self.key, "POST", path, **params)
        assert answer.status_code == 200, (path, answer.content)
        return dict(answer.json())

    def made(self, path: str, **params: Any) -> str:
        return str(self.post(path, **params)["id"])

    def pay(self, **params: Any) -> dict[str, Any]:
        wanted = {"amount": 20_00, "currency": "usd", "payment_method": "pm_card_bypassPending"}
        return self.post("payment_intents", **{**wanted, **params}, confirm=True)

    def intent(self, **params: Any) -> str:
        return self.made("payment_intents", amount=20_00, currency="usd", **params)

    def held(self) -> str:
        return str(self.pay(capture_method="manual")["id"])


# Calls that use an object up, so that each needs one of its own.
FRESH: Final[dict[str, Callable[[Marketplace], str]]] = {
    "POST /v1/payment_intents/{}/confirm": lambda m: m.intent(payment_method="pm_card_visa"),
    "POST /v1/payment_intents/{}/capture": Marketplace.held,
    "POST /v1/payment_intents/{}/cancel": Marketplace.intent,
    "POST /v1/setup_intents/{}/confirm": lambda m: m.made("setup_intents", customer=m.customer),
    "POST /v1/setup_intents/{}/cancel": lambda m: m.made("setup_intents"),
    "POST /v1/charges/{}/capture": lambda m: str(m.pay(capture_method="manual")["latest_charge"]),
    "POST /v1/payment_methods/{}/attach": lambda m: m.made(
        "payment_methods", type="card", card=CARD
    ),
    "POST /v1/payment_intents/{}": Marketplace.intent,
}


def base_of(call: declared.Declared, market: Marketplace) -> dict[str, Any]:
    """Return what a call needs besides, so that it gets past the first checks."""
    paying = {"amount": 7_00, "currency": "usd"}
    return {
        "POST /v1/payment_intents": {**paying, "payment_method": "pm_card_visa", "confirm": True},
        "POST /v1/setup_intents": {"payment_method": "pm_card_visa", "confirm": True},
        "POST /v1/setup_intents/{}/confirm": {"payment_method": "pm_card_visa"},
        "POST /v1/charges": {**paying, "source": "tok_visa"},
        "POST /v1/prices": {"product": market.product, "currency": "usd", "unit_amount": 5},
        "POST /v1/products": {"name": "Tea"},
        "GET /v1/prices/search": {"query": "currency:'usd'"},
        "GET /v1/products/search": {"query": "name:'tea'"},
        "POST /v1/coupons": {"percent_off": 5},
        "POST /v1/promotion_codes": {"promotion": {"type": "coupon", "coupon": market.coupon}},
        "POST /v1/shipping_rates": {
            "display_name": "Post",
            "fixed_amount": {"amount": 5_00, "currency": "usd"},
        },
        "POST /v1/tax_rates": {"display_name": "VAT", "percentage": 7, "inclusive": True},
        "POST /v1/payment_links": {"line_items": [{"price": market.price, "quantity": 1}]},
        "POST /v1/refunds": {"charge": market.charge, "amount": 1},
        "POST /v1/transfers": {"amount": 1, "currency": "usd", "destination": market.seller},
        "POST /v1/payouts": {"amount": 1, "currency": "usd"},
        "POST /v1/payment_methods": {"type": "card", "card": CARD},
        "POST /v1/payment_methods/{}/attach": {"customer": market.customer},
        "POST /v1/tokens": {},
        "POST /v1/accounts/{}/external_accounts": {"external_account": BANK},
        "POST /v1/customers/{}/balance_transactions": {"amount": 1, "currency": "usd"},
        "POST /v1/account_links": {
            "account": market.seller,
            "type": "account_onboarding",
            "refresh_url": "https://shop.example/",
            "return_url": "https://shop.example/",
        },
        "POST /v1/account_sessions": {
            "account": market.seller,
            "components": {"payouts": {"enabled": True}},
        },
        "POST /v1/customer_sessions": {
            "customer": market.customer,
            "components": {"buy_button": {"enabled": True}},
        },
        "POST /v1/ephemeral_keys": {"customer": market.customer},
        "POST /v1/webhook_endpoints": {"url": "https://shop.example/", "enabled_events": ["*"]},
        "GET /v1/charges/search": {"query": "amount:700"},
        "GET /v1/customers/search": {"query": "name:'ada'"},
        "GET /v1/payment_intents/search": {"query": "amount:700"},
        "GET /v1/setup_attempts": {"setup_intent": "seti_1"},
    }.get(f"{call.method} {call.path}", {})


def place_of(call: declared.Declared, market: Marketplace) -> str:
    """Fill in the ids of a URL: of something new where it is used up, else of what is there."""
    path = call.path.removeprefix("/v1/").removeprefix("test_helpers/")
    before = "test_helpers/" if "test_helpers/" in call.path else ""
    if fresh := FRESH.get(f"{call.method} {call.path}"):
        return path.replace("{}", fresh(market), 1)
    while "{}" in path:
        kind = path.partition("/{}")[0]
        id = market.customer if kind == "customers" else _first(market.key, kind)
        id = market.seller if kind == "accounts" else id
        id = market.method if kind == "payment_methods" else id
        path = path.replace("{}", id, 1)
    return before + path


def _first(key: str, kind: str) -> str:
    answer = ask(key, "GET", kind)
    rows = answer.json().get("data") if answer.status_code == 200 else None
    return str(rows[0]["id"]) if rows else "x_1"


def value_of(hint: Any, name: str, market: Marketplace) -> Any:
    """Make a value of an annotation."""
    likely = {
        "customer": market.customer,
        "account": market.seller,
        "destination": market.seller,
        "on_behalf_of": market.seller,
        "charge": market.charge,
        "payment_intent": market.paid["id"],
        "product": market.product,
        "coupon": market.coupon,
        "default_price": market.price,
    }
    first, *_ = [o for o in declared.options(hint) if o != typing.Literal[""]] or [hint]
    if typing.get_origin(first) is typing.Literal:
        return typing.get_args(first)[0]
    if typing.get_origin(first) is list:
        return [value_of(typing.get_args(first)[0], name, market)]
    if typing.get_origin(first) is dict:
        return {"usd": "5"} if "int" in str(first) else {"order": "7"}
    plain: dict[Any, Any] = {int: 1, float: 1.5, bool: True}
    if first in plain:
        return plain[first]
    return likely.get(name) or LIKELY.get(name, HOSTILE)


def into(params: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return what is said with a value at the end of some names."""
    copy: Any = json.loads(json.dumps(params))
    inner = copy
    for name, after in zip(path, [*path[1:], None], strict=True):
        empty: Any = [] if after == "[]" else {}
        if name == "[]":
            inner.append(empty if after else value)
            inner = inner[-1]
        elif after is None:
            inner[name] = value
        else:
            kept = inner.get(name)
            inner[name] = kept if type(kept) is type(empty) and after != "[]" else empty
            inner = inner[name]
    return dict(copy)


def leaves(call: declared.Declared) -> list[declared.Parameter]:
    """Return what a call declares and is not refused for a reason, without what holds others."""
    params = list(declared.every(call.params))
    holders = {one.path[:i] for one in params for i in range(1, len(one.path))}
    refused = refusals_of(call)
    return [
        one
        for one in params
        if one.path not in holders
        and not any(one.name == r or one.name.startswith(f"{r}[") for r in refused)
    ]


FAMILIES: Final = sorted({call.path.split("/")[2] for call in OURS})


@pytest.mark.parametrize("family", FAMILIES)
def test_every_parameter_is_answered_and_none_meets_a_bug(family):
    market = Marketplace()
    client = Client(headers={"Authorization": f"Bearer {market.key}"})
    bad = []
    for call in (call for call in OURS if call.path.split("/")[2] == family):
        base, place = base_of(call, market), place_of(call, market)
        for one in leaves(call):
            if f"{call.method} {call.path}" in FRESH:
                place = place_of(call, market)
            params = into(base, one.path, value_of(one.hint, one.path[-1], market))
            answer = _send(client, call, place, params)
            code = answer.json().get("error", {}).get("code")
            if answer.status_code >= 500 or code == "parameter_unknown":
                bad.append((f"{call.method} {call.path}", params, answer.content))
        if wrong := [one for one in _of_no_text(client, call, place) if one != 400]:
            bad.append((f"{call.method} {call.path}", {"of no text": ""}, wrong))

    assert bad == []


def _of_no_text(client: Client, call: declared.Declared, path: str) -> list[int]:
    """Send a call what is no text or far too long, and return the statuses of the answers."""
    if call.method == "POST":
        bodies = [b'{"x":"%b"}' % value for value in (b"\\u0000", b"\\ud800", b"x" * 1_000_000)]
        send = [client.post(f"/v1/{path}", body, "application/json") for body in bodies]
    else:
        queries = ("x=%00", "x=%ed%a0%80", "x%00=1")
        send = [client.generic(call.method, f"/v1/{path}?{query}") for query in queries]
    return [answer.status_code for answer in send]


def _send(client: Client, call: declared.Declared, path: str, params: dict[str, Any]) -> Any:
    if call.method == "POST":
        return client.post(f"/v1/{path}", params, content_type="application/json")
    flat = dict(_flat(params, ""))
    send = client.get if call.method == "GET" else client.delete
    return send(f"/v1/{path}", query_params=flat)


def _flat(node: Any, before: str) -> Any:
    rows = enumerate(node) if isinstance(node, list) else node.items()
    for name, value in rows:
        where = f"{before}[{name}]" if before else str(name)
        if isinstance(value, dict | list):
            yield from _flat(value, where)
        else:
            yield where, str(value).lower() if isinstance(value, bool) else value
