"""A customer as operators see it: bounded, and in a fixed number of queries."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, Sum

from core.database.lookups import Bounded, bounded
from core.money import Money
from core.security.rows import may_see
from payments.models import (
    Charge,
    Customer,
    CustomerBalanceTransaction,
    Dispute,
    PaymentIntent,
    PaymentMethod,
    SetupIntent,
)
from payments.resources.sources import method_id_of
from payments.states import ChargeStatus

# Charges that are added up; nobody waits for the sums of more.
MOST_ADDED_UP: Final = 5_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What a customer paid in one currency.

    Args:
        currency: Lower-case ISO code.
        count: Charges that succeeded.
        failed: Charges that did not.
        paid: What was captured.
        refunded: What of that went back.
        disputed: What of it the payer's bank holds or has kept.
    """

    currency: str
    count: int
    failed: int
    paid: Money
    refunded: Money
    disputed: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """What a customer paid, a line a currency.

    Args:
        lines: The line of most payments first.
        is_cut: True if there are more charges than are added up.
    """

    lines: list[Spent]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What belongs to a customer, of each kind the newest."""

    methods: Bounded[PaymentMethod]
    default_method_id: str
    intents: Bounded[PaymentIntent]
    refunded: dict[str, int]
    setups: Bounded[SetupIntent]
    disputes: Bounded[Dispute]
    balance: Bounded[CustomerBalanceTransaction]


def any_customer(customer_id: str, user: object) -> Customer | None:
    """Return a customer that somebody may see in the console, even a deleted one."""
    row = Customer.objects.select_related("account").filter(id=customer_id).first()
    if row is None or not may_see(user, row.account_id, row.account.opened_by_id):
        return None
    return row


def totals(customer_id: str) -> Totals:
    """Add up what whoever's customer paid, in one query."""
    newest = Charge.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")
    rows = Charge.objects.filter(id__in=newest.values("id")[:MOST_ADDED_UP]).order_by()
    succeeded = Q(status=ChargeStatus.SUCCEEDED)
    sums = rows.values("currency").annotate(
        charges=Count("id"),
        count=Count("id", filter=succeeded),
        failed=Count("id", filter=Q(status=ChargeStatus.FAILED)),
        paid=Sum("amount_captured", filter=succeeded, default=0),
        refunded=Sum("amount_refunded", default=0),
        disputed=Sum("amount_disputed", default=0),
    )
    found = list(sums.order_by("-count", "currency"))
    lines = [
        Spent(
            currency=row["currency"],
            count=row["count"],
            failed=row["failed"],
            paid=Money(row["paid"], row["currency"]),
            refunded=Money(row["refunded"], row["currency"]),
            disputed=Money(row["disputed"], row["currency"]),
        )
        for row in found
    ]
    return Totals(lines, is_cut=sum(row["charges"] for row in found) >= MOST_ADDED_UP)


def kept(row: Customer, *, most: int) -> Kept:
    """Return what belongs to a customer: cards, payments, setups, disputes, credit.

    Args:
        row: Whoever's.
        most: How many of each kind.
    """
    methods = PaymentMethod.objects.filter(
        account_id=row.account_id, livemode=row.livemode, customer_id=row.id
    )
    intents = PaymentIntent.objects.filter(customer_id=row.id)
    by_time = ("-created_at", "-id")
    payments = bounded(intents.select_related("payment_method").order_by(*by_time), most)
    setups = SetupIntent.objects.filter(customer_id=row.id).select_related("payment_method")
    disputes = Dispute.objects.filter(charge__customer_id=row.id, charge__is_disputed=True)
    entries = CustomerBalanceTransaction.objects.filter(customer_id=row.id)
    preferred = row.invoice_settings.get("default_payment_method") or row.default_source_id
    return Kept(
        methods=bounded(methods.order_by("-id"), most),
        default_method_id=method_id_of(preferred or ""),
        intents=payments,
        refunded=_refunded([payment.id for payment in payments.rows]),
        setups=bounded(setups.order_by(*by_time), most),
        disputes=bounded(disputes.select_related("charge").order_by("-id"), most),
        balance=bounded(entries.order_by("-id"), most),
    )


def _refunded(intent_ids: list[str]) -> dict[str, int]:
    rows = Charge.objects.filter(payment_intent_id__in=intent_ids, amount_refunded__gt=0)
    sums = rows.order_by().values_list("payment_intent_id")
    return dict(sums.annotate(total=Sum("amount_refunded")))
