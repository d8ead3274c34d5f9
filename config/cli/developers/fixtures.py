"""The requests that lead to an event. `${step:path}` stands for what a step before answered."""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Step:
    """A request.

    Args:
        name: By which later steps and `--set` name it.
        method: HTTP's.
        path: With the version.
        params: Nested as they are meant.
        status: What it is answered with; 402 for what is to be declined.
    """

    name: str
    method: str
    path: str
    params: dict[str, Any]
    status: int = 200


def _post(step: str, path: str, /, *, status: int = 200, **params: Any) -> Step:
    return Step(step, "POST", path, params, status)


def _intent(*, status: int = 200, **params: Any) -> Step:
    given = {"amount": 2000, "currency": "usd", "payment_method_types": ["card"]} | params
    return _post("payment_intent", "/v1/payment_intents", status=status, **given)


def _paid(method: str = "pm_card_visa", *, status: int = 200, **params: Any) -> Step:
    return _intent(payment_method=method, confirm=True, status=status, **params)


def _setup(method: str = "pm_card_visa", *, status: int = 200, **params: Any) -> Step:
    given = {"payment_method_types": ["card"], "payment_method": method, "confirm": True}
    return _post("setup_intent", "/v1/setup_intents", status=status, **given | params)


_CUSTOMER: Final = _post("customer", "/v1/customers", name="Made by rialto trigger")
_PRODUCT: Final = _post("product", "/v1/products", name="Made by rialto trigger")
_PRICE: Final = _post(
    "price", "/v1/prices", product="${product:id}", unit_amount=1500, currency="usd"
)
_COUPON: Final = _post("coupon", "/v1/coupons", percent_off=25, duration="once")
_CODE: Final = _post(
    "promotion_code",
    "/v1/promotion_codes",
    promotion={"type": "coupon", "coupon": "${coupon:id}"},
)
_METHOD: Final = _post(
    "payment_method", "/v1/payment_methods", type="card", card={"token": "tok_visa"}
)
_ATTACH: Final = _post(
    "attached", "/v1/payment_methods/${payment_method:id}/attach", customer="${customer:id}"
)
_ITEMS: Final = [{"price": "${price:id}", "quantity": 2}]
_SESSION: Final = _post(
    "checkout_session",
    "/v1/checkout/sessions",
    mode="payment",
    payment_method_types=["card"],
    success_url="https://example.com/thanks",
    line_items=_ITEMS,
)
_LINK: Final = _post("payment_link", "/v1/payment_links", line_items=_ITEMS)
_CHANGED: Final[dict[str, Any]] = {"metadata": {"made_by": "rialto trigger"}}
_HELD: Final = _paid(capture_method="manual")
_FUNDS: Final = _paid("pm_card_bypassPending", amount=5000)
_REFUND: Final = _post("refund", "/v1/refunds", payment_intent="${payment_intent:id}")
# Whoever the platform has connected last; `--set transfer:destination=acct_…` names another.
_SELLER: Final = Step("account", "GET", "/v1/accounts", {"limit": 1})
_TRANSFER: Final = _post(
    "transfer",
    "/v1/transfers",
    destination="${account:data.0.id}",
    amount=1000,
    currency="usd",
)


def _update(name: str, path: str, **params: Any) -> Step:
    return _post(f"{name}_update", f"{path}/${{{name}:id}}", **(params or _CHANGED))


def _delete(name: str, path: str) -> Step:
    return Step(f"{name}_delete", "DELETE", f"{path}/${{{name}:id}}", {})


