"""Queries of payments' rows."""

from datetime import datetime
from typing import Final

from django.db.models import Count, Min, QuerySet

from core.database import finding
from core.database.finding import Condition, Found, Others, Scope, Typed
from core.database.lookups import one
from core.errors import missing
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from payments.models import (
    ApplePayDomain,
    Charge,
    ConfirmationToken,
    Customer,
    Dispute,
    EarlyFraudWarning,
    Mandate,
    PaymentIntent,
    PaymentMethod,
    PaymentMethodConfiguration,
    PaymentMethodDomain,
    Refund,
    SetupAttempt,
    SetupIntent,
    TaxId,
    Token,
    UnresolvedRequest,
)
from processors.protocols.base import UnknownReason

# What takes its time, and is no riddle.
_EXPECTED: Final = (UnknownReason.PENDING, UnknownReason.ACTION_REQUIRED)

_BILLED: Final = "(billing_details ->> 'name')"


def customer(
    tenant: Tenant, customer_id: str, *, param: str = "id", even_deleted: bool = False
) -> Customer:
    """Return a merchant's customer.

    Raises:
        Missing: If there is none, or it was deleted and the caller does not take those.
    """
    row = Customer.objects.filter(
        id=customer_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if row is None or (row.deleted_at and not even_deleted):
        raise missing("customer", customer_id, param=param)
    return row


def payment_intent(tenant: Tenant, intent_id: str, *, param: str = "intent") -> PaymentIntent:
    """Return a merchant's payment intent.

    Raises:
        Missing: If there is none.
    """
    return one(payment_intents(tenant), intent_id, kind="payment_intent", param=param)


def charge(tenant: Tenant, charge_id: str, *, param: str = "id") -> Charge:
    """Return a merchant's charge.

    Raises:
        Missing: If there is none.
    """
    rows = Charge.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return one(rows, charge_id, kind="charge", param=param)


def refund(tenant: Tenant, refund_id: str, *, param: str = "id") -> Refund:
    """Return a merchant's refund.

    Raises:
        Missing: If there is none.
    """
    return one(refunds(tenant), refund_id, kind="refund", param=param)


def payment_method(
    tenant: Tenant, method_id: str, *, param: str = "payment_method"
) -> PaymentMethod:
    """Return a merchant's payment method.

    Raises:
        Missing: If there is none.
    """
    row = PaymentMethod.objects.filter(
        id=method_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if row is None:
        raise missing("PaymentMethod", method_id, param=param)
    return row


def setup_intent(tenant: Tenant, intent_id: str, *, param: str = "intent") -> SetupIntent:
    """Return a merchant's setup intent.

    Raises:
        Missing: If there is none.
    """
    return one(setup_intents(tenant), intent_id, kind="setup_intent", param=param)


def setup_intents(tenant: Tenant) -> QuerySet[SetupIntent]:
    """Return all setup intents of a merchant."""
    return SetupIntent.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def setup_attempts(tenant: Tenant) -> QuerySet[SetupAttempt]:
    """Return all setup attempts of a merchant."""
    return SetupAttempt.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("payment_method")


def dispute(tenant: Tenant, dispute_id: str, *, param: str = "id") -> Dispute:
    """Return a merchant's dispute, with its charge.

    Raises:
        Missing: If there is none.
    """
    return one(disputes(tenant), dispute_id, kind="dispute", param=param)


def disputes(tenant: Tenant) -> QuerySet[Dispute]:
    """Return all disputes of a merchant, with their charges."""
    return Dispute.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("charge")


def early_fraud_warnings(tenant: Tenant) -> QuerySet[EarlyFraudWarning]:
    """Return all early fraud warnings of a merchant, with their charges."""
    return EarlyFraudWarning.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("charge")


def tokens(tenant: Tenant) -> QuerySet[Token]:
    """Return all tokens of a merchant."""
    return Token.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def confirmation_tokens(tenant: Tenant) -> QuerySet[ConfirmationToken]:
    """Return all confirmation tokens of a merchant."""
    return ConfirmationToken.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("payment_method")


def mandates(tenant: Tenant) -> QuerySet[Mandate]:
    """Return all mandates of a merchant."""
    return Mandate.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("payment_method")


def payment_intents(tenant: Tenant) -> QuerySet[PaymentIntent]:
    """Return all payment intents of a merchant."""
    return PaymentIntent.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, is_internal=False
    )


def charges(tenant: Tenant) -> QuerySet[Charge]:
    """Return all charges of a merchant."""
    return Charge.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def refunds(tenant: Tenant) -> QuerySet[Refund]:
    """Return all refunds of a merchant, with their charges."""
    return Refund.objects.select_related("charge").filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    )


def customers(tenant: Tenant) -> QuerySet[Customer]:
    """Return all customers of a merchant that are not deleted."""
    return Customer.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, deleted_at=None
    )


def payment_methods(tenant: Tenant) -> QuerySet[PaymentMethod]:
    """Return all payment methods of a merchant."""
    return PaymentMethod.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def all_customers(tenant: Tenant) -> QuerySet[Customer]:
    """Return all customers of a merchant, deleted ones too."""
    return Customer.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def payment_method_configurations(tenant: Tenant) -> QuerySet[PaymentMethodConfiguration]:
    """Return all payment method configurations of a merchant."""
    return PaymentMethodConfiguration.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    )


