"""What an embedded page tells the merchant's page about its order, for its statistics."""

import json
from typing import Literal

from core.types import JsonObject

Failure = Literal["", "api_error", "unexpected"]


def of(context: JsonObject, failure: Failure) -> str:
    """Return the report on a page that shows an order, as JSON; empty for another page.

    Args:
        context: Of the page.
        failure: Why the payment that was sent is not made, in the words of Stripe.js.
    """
    if "lines" not in context:
        return ""
    session = context["session"]
    items = [
        {
            "amount": line["subtotal"],
            "price": line["price"],
            "product": line["product"],
            "quantity": line["quantity"],
        }
        for line in context["lines"]
        if line["quantity"]
    ]
    order = {"items": items}
    if session.currency:
        order |= {"amount": session.amount_total, "currency": session.currency}
    return json.dumps(
        {
            "order": order,
            "code": context["code"],
            "failure": failure,
            "types": {one["id"]: one["type"] for one in context["saved"]},
        }
    )