# Event → the steps to it.
FIXTURES: Final[dict[str, list[Step]]] = {
    "charge.captured": [
        _HELD, _post("capture", "/v1/payment_intents/${payment_intent:id}/capture"),
    ],
    "charge.dispute.created": [_paid("pm_card_createDispute")],
    "charge.failed": [_paid("pm_card_chargeDeclined", status=402)],
    "charge.refunded": [_paid(), _REFUND],
    "charge.succeeded": [_paid()],
    "charge.updated": [_paid(), _post("charge", "/v1/charges/${payment_intent:latest_charge}",
        **_CHANGED)],
    "checkout.session.completed": [
        _PRODUCT, _PRICE, _SESSION, _METHOD,
        _post("confirm", "/v1/payment_pages/${checkout_session:id}/confirm",
            payment_method="${payment_method:id}", expected_amount=3000),
    ],
    "checkout.session.expired": [
        _PRODUCT, _PRICE, _SESSION,
        _post("expire", "/v1/checkout/sessions/${checkout_session:id}/expire"),
    ],
    "coupon.created": [_COUPON],
    "coupon.deleted": [_COUPON, _delete("coupon", "/v1/coupons")],
    "coupon.updated": [_COUPON, _update("coupon", "/v1/coupons")],
    "customer.created": [_CUSTOMER],
    "customer.deleted": [_CUSTOMER, _delete("customer", "/v1/customers")],
    "customer.updated": [_CUSTOMER, _update("customer", "/v1/customers", description="Changed")],
    "payment_intent.amount_capturable_updated": [_HELD],
    "payment_intent.canceled": [
        _intent(), _post("cancel", "/v1/payment_intents/${payment_intent:id}/cancel"),
    ],
    "payment_intent.created": [_intent()],
    "payment_intent.payment_failed": [_paid("pm_card_chargeDeclined", status=402)],
    "payment_intent.requires_action": [
        _paid("pm_card_threeDSecure2Required", return_url="https://example.com/back"),
    ],
    "payment_intent.succeeded": [_paid()],
    "payment_link.created": [_PRODUCT, _PRICE, _LINK],
    "payment_link.updated": [_PRODUCT, _PRICE, _LINK, _update("payment_link",
        "/v1/payment_links", active=False)],
    "payment_method.attached": [_METHOD, _CUSTOMER, _ATTACH],
    "payment_method.detached": [
        _METHOD, _CUSTOMER, _ATTACH,
        _post("detach", "/v1/payment_methods/${payment_method:id}/detach"),
    ],
    "payment_method.updated": [
        _METHOD, _CUSTOMER, _ATTACH, _update("payment_method", "/v1/payment_methods"),
    ],
    "payout.created": [
        _FUNDS, _post("payout", "/v1/payouts", amount=1000, currency="usd"),
    ],
    "price.created": [_PRODUCT, _PRICE],
    "price.updated": [_PRODUCT, _PRICE, _update("price", "/v1/prices")],
    "product.created": [_PRODUCT],
    "product.deleted": [_PRODUCT, _delete("product", "/v1/products")],
    "product.updated": [_PRODUCT, _update("product", "/v1/products")],
    "promotion_code.created": [_COUPON, _CODE],
    "promotion_code.updated": [_COUPON, _CODE, _update("promotion_code", "/v1/promotion_codes")],
    "refund.created": [_paid(), _REFUND],
    "setup_intent.canceled": [
        _post("setup_intent", "/v1/setup_intents", payment_method_types=["card"]),
        _post("cancel", "/v1/setup_intents/${setup_intent:id}/cancel"),
    ],
    "setup_intent.created": [
        _post("setup_intent", "/v1/setup_intents", payment_method_types=["card"]),
    ],
    "setup_intent.requires_action": [
        _setup("pm_card_threeDSecure2Required", return_url="https://example.com/back"),
    ],
    "setup_intent.setup_failed": [_setup("pm_card_chargeDeclined", status=402)],
    "setup_intent.succeeded": [_setup()],
    "transfer.created": [_FUNDS, _SELLER, _TRANSFER],
    "transfer.reversed": [
        _FUNDS, _SELLER, _TRANSFER,
        _post("reversal", "/v1/transfers/${transfer:id}/reversals", amount=100),
    ],
}  # fmt: skip
