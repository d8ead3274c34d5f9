"""Customers of sessions: made of who pays, or told what the payer has said."""

from typing import Final

from checkout.models import CheckoutSession
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments import queries
from payments.customers.services import customers

_AUTO: Final = "auto"


def make(work: UnitOfWork, session: CheckoutSession) -> list[str]:
    """Make a customer of the payer, once, where the merchant wants one; return what was set."""
    asked = session.settings
    keeps = "setup_future_usage" in (asked.get("payment_intent_data") or {})
    wanted = asked.get("customer_creation") == "always" or (keeps and session.mode == "payment")
    if session.customer_id or not wanted:
        return []
    given = session.collected.get("customer_details") or {}
    customer = customers.add(
        work,
        session.tenant,
        email=session.email,
        name=given.get("name"),
        phone=given.get("phone"),
        address=given.get("address"),
        shipping=session.collected.get("shipping_details"),
    )
    session.customer_id = customer.id
    return ["customer_id"]


def email_of(session: CheckoutSession) -> str | None:
    """Return a payer's e-mail address as far as it is known: typed in, or the merchant's word."""
    email = session.email or session.settings.get("customer_email")
    if email or session.customer_id is None:
        return email
    rows = queries.customers(session.tenant).filter(id=session.customer_id)
    return rows.values_list("email", flat=True).first()


def tell(work: UnitOfWork, session: CheckoutSession) -> None:
    """Write what the payer said to the customer of a session that is being completed.

    Only what `customer_update` names, and what the payer has said.
    """
    asked = session.settings.get("customer_update") or {}
    wanted = {name for name, word in asked.items() if word == _AUTO}
    if not wanted or session.customer_id is None:
        return
    answers = session.collected.get("customer_details") or {}
    shipping = session.collected.get("shipping_details")
    found: JsonObject = {
        "address": answers.get("address"),
        "name": answers.get("name"),
        "shipping": shipping and {"phone": answers.get("phone"), **shipping},
    }
    changes = {name: value for name, value in found.items() if name in wanted and value}
    if changes:
        customers.change(work, session.tenant, session.customer_id, changes)