def payment_method_domains(tenant: Tenant) -> QuerySet[PaymentMethodDomain]:
    """Return all registered domains of a merchant."""
    return PaymentMethodDomain.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    )


def apple_pay_domains(tenant: Tenant) -> QuerySet[ApplePayDomain]:
    """Return all domains that a merchant has registered by the older endpoint."""
    return ApplePayDomain.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def sources(tenant: Tenant, customer_id: str) -> QuerySet[PaymentMethod]:
    """Return a customer's payment methods that the wire's older endpoints can show."""
    return payment_methods(tenant).filter(
        customer_id=customer_id, type__in=("card", "us_bank_account")
    )


def source(tenant: Tenant, customer_id: str, source_id: str) -> PaymentMethod:
    """Return a customer's payment method by its id or its older one.

    Raises:
        Missing: If the merchant has no such customer, or the customer no such source.
    """
    customer(tenant, customer_id)
    named = source_id
    if source_id.startswith(("card_", "ba_", "src_")):
        named = f"pm_{source_id.partition('_')[2]}"
    row = sources(tenant, customer_id).filter(id=named).first()
    if row is None:
        raise missing("source", source_id)
    return row


def older_source(tenant: Tenant, source_id: str, *, param: str = "id") -> PaymentMethod:
    """Return a source made by the older endpoint, with a customer or without.

    Raises:
        Missing: If the merchant has no such source.
    """
    rows = payment_methods(tenant).exclude(source=None)
    prefix, _, random = source_id.partition("_")
    row = rows.filter(id=f"pm_{random}").first() if prefix == "src" else None
    if row is None:
        raise missing("source", source_id, param=param)
    return row


def tax_ids(tenant: Tenant, customer_id: str | None = None) -> QuerySet[TaxId]:
    """Return a merchant's own tax ids and those of its customers, or those of one customer."""
    rows = TaxId.objects.filter(
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        deleted_at=None,
        customer__deleted_at=None,
    )
    return rows if customer_id is None else rows.filter(customer_id=customer_id)


def unresolved(*, at: datetime) -> tuple[int, float]:
    """Return how many requests have no last word, and for how long the oldest has had none.

    Waiting for a payer, or for a bank that takes days, is not that.

    Args:
        at: The moment, in UTC.

    Returns:
        The number, and seconds; 0 if there is none.
    """
    rows = UnresolvedRequest.objects.exclude(reason__in=_EXPECTED)
    found = rows.aggregate(count=Count("key"), oldest=Min("sent_at"))
    seconds = (at - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return found["count"], max(seconds, 0.0)


def find_payments(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find payments by amount, metadata, their payer's address or the last digits of their card."""
    conditions, charges = [*finding.has_amount(typed.amounts), *_metadata(typed)], []
    if typed.last4:
        charges.append(Condition("(card ->> 'last4') = %s", (typed.last4,)))
    if typed.email:
        conditions.append(finding.is_in_any_case("receipt_email", typed.email))
        charges.append(finding.is_in_any_case("billing_details ->> 'email'", typed.email))
    others = [Others(Charge, "payment_intent_id", condition) for condition in charges]
    return [
        Found(
            row.id,
            row.created_at,
            row.description or "",
            row.money,
            row.status,
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(
            PaymentIntent, scope, conditions, most=most, ids=typed.ids, others=others
        )
    ]


def find_charges(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find charges by the name of who is billed, or with known ids."""
    conditions = []
    if typed.name:
        conditions.append(finding.begins_with(_BILLED, typed.name))
        conditions.append(finding.last_word_begins_with(_BILLED, typed.name))
    return [
        Found(
            row.id,
            row.created_at,
            " · ".join(text for text in (row.billing_details.get("name"), _card(row.card)) if text),
            Money(row.amount, row.currency),
            row.status,
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(Charge, scope, conditions, most=most, ids=typed.ids)
    ]


def find_refunds(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find refunds by their amount, or with known ids."""
    return [
        Found(
            row.id,
            row.created_at,
            (row.reason or "").replace("_", " "),
            Money(row.amount, row.currency),
            row.status,
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(
            Refund, scope, finding.has_amount(typed.amounts), most=most, ids=typed.ids
        )
    ]


def find_disputes(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find disputes with known ids."""
    return [
        Found(
            row.id,
            row.created_at,
            row.reason.replace("_", " "),
            Money(row.amount, row.currency),
            row.status,
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(Dispute, scope, [], most=most, ids=typed.ids)
    ]


def find_customers(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find customers by e-mail address, name or metadata."""
    conditions = _metadata(typed)
    if typed.email:
        conditions.append(finding.is_in_any_case("email", typed.email))
    if typed.name:
        conditions.append(finding.begins_with("name", typed.name))
        conditions.append(finding.has_words("name", typed.name))
    return [
        Found(
            row.id,
            row.created_at,
            " · ".join(text for text in (row.name, row.email) if text),
            None,
            "deleted" if row.deleted_at else "",
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(Customer, scope, conditions, most=most, ids=typed.ids)
    ]


def _metadata(typed: Typed) -> list[Condition]:
    return [finding.has_metadata(typed.key, typed.value)] if typed.value else []


def _card(card: JsonObject) -> str:
    return f"{card.get('brand', '')} •••• {card['last4']}".strip() if card.get("last4") else ""
