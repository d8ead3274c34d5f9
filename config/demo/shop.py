"""The demo's shop: what it sells, and an address at which anybody pays, again and again."""

from typing import Any, Final

# Name, minor units of the currency, and how it is found again.
GOODS: Final = (("Teak lamp", 45_00, "demo_lamp"), ("Linen shade", 12_50, "demo_shade"))
CURRENCY: Final = "usd"
_METADATA: Final = {"demo": "shop"}
_QUANTITY: Final = {"enabled": True, "minimum": 0, "maximum": 10}


def open_shop(client: Any) -> str:
    """Open the shop, or find it where it was opened before.

    Args:
        client: A `stripe.StripeClient` of the platform.

    Returns:
        The address of its page.
    """
    for link in client.v1.payment_links.list({"active": True, "limit": 100}).auto_paging_iter():
        if link.metadata.to_dict() == _METADATA:
            return str(link.url)
    keys = [key for _, _, key in GOODS]
    known = {p.lookup_key: p.id for p in client.v1.prices.list({"lookup_keys": keys}).data}
    items = [
        {"price": known.get(key) or _add(client, name, amount, key), "quantity": 1}
        for name, amount, key in GOODS
    ]
    link = client.v1.payment_links.create(
        {
            "line_items": [item | {"adjustable_quantity": _QUANTITY} for item in items],
            "metadata": _METADATA,
        }
    )
    return str(link.url)


def _add(client: Any, name: str, amount: int, key: str) -> str:
    price = client.v1.prices.create(
        {
            "currency": CURRENCY,
            "unit_amount": amount,
            "lookup_key": key,
            "product_data": {"name": name},
        }
    )
    return str(price.id)
