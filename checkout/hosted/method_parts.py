"""What the page asks of a payer for the sake of one type of payment method alone."""

from typing import Final

from checkout.models import CheckoutSession
from checkout.sessions import customers
from checkout.sessions.services import collecting
from core.types import JsonObject
from payments import method_types

# Of six digits, which the payer's bank's app shows.
CODE: Final = "code"
# The payer's bank, where the payer can choose it here; its own page asks otherwise.
BANK: Final = "bank"
_WITH_CODE: Final = frozenset({"blik"})


def paths(session: CheckoutSession, type: str) -> list[str]:
    """Name the billing details that a type cannot do without, and nothing else on the page asks.

    Args:
        session: The session.
        type: The payment method's.

    Returns:
        Paths with dots, such as `"address.country"`.
    """
    method = method_types.of(type)
    asks_billing = session.settings.get("billing_address_collection") == "required"
    found = []
    for path in method.billing:
        if path == "email":
            is_known = collecting.wants_email(session) or bool(customers.email_of(session))
        else:
            # The holder of an account is typed in with the account.
            is_known = asks_billing or (path == "name" and method.read is not None)
        if not is_known:
            found.append(path)
    return found


def field_of(type: str, path: str) -> str:
    """Return the name of the field of a billing detail."""
    return f"{type}_{path.rpartition('.')[2]}"


def has_code(type: str) -> bool:
    """Tell whether a payer types a code of its bank's app in."""
    return type in _WITH_CODE


def put(billing: JsonObject, path: str, value: str) -> None:
    """Set a billing detail, by its path."""
    table, _, name = path.rpartition(".")
    if table:
        billing[table] = {**(billing.get(table) or {}), name: value}
    else:
        billing[name] = value
