"""Checks of what an intent agrees on: an amount, a currency, and a split."""

from collections.abc import Set
from typing import Final

from connect.onboarding.services import charge_eligibility
from connect.transfers.services import splits, transfers
from core import currencies
from core.errors import InvalidRequest
from core.money import Money, check_step
from core.tenant import Tenant
from payments import method_types, queries
from payments.methods import capabilities
from payments.methods.services import method_rules
from payments.models import Charge, PaymentIntent, SetupIntent

# The columns of an intent that name sellers.
SELLERS: Final = frozenset({"on_behalf_of", "split", "transfer_destination"})


def check_confirmation(token_id: str | None, *, is_confirmed: bool) -> None:
    """Refuse a confirmation token without a confirmation.

    Raises:
        InvalidRequest: If there is one.
    """
    if token_id and not is_confirmed:
        raise InvalidRequest(
            "confirmation_token can only be used with confirm=true. Pass it when you confirm.",
            param="confirmation_token",
        )


def check_whole(intent: PaymentIntent, amount: int | None) -> None:
    """Refuse a confirmation of another amount than the intent's.

    Raises:
        InvalidRequest: If it is not the intent's.
    """
    if amount not in (None, intent.amount):
        raise InvalidRequest(
            "The whole amount of this PaymentIntent is "
            f"{Money(intent.amount, intent.currency)}, and a payment is not confirmed in parts. "
            "Change the amount first, or leave amount_to_confirm out.",
            code="payment_intent_invalid_parameter",
            param="amount_to_confirm",
        )


def check_amount(intent: PaymentIntent) -> None:
    """Refuse an amount that cannot be charged.

    Raises:
        InvalidRequest: `amount_too_small`, `amount_too_large`, finer than the currency, or an
            unknown currency.
    """
    amount, currency = intent.amount, intent.currency
    if currency not in currencies.CODES:
        raise InvalidRequest(
            f"Invalid currency: {currency}. Use a lower-case ISO 4217 code.", param="currency"
        )
    least = currencies.minimum_charge(currency)
    if amount < least:
        raise InvalidRequest(
            f"Amount must be at least {Money(least, currency)}.",
            code="amount_too_small",
            param="amount",
        )
    most = currencies.maximum_charge(
        currency, is_card="card" in method_rules.available_types(intent)
    )
    if amount > most:
        raise method_rules.too_large(most, currency)
    check_step(amount, currency, param="amount")


def check_split(intent: PaymentIntent) -> None:
    """Refuse a split that is not possible.

    Raises:
        InvalidRequest: If fee and transfer amount come together, exceed the amount, are finer
            than the currency, or have nobody to go to or come from.
    """
    fee, transfer = intent.application_fee_amount, intent.transfer_amount
    if fee is not None and transfer is not None:
        raise InvalidRequest(
            "You may only specify one of these parameters: application_fee_amount, "
            "transfer_data[amount].",
            param="application_fee_amount",
        )
    if fee is not None and intent.transfer_destination is None and intent.platform_id is None:
        raise InvalidRequest(
            "Can only apply an application_fee_amount when the payment has a destination, or is a "
            "direct charge: also pass transfer_data[destination], or the Stripe-Account header.",
            param="application_fee_amount",
        )
    if intent.split and (intent.transfer_destination or fee is not None or intent.platform_id):
        raise InvalidRequest(
            "A payment is shared by split, or by transfer_data and application_fee_amount; and "
            "split is for the platform's own payments, without the Stripe-Account header.",
            code="parameters_exclusive",
            param="split",
        )
    for value, param in ((fee, "application_fee_amount"), (transfer, "transfer_data[amount]")):
        check_step(value or 0, intent.currency, param=param)
        if value is not None and value > intent.amount:
            raise InvalidRequest(
                f"{param} must not be greater than the amount of the payment "
                f"({Money(intent.amount, intent.currency)}).",
                code="amount_too_large",
                param=param,
            )


def check_capture(charge: Charge, *, is_split_anew: bool) -> None:
    """Refuse a capture whose split is more than is captured.

    Args:
        charge: The charge that is to be captured.
        is_split_anew: True if the capture says who of several sellers gets what.

    Raises:
        InvalidRequest: If the fee, the transfer or the shares exceed the captured amount.
    """
    captured = charge.open_request_amount or 0
    if is_split_anew and charge.split:
        if charge.transfer_destination or charge.platform_id:
            raise InvalidRequest(
                "This payment has its seller already: it cannot be split.", param="split"
            )
        splits.check(charge.tenant, charge.split, amount=captured, currency=charge.currency)
    fee, transfer = charge.application_fee_amount, charge.transfer_amount
    intent = charge.payment_intent
    changed = (
        (fee if fee != intent.application_fee_amount else None, "application_fee_amount"),
        (transfer if transfer != intent.transfer_amount else None, "transfer_data[amount]"),
    )
    for value, param in changed:
        check_step(value or 0, charge.currency, param=param)
        has_sides = charge.transfer_destination or (value is fee and charge.platform_id)
        if value is not None and (value > captured or not has_sides):
            raise InvalidRequest(
                f"{param} must not be greater than the captured amount "
                f"({Money(captured, charge.currency)}), and needs a "
                "payment with a destination or, for a fee, a direct charge.",
                code="amount_too_large",
                param=param,
            )


def note_capabilities(intent: PaymentIntent | SetupIntent) -> None:
    """Store what the account that is paid lacks, and refuse such a type that was named.

    Raises:
        InvalidRequest: If a named type needs a capability that is not active.
    """
    paid = capabilities.seller_of(intent)
    intent.lacking_types = None
    if capabilities.depends(intent):
        intent.lacking_types = capabilities.lacking(paid, livemode=intent.livemode)
    for type in intent.payment_method_types:
        if type in (intent.lacking_types or ()):
            raise InvalidRequest(
                f"The payment method type {type} cannot be used: the account '{paid}' has no "
                f"active capability {method_types.of(type).capabilities[0]}. Request it with an "
                "update of the account, or leave the type out.",
                code="payment_intent_invalid_parameter",
                param="payment_method_types",
            )


def refresh_capabilities(intent: PaymentIntent | SetupIntent) -> set[str]:
    """Store what the account that is paid lacks by now; return the columns that changed."""
    before = intent.lacking_types
    capabilities.refresh([intent])
    return set() if intent.lacking_types == before else {"lacking_types"}


def check_references(
    tenant: Tenant, intent: PaymentIntent, *, only: Set[str] | None = None
) -> None:
    """Refuse a customer or seller that the merchant does not have.

    Args:
        tenant: The merchant.
        intent: The intent with the ids to check.
        only: The columns that changed; None for all.

    Raises:
        Missing: If there is no such customer, or no such seller.
        InvalidRequest: If the seller may not receive transfers, or may not be charged for.
    """
    if intent.customer_id and (only is None or "customer_id" in only):
        queries.customer(tenant, intent.customer_id, param="customer")
    if intent.transfer_destination and (only is None or "transfer_destination" in only):
        transfers.check_destination(
            tenant, intent.transfer_destination, param="transfer_data[destination]"
        )
    if intent.split and (only is None or only & {"split", "amount"}):
        splits.check(tenant, intent.split, amount=intent.amount, currency=intent.currency)
    if intent.on_behalf_of and (only is None or "on_behalf_of" in only):
        charge_eligibility.check(tenant, intent.on_behalf_of, param="on_behalf_of")
