"""Mandates: payers' permissions to be charged."""

from datetime import datetime

from django.db.models import QuerySet

from core.errors import InvalidRequest, missing
from core.ids import new_id, random_text
from core.types import Fields
from operations.unit_of_work import UnitOfWork
from payments import method_types, resources
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, Mandate, PaymentMethod, SetupIntent
from payments.states import MandateStatus
from processors.protocols.instruments import Permission


def draft_for_setup(intent: SetupIntent, method: PaymentMethod, *, at: datetime) -> Mandate | None:
    """Build the mandate of a setup intent, without saving it.

    Args:
        intent: The setup intent, with its acceptance.
        method: The payment method that may be charged.
        at: The moment at which it begins.

    Returns:
        None if the payer was not asked for one: most cards need none.
    """
    if intent.customer_acceptance is None:
        return None
    return Mandate(
        id=new_id("mandate"),
        account_id=intent.account_id,
        livemode=intent.livemode,
        payment_method=method,
        intent_id=intent.id,
        customer_acceptance=intent.customer_acceptance,
        on_behalf_of=intent.on_behalf_of,
        reference=_reference(method),
        single_use_amount=intent.single_use_amount,
        single_use_currency=intent.single_use_currency,
        created_at=at,
    )


def use_for(work: UnitOfWork, charge: Charge, session: ConfirmationOptions) -> None:
    """Set the mandate of a new charge, where its method needs one.

    A permission that was given with a payment is good for that payment, unless the payer also
    agreed to later ones.

    Args:
        work: The unit of work.
        charge: The new charge, with its intent and payment method.
        session: The options of the confirmation, with the payer's permission.

    Raises:
        InvalidRequest: If there is none.
        Missing: If the merchant has no such mandate.
    """
    rules = method_types.of(charge.payment_method.type)
    if rules.keeps_as and charge.payment_intent.setup_future_usage:
        _promise(work, charge, session)
        return
    if not rules.needs_mandate:
        return
    if session.mandate_id:
        charge.mandate_id = _find(charge, session.mandate_id).id
    elif session.customer_acceptance is not None:
        row = _draft(charge, session, at=work.at)
        work.insert(row)
        charge.mandate_id = row.id
    elif kept := _reusable(charge).first():
        charge.mandate_id = kept.id
    else:
        raise _missing()


def permission_of(mandate_id: str | None, method: PaymentMethod) -> Permission | None:
    """Return how the payer agreed to a debit, as its rail tells it; None if it needs no mandate.

    Args:
        mandate_id: Of the charge.
        method: What is debited.
    """
    if not method_types.of(method.type).needs_mandate:
        return None
    row = Mandate.objects.filter(id=mandate_id).first() if mandate_id else None
    return permission(row.customer_acceptance if row else None, method)


def permission(acceptance: Fields | None, method: PaymentMethod) -> Permission | None:
    """Return how a payer agreed, in words for a rail; None if the method needs no mandate."""
    if not method_types.of(method.type).needs_mandate:
        return None
    online = (acceptance or {}).get("online") or {}
    return Permission(
        name=method.billing_details.get("name") or "",
        email=method.billing_details.get("email") or "",
        ip_address=online.get("ip_address") or "",
        user_agent=online.get("user_agent") or "",
    )


def fulfil(work: UnitOfWork, mandate_id: str, method: PaymentMethod) -> None:
    """Let a payer's promise be of the method that its payment has left behind."""
    row = _with_method(mandate_id)
    before = resources.mandate(row)
    work.change(
        row,
        status=MandateStatus.ACTIVE,
        payment_method=method,
        reference=_reference(method),
    )
    work.emit("mandate.updated", row.tenant, resources.mandate(row), before=before)


def give_up(work: UnitOfWork, charge: Charge) -> None:
    """End the promise of a payer who has not paid."""
    if charge.mandate_id and method_types.of(charge.method_type).keeps_as:
        row = _with_method(charge.mandate_id)
        before = resources.mandate(row)
        work.change(row, status=MandateStatus.INACTIVE)
        work.emit("mandate.updated", row.tenant, resources.mandate(row), before=before)


def _with_method(mandate_id: str) -> Mandate:
    return Mandate.objects.select_related("payment_method").get(id=mandate_id)


def _promise(work: UnitOfWork, charge: Charge, session: ConfirmationOptions) -> None:
    """Keep the payer's permission to debit the account that it pays from, until it has paid."""
    if session.customer_acceptance is None:
        raise _missing()
    row = _draft(charge, session, at=work.at)
    row.status = MandateStatus.PENDING
    work.insert(row)
    charge.mandate_id = row.id


def _missing() -> InvalidRequest:
    return InvalidRequest(
        "This PaymentIntent requires a mandate, but no existing mandate was found. Collect "
        "mandate acceptance from the customer and try again, providing acceptance data in the "
        "mandate_data parameter.",
        code="payment_intent_mandate_invalid",
        param="mandate_data",
    )


def _draft(charge: Charge, session: ConfirmationOptions, *, at: datetime) -> Mandate:
    lasts = bool(charge.payment_intent.setup_future_usage)
    return Mandate(
        id=new_id("mandate"),
        account_id=charge.account_id,
        livemode=charge.livemode,
        payment_method=charge.payment_method,
        # One for this payment alone is used up by it.
        status=MandateStatus.ACTIVE if lasts else MandateStatus.INACTIVE,
        intent_id=charge.payment_intent_id,
        customer_acceptance=session.customer_acceptance,
        on_behalf_of=charge.on_behalf_of,
        reference=_reference(charge.payment_method),
        single_use_amount=None if lasts else charge.amount,
        single_use_currency=None if lasts else charge.currency,
        created_at=at,
    )


def _reusable(charge: Charge) -> QuerySet[Mandate]:
    return Mandate.objects.filter(
        account_id=charge.account_id,
        livemode=charge.livemode,
        payment_method_id=charge.payment_method_id,
        status=MandateStatus.ACTIVE,
        single_use_amount=None,
    ).order_by("-id")


def _find(charge: Charge, mandate_id: str) -> Mandate:
    row = _reusable(charge).filter(id=mandate_id).first()
    if row:
        return row
    is_known = Mandate.objects.filter(
        id=mandate_id, account_id=charge.account_id, livemode=charge.livemode
    ).exists()
    if not is_known:
        raise missing("mandate", mandate_id, param="mandate")
    raise InvalidRequest(
        f"Mandate {mandate_id} does not permit this payment: it is inactive, for one payment only, "
        "or of another PaymentMethod.",
        code="payment_intent_mandate_invalid",
        param="mandate",
    )


def _reference(method: PaymentMethod) -> str | None:
    """Return a mandate's reference for bank statements, where the scheme has one."""
    if "reference" not in method_types.of(method.type).mandate:
        return None
    return random_text(16).upper()
