"""The wire object of a payment intent."""

from collections.abc import Container
from typing import Final

from core.error_codes import document
from core.ids import application_id
from core.types import JsonObject
from payments import method_types, pages
from payments.method_types import installments, offers
from payments.method_types.base import Needs, Reason
from payments.method_types.offers import Choice
from payments.models import Charge, PaymentIntent, SetupIntent
from payments.resources.addresses import shipping
from processors import registry

_OF_ITEMS: Final = (
    "discount_amount", "payment_method_options", "product_code", "tax", "unit_of_measure",
)  # fmt: skip


# The types whose options hold what only the payer's bank is told.
_SECRET: Final = frozenset({"blik"})


def payment_intent(row: PaymentIntent) -> JsonObject:
    """Render a payment intent."""
    types = offers.available(choice_of(row, registry.methods(livemode=row.livemode)), needs_of(row))
    return {
        "id": row.id,
        "object": "payment_intent",
        "allowed_payment_method_types": row.payment_method_types or None,
        "amount": row.amount,
        "amount_capturable": row.amount_capturable,
        "amount_details": {"tip": {}} | _amounts(row.amount_details or {}),
        "amount_received": row.amount_received,
        "application": application_id(row.platform_id) if row.platform_id else None,
        "application_fee_amount": row.application_fee_amount,
        "automatic_payment_methods": row.automatic_payment_methods,
        "canceled_at": int(row.canceled_at.timestamp()) if row.canceled_at else None,
        "cancellation_reason": row.cancellation_reason,
        "capture_method": row.capture_method,
        "client_secret": row.client_secret,
        "confirmation_method": row.confirmation_method,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "customer": row.customer_id,
        "customer_account": None,
        "description": row.description,
        "excluded_payment_method_types": row.excluded_payment_method_types,
        "last_payment_error": document(row.last_payment_error),
        "latest_charge": row.latest_charge_id,
        "livemode": row.livemode,
        "managed_payments": None,
        "metadata": row.metadata,
        "next_action": pages.next_action(
            row.next_action, row.authentication_id, row.latest_charge_id
        ),
        "on_behalf_of": row.on_behalf_of,
        "payment_method": row.payment_method_id,
        "payment_method_configuration_details": configuration_details(row),
        "payment_method_options": _options(row, types),
        "payment_method_types": types,
        "payment_record": None,
        "processing": None,
        "receipt_email": row.receipt_email,
        "review": None,
        "setup_future_usage": row.setup_future_usage,
        "shipping": shipping(row.shipping),
        "source": None,
        "statement_descriptor": row.statement_descriptor,
        "statement_descriptor_suffix": row.statement_descriptor_suffix,
        "status": row.status,
        "transfer_data": transfer_data(row),
        "transfer_group": row.transfer_group,
    } | _details(row)


def choice_of(row: PaymentIntent | SetupIntent, carried: Container[str] | None = None) -> Choice:
    """Return what a merchant chose for an intent, among the types that rails take."""
    return Choice(
        row.payment_method_types,
        row.excluded_payment_method_types,
        row.configuration,
        carried,
        row.lacking_types or (),
    )


def needs_of(row: PaymentIntent) -> Needs:
    """Return what an intent wants of its payment method."""
    return Needs(
        row.currency,
        row.amount,
        row.capture_method == "manual",
        row.setup_future_usage is not None,
        may_redirect(row),
    )


def offers_of(row: PaymentIntent) -> dict[str, Reason | None]:
    """Say of each type of payment method why an intent's payer is not offered it; None if so."""
    return offers.explain(choice_of(row, registry.methods(livemode=row.livemode)), needs_of(row))


def may_redirect(row: PaymentIntent | SetupIntent) -> bool:
    """Tell whether the payer of an intent may be sent to another page."""
    return (row.automatic_payment_methods or {}).get("allow_redirects") != "never"


def configuration_details(row: PaymentIntent | SetupIntent) -> JsonObject | None:
    """Render the configuration that chose an intent's types."""
    return {"id": row.configuration["id"], "parent": None} if row.configuration else None


def line_items(row: PaymentIntent) -> list[JsonObject]:
    """Render what is bought, item by item."""
    return [
        {
            "id": f"uli_{row.id.removeprefix('pi_')}{number:03}",
            "object": "payment_intent_amount_details_line_item",
            **dict.fromkeys(_OF_ITEMS),
            **item,
        }
        for number, item in enumerate((row.amount_details or {}).get("line_items") or [])
    ]


def _amounts(details: JsonObject) -> JsonObject:
    return {name: value for name, value in details.items() if name != "line_items"}


def _details(row: PaymentIntent) -> JsonObject:
    if row.payment_details is None:
        return {}
    nothing = {"customer_reference": None, "order_reference": None}
    return {"payment_details": nothing | row.payment_details}


def _options(row: PaymentIntent, types: list[str]) -> JsonObject:
    options = row.payment_method_options or {}
    shown = {type: {**method_types.of(type).options, **(options.get(type) or {})} for type in types}
    if plans := (shown.get("card") or {}).get("installments"):
        shown["card"]["installments"] = installments.show(plans)
    for name in _SECRET & shown.keys():
        shown[name] = {key: value for key, value in shown[name].items() if key != "code"}
    return options | shown


def transfer_data(row: PaymentIntent | Charge) -> JsonObject | None:
    """Render a payment's `transfer_data`; None without a destination."""
    if row.transfer_destination is None:
        return None
    data: JsonObject = {"destination": row.transfer_destination}
    if row.transfer_amount is not None:
        data["amount"] = row.transfer_amount
    elif isinstance(row, Charge):
        data["amount"] = None
    return data
