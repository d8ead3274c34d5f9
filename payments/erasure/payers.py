"""A payer who asks: find all that is held of them, tell what needs it, and erase it now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext

from core.database.fields import BillingEmail
from core.database.locking import lock_rows
from core.database.transactions import atomic
from payments.customers.services import customers
from payments.disputes.services import dispute_answers
from payments.erasure import customers as erasure
from payments.erasure import guests
from payments.models import (
    Authentication,
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
    UnappliedPayment,
)
from payments.states import OPEN_REFUNDS, ChargeStatus, IntentStatus, UnappliedStatus

_UNDER_WAY: Final = (IntentStatus.PROCESSING, IntentStatus.REQUIRES_CAPTURE)
_OPEN_LATE: Final = (UnappliedStatus.OPEN, UnappliedStatus.RETURNING)
# So many things that need the data are named, of each kind.
_NAMED: Final = 5
_GUEST: Final = Q(customer=None)


@dataclass(frozen=True, slots=True)
class Payer:
    """The rows that all others of a payer hang on, by their ids.

    Args:
        customers: Customers.
        charges: Charges without a customer.
        setups: Setup intents without a customer.
        methods: Payment methods that are nobody's.
    """

    customers: Sequence[str]
    charges: Sequence[str] = ()
    setups: Sequence[str] = ()
    methods: Sequence[str] = ()

    def intents(self) -> QuerySet[PaymentIntent]:
        """Return all payment intents of the payer."""
        return PaymentIntent.objects.filter(
            Q(customer__in=self.customers) | Q(charges__in=self.charges)
        ).distinct()

    def all_charges(self) -> QuerySet[Charge]:
        """Return all charges of the payer, as a customer and as a guest."""
        return Charge.objects.filter(Q(customer__in=self.customers) | Q(id__in=self.charges))


def of_customer(customer_id: str) -> Payer:
    """Return a customer as the payer; nobody if there is none."""
    rows = Customer.objects.filter(id=customer_id)
    return Payer(list(rows.values_list("id", flat=True)))


def of_address(email: str, *, account_id: str = "") -> Payer:
    """Find whoever paid with an e-mail address, as a customer or as a guest.

    Args:
        email: The address, in any case.
        account_id: The merchant; empty for all of them.
    """
    own = Q(account_id=account_id) if account_id else Q()
    found = Customer.objects.filter(own, email__iexact=email)
    billed = Charge.objects.alias(billed=Upper(BillingEmail("billing_details")))
    charges = set(billed.filter(own, _GUEST, billed=email.upper()).values_list("id", flat=True))
    of_letters = Charge.objects.filter(own, _GUEST, receipt_email__iexact=email)
    charges.update(of_letters.values_list("id", flat=True))
    of_nobody = PaymentMethod.objects.filter(own, _GUEST, former_customer_id=None)
    methods = of_nobody.filter(billing_details__email__iexact=email)
    ids = list(methods.values_list("id", flat=True))
    setups = SetupIntent.objects.filter(own, _GUEST, payment_method__in=ids)
    return Payer(
        list(found.values_list("id", flat=True)),
        sorted(charges),
        list(setups.values_list("id", flat=True)),
        ids,
    )


def guest_addresses() -> set[str]:
    """Return all addresses of payers without a customer, in capitals."""
    billed = Charge.objects.filter(_GUEST).annotate(billed=Upper(BillingEmail("billing_details")))
    found = set(billed.exclude(billed=None).values_list("billed", flat=True).distinct())
    of_letters = Charge.objects.filter(_GUEST, receipt_email__isnull=False)
    found.update(of_letters.values_list(Upper("receipt_email"), flat=True).distinct())
    return found


def rows(payer: Payer) -> Iterator[QuerySet[Any]]:
    """Yield all rows that are held of a payer, a table at a time."""
    intents, charges = payer.intents(), payer.all_charges()
    setups = SetupIntent.objects.filter(Q(customer__in=payer.customers) | Q(id__in=payer.setups))
    methods = PaymentMethod.objects.filter(_methods_of(payer, charges, setups))
    of_customers = {"customer__in": payer.customers}
    yield Customer.objects.filter(id__in=payer.customers)
    for model in (CustomerBalanceTransaction, TaxId, CustomerSession):
        yield model.objects.filter(**of_customers)
    yield methods
    yield intents
    yield charges
    of_charges = {"charge__in": charges.values("id")}
    for of_charge in (Refund, Dispute, EarlyFraudWarning, UnappliedPayment, Receipt):
        yield of_charge.objects.filter(**of_charges)
    yield setups
    yield SetupAttempt.objects.filter(setup_intent__in=setups.values("id"))
    for of_method in (Mandate, Instrument, ConfirmationToken, Authentication):
        yield of_method.objects.filter(payment_method__in=methods.values("id"))
    yield PayerAction.objects.filter(
        Q(intent_id__in=intents.values("id")) | Q(intent_id__in=setups.values("id"))
    )


def _methods_of(payer: Payer, charges: QuerySet[Charge], setups: QuerySet[SetupIntent]) -> Q:
    return (
        Q(customer__in=payer.customers)
        | Q(former_customer_id__in=payer.customers)
        | Q(id__in=payer.methods)
        | Q(id__in=charges.values("payment_method_id"))
        | Q(id__in=setups.values("payment_method_id"))
    )


def evidence_files(payer: Payer) -> list[str]:
    """Return the ids of the files that were evidence in disputes of a payer."""
    evidence = Dispute.objects.filter(charge__in=payer.all_charges().values("id"))
    return [
        text
        for one in evidence.values_list("evidence", flat=True)
        for name, text in one.items()
        if name in dispute_answers.FILES and text
    ]


def needs(payer: Payer) -> list[str]:
    """Return what still needs a payer's data, a sentence each; none if all may go."""
    charges = payer.all_charges()
    disputes = Dispute.objects.filter(charge__in=charges.values("id"))
    refunds = Refund.objects.filter(charge__in=charges.values("id"), status__in=OPEN_REFUNDS)
    late = UnappliedPayment.objects.filter(charge__in=charges.values("id"), status__in=_OPEN_LATE)
    asked: tuple[tuple[str, QuerySet[Any]], ...] = (
        (gettext("The dispute {id} goes on."), disputes.exclude(status__in=dispute_answers.ENDED)),
        (
            gettext("The payment {id} has not settled."),
            payer.intents().filter(status__in=_UNDER_WAY),
        ),
        (gettext("The processor owes an answer about {id}."), charges.exclude(open_request=None)),
        (gettext("The refund {id} is on its way."), refunds),
        (gettext("The late payment {id} has no owner yet."), late),
        (
            gettext("The setup {id} is under way."),
            SetupIntent.objects.filter(
                Q(customer__in=payer.customers) | Q(id__in=payer.setups),
                status=IntentStatus.PROCESSING,
            ),
        ),
    )
    return [
        words.format(id=id)
        for words, found in asked
        for id in found.order_by("id").values_list("id", flat=True)[:_NAMED]
    ]


