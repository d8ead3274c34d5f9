"""Erase personal data of deleted customers, which the books do not hold."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from core.database.transactions import atomic, require_transaction
from core.types import JsonObject
from payments.charges.services.actions import kept_actions
from payments.disputes.services.dispute_answers import ENDED
from payments.erasure.guests import OF_INTENTS, WITHOUT_PLACE
from payments.models import (
    Charge,
    ConfirmationToken,
    Customer,
    CustomerBalanceTransaction,
    CustomerSession,
    Dispute,
    EarlyFraudWarning,
    Instrument,
    Mandate,
    PayerAction,
    PaymentIntent,
    PaymentMethod,
    Receipt,
    Refund,
    SetupAttempt,
    SetupIntent,
    TaxId,
    Token,
)
from payments.states import ChargeStatus
from processors import inbox
from webhooks.services import events

logger = logging.getLogger(__name__)

_MOST: Final = 100
# How long an operator can read what a processor told us.
_NOTICES: Final = timedelta(days=30)
_LATER: Final = timedelta(days=1)
# A dispute that goes on is asked about again.
_DISPUTED: Final = timedelta(days=7)
_OF_CUSTOMERS: Final[JsonObject] = {
    "name": None, "email": None, "phone": None, "description": None, "address": None,
    "shipping": None, "metadata": {}, "preferred_locales": [], "business_name": None,
    "individual_name": None, "tax_ip_address": None, "invoice_settings": {},
}  # fmt: skip
# What a payment says of its payer, for as long as it may be disputed.
_OF_PAYMENTS: Final[JsonObject] = {"description": None, "metadata": {}, "shipping": None}


# What else knows customers: it erases its rows of one, and returns their ids.
_erasers: Final[list[Callable[[str], Sequence[str]]]] = []


def register(eraser: Callable[[str], Sequence[str]]) -> None:
    """Register what erases a customer's rows of a room above this one, and returns their ids."""
    _erasers.append(eraser)


@dataclass(frozen=True, slots=True)
class _PersonalData:
    """The rows that hold a customer's personal data.

    Args:
        charges: All charges.
        intents: All payment intents.
        setups: All setup intents.
        methods: Ids of the payment methods, and of sellers' copies of them.
    """

    charges: QuerySet[Charge]
    intents: QuerySet[PaymentIntent]
    setups: QuerySet[SetupIntent]
    methods: list[str]


def erase_due(*, at: datetime) -> int:
    """Erase the customers that are due, and what was typed into pages and never used.

    Args:
        at: The moment.

    Returns:
        How many customers there were.
    """
    old = at - timedelta(days=settings.ERASE_AFTER_DAYS)
    Token.objects.filter(created_at__lte=old).exclude(billing_details={}).update(billing_details={})
    ConfirmationToken.objects.filter(created_at__lte=old, shipping__isnull=False).update(
        shipping=None
    )
    inbox.forget(before=at - _NOTICES)
    kept_actions.forget(before=at - _NOTICES)
    count = 0
    due = Customer.objects.filter(erase_at__lte=at, deleted_at__isnull=False).order_by("erase_at")
    for customer_id in list(due.values_list("id", flat=True)[:_MOST]):
        try:
            count += erase(customer_id=customer_id, at=at)
        except Exception:
            # One that cannot be erased now holds up nobody else.
            logger.exception("%s could not be erased.", customer_id)
            Customer.objects.filter(id=customer_id).update(erase_at=at + _LATER)
    return count


def erase(*, customer_id: str, at: datetime) -> bool:
    """Erase what is due of a deleted customer, and store when more will be.

    Args:
        customer_id: `cus_...`.
        at: The moment.

    Returns:
        Whether there was anything to do.
    """
    with atomic():
        # Locked whole, as `lock_rows` does not: nothing new may refer to it meanwhile.
        rows = Customer.objects.select_for_update(of=("self",), skip_locked=True)
        row = rows.filter(id=customer_id, erase_at__lte=at, deleted_at__isnull=False).first()
        if row is None:
            return False
        found = _collect(row)
        events.forget([id for erase_rows in _erasers for id in erase_rows(row.id)])
        _erase_events(row, found)
        _erase_payer(row, found)
        row.erase_at = _erase_payments(found, at)
        row.save(update_fields=["erase_at", *_OF_CUSTOMERS])
    return True


