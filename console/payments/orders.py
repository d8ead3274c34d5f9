"""What a merchant calls the order that is paid, wherever the merchant has written it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_NAMES: Final = re.compile(r"(^|[^a-z])order([^a-z]|$)|order.?(id|no|number|ref)", re.IGNORECASE)
# Groups that Rialto makes where the merchant names none.
_OWN_GROUP: Final = "group_"


def order_of(rows: Iterable[Any], *, reference: str = "") -> str:
    """Return the number of an order; empty if nobody has written one.

    Metadata that are called an order come first, then the reference of a checkout, the order's
    reference in the payment's details, the transfer group, and the description.

    Args:
        rows: The payment, or a transfer with what it is of, as far as they say anything.
        reference: `client_reference_id` of the checkout session.
    """
    rows = [row for row in rows if row is not None]
    named = (_named(getattr(row, "metadata", None) or {}) for row in rows)
    details = (getattr(row, "payment_details", None) or {} for row in rows)
    groups = (getattr(row, "transfer_group", None) or "" for row in rows)
    found = [
        *named,
        reference,
        *(str(one.get("order_reference") or "") for one in details),
        *("" if group.startswith(_OWN_GROUP) else group for group in groups),
        *(getattr(row, "description", None) or "" for row in rows),
    ]
    return next(filter(None, found), "")


def _named(metadata: Mapping[str, object]) -> str:
    return next((str(metadata[key]) for key in sorted(metadata) if _NAMES.search(key)), "")