def erase(payer: Payer, *, at: datetime) -> datetime | None:
    """Erase a payer now, but for what may be disputed; again, it erases what is left.

    Args:
        payer: Who; nothing may need the data any more.
        at: The moment.

    Returns:
        When the last of it goes; None if nothing is left to go.
    """
    later = [_erase_customer(id, at) for id in payer.customers]
    later.append(_erase_guest(payer, at))
    return max((one for one in later if one), default=None)


def _erase_customer(customer_id: str, at: datetime) -> datetime | None:
    row = Customer.objects.get(id=customer_id)
    if row.deleted_at is None:
        customers.delete(tenant=row.tenant, customer_id=row.id, at=at)
    with atomic():
        due = lock_rows(Customer.objects.filter(id=customer_id, erase_at__isnull=False))
        for one in due:
            one.erase_at = min(one.erase_at or at, at)
            one.save(update_fields=["erase_at"])
    erasure.erase(customer_id=customer_id, at=at)
    row.refresh_from_db()
    return row.erase_at


def _erase_guest(payer: Payer, at: datetime) -> datetime | None:
    """Erase what a payer without a customer left, but for payments that may be disputed."""
    since = at - timedelta(days=settings.PAYMENT_DETAILS_DAYS)
    held = Charge.objects.filter(id__in=payer.charges, created_at__gt=since)
    held = held.exclude(status=ChargeStatus.FAILED)
    kept = dict(held.values_list("id", "created_at"))
    with atomic():
        guests.erase(
            charges=[id for id in payer.charges if id not in kept],
            setups=payer.setups,
            methods=payer.methods,
        )
        guests.erase_addresses(list(kept))
    if not kept:
        return None
    return max(kept.values()) + timedelta(days=settings.PAYMENT_DETAILS_DAYS)