def _collect(row: Customer) -> _PersonalData:
    charges = Charge.objects.filter(customer=row)
    intents = PaymentIntent.objects.filter(customer=row)
    setups = SetupIntent.objects.filter(customer=row)
    used = {
        id
        for rows in (charges, intents, setups)
        for id in rows.values_list("payment_method_id", flat=True)
        if id
    }
    of_nobody = PaymentMethod.objects.filter(customer=None)
    own = of_nobody.filter(Q(former_customer_id=row.id) | Q(id__in=used))
    methods = list(own.values_list("id", flat=True))
    copies = of_nobody.filter(copied_from_id__in=methods).values_list("id", flat=True)
    return _PersonalData(charges, intents, setups, [*methods, *copies])


def _erase_payer(row: Customer, found: _PersonalData) -> None:
    """Erase a customer and its payment methods; cards keep their fingerprints."""
    require_transaction()
    if row.email:
        # Letters about orders for nothing are of no payment.
        letters = Receipt.objects.filter(
            charge=None, account_id=row.account_id, livemode=row.livemode, email=row.email
        )
        letters.update(email="", next_try_at=None)
    for name, nothing in _OF_CUSTOMERS.items():
        setattr(row, name, nothing)
    CustomerBalanceTransaction.objects.filter(customer=row).update(description=None, metadata={})
    CustomerSession.objects.filter(customer=row).delete()
    TaxId.objects.filter(customer=row).delete()
    methods = PaymentMethod.objects.filter(id__in=found.methods)
    methods.update(billing_details={}, metadata={}, known_at=[])
    # Nobody may be charged any more who has been forgotten.
    Instrument.objects.filter(payment_method__in=found.methods).delete()
    PayerAction.objects.filter(intent_id__in=found.intents.values("id")).delete()
    PayerAction.objects.filter(intent_id__in=found.setups.values("id")).delete()
    ConfirmationToken.objects.filter(payment_method__in=found.methods).update(
        shipping=None, return_url=None
    )
    found.setups.update(
        description=None, metadata={}, last_setup_error=None, next_action=None, return_url=None
    )
    SetupAttempt.objects.filter(setup_intent__in=found.setups).update(
        setup_error=None, declined_card=None
    )
    found.intents.update(**OF_INTENTS)
    found.charges.update(receipt_email=None)
    Receipt.objects.filter(charge__in=found.charges).update(email="", next_try_at=None)
    Refund.objects.filter(charge__in=found.charges).update(instructions_email=None)


def _erase_events(row: Customer, found: _PersonalData) -> None:
    """Erase the content of a customer's events and deliveries."""
    charges = {"charge__in": found.charges}
    named: list[Iterable[str | None]] = [
        [row.id],
        found.methods,
        TaxId.objects.filter(customer=row).values_list("id", flat=True),
        CustomerBalanceTransaction.objects.filter(customer=row).values_list("id", flat=True),
        *(rows.values_list("id", flat=True) for rows in (found.charges, found.intents)),
        found.setups.values_list("id", flat=True),
        Mandate.objects.filter(payment_method__in=found.methods).values_list("id", flat=True),
        *(
            model.objects.filter(**charges).values_list("id", flat=True)
            for model in (Refund, Dispute, EarlyFraudWarning)
        ),
        *found.charges.values_list("transfer_id", "application_fee_id"),
    ]
    events.forget([id for ids in named for id in ids if id])


def _erase_payments(found: _PersonalData, at: datetime) -> datetime | None:
    """Erase details of payments past dispute; return when the next is due."""
    since = at - timedelta(days=settings.PAYMENT_DETAILS_DAYS)
    open_disputes = Dispute.objects.exclude(status__in=ENDED)
    disputed = found.charges.filter(disputes__in=open_disputes)
    recent = found.charges.exclude(status=ChargeStatus.FAILED).filter(created_at__gt=since)
    disputable = set(disputed.values_list("id", flat=True)) | set(
        recent.values_list("id", flat=True)
    )
    erasable = found.charges.exclude(id__in=disputable)
    Refund.objects.filter(charge__in=erasable).update(metadata={})
    Dispute.objects.filter(charge__in=erasable).update(evidence={}, metadata={})
    found.intents.exclude(charges__in=disputable).update(
        **_OF_PAYMENTS, payment_details=None, amount_details=None
    )
    erasable.update(**_OF_PAYMENTS, billing_details={}, fraud_details={})
    if not disputable:
        _erase_agreements(found)
        return None
    if disputed.exists():
        return at + _DISPUTED
    latest = max(recent.values_list("created_at", flat=True))
    return latest + timedelta(days=settings.PAYMENT_DETAILS_DAYS)


def _erase_agreements(found: _PersonalData) -> None:
    """Erase everything of a payer's agreements but their kind and moment."""
    for rows in (
        Mandate.objects.filter(payment_method__in=found.methods),
        found.setups.filter(customer_acceptance__isnull=False),
    ):
        rows.update(customer_acceptance=WITHOUT_PLACE)
