"""What happened to a payment, as payments tell it: bounded, and in a fixed number of queries."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Left, TruncHour

from core.database.lookups import bounded
from core.histories import History, Step
from core.money import Money
from core.security.rows import may_see
from core.tenant import Tenant
from ledger.reporting.measures import Figure, Measure
from payments.models import (
    Authentication,
    Charge,
    Dispute,
    EarlyFraudWarning,
    PaymentIntent,
    Refund,
)
from payments.states import ChargeStatus


def any_intent(intent_id: str, user: object) -> PaymentIntent | None:
    """Return a payment intent that somebody may see in the console, with its payer.

    Args:
        intent_id: `pi_...`, whoever's; also one behind a charge.
        user: Who asks; `request.user`.

    Returns:
        The intent; None if there is none, or it is another platform's.
    """
    rows = PaymentIntent.objects.select_related("account", "customer", "payment_method")
    row = rows.filter(id=intent_id).first()
    if row is None:
        return None
    owners = (row.account_id, row.platform_id, row.account.opened_by_id)
    return row if may_see(user, *owners) else None


def any_dispute(dispute_id: str, user: object) -> Dispute | None:
    """Return a dispute that somebody may see in the console, with its charge; None if none."""
    rows = Dispute.objects.select_related("account", "charge__customer")
    row = rows.filter(id=dispute_id).first()
    if row is None:
        return None
    owners = (row.account_id, row.charge.platform_id, row.account.opened_by_id)
    return row if may_see(user, *owners) else None


def intent_id_of(charge_id: str) -> str | None:
    """Return the intent of whoever's charge; None if there is no such charge."""
    rows = Charge.objects.filter(id=charge_id)
    return rows.values_list("payment_intent_id", flat=True).first()


def attempts_of(intent_id: str) -> QuerySet[Charge]:
    """Return the charges of whoever's payment intent, the newest first."""
    return Charge.objects.filter(payment_intent_id=intent_id).order_by("-id")


def latest_intents(tenant: Tenant, *, most: int) -> list[PaymentIntent]:
    """Return the newest payments of an account."""
    rows = PaymentIntent.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return list(rows.order_by("-id")[:most])


def intents_of_charges(charge_ids: Iterable[str]) -> dict[str, PaymentIntent]:
    """Return the payments of some charges, by the charge."""
    rows = Charge.objects.filter(id__in=list(charge_ids)).select_related("payment_intent")
    return {row.id: row.payment_intent for row in rows}


def history_of_intent(intent: PaymentIntent, *, most: int) -> list[History]:
    """Return what happened to a payment intent: its charges first, and all that came of them.

    Args:
        intent: Whoever's.
        most: How many objects of each kind.
    """
    charges = _charges(intent.id, most)
    return [
        charges,
        _intent(intent),
        _authentications(intent.id, most),
        _refunds(charges.ids, most),
        _disputes(charges.ids, most),
        _fraud_warnings(charges.ids, most),
    ]


def _intent(intent: PaymentIntent) -> History:
    steps = [Step(intent.created_at, "created", intent.id, money=intent.money)]
    if intent.canceled_at:
        note = intent.cancellation_reason or ""
        steps.append(Step(intent.canceled_at, "cancellation", intent.id, note=note))
    return History("intent", [intent.id], steps)


def _charges(intent_id: str, most: int) -> History:
    rows = Charge.objects.filter(payment_intent_id=intent_id).order_by("-id")
    found = bounded(rows.select_related("unapplied_payment"), most)
    steps = []
    for row in found.rows:
        failure = row.failure or {}
        note = str(failure.get("decline_code") or failure.get("code") or row.open_request or "")
        money = Money(row.amount, row.currency)
        steps.append(Step(row.created_at, "charge", row.id, row.status, money, note))
        if row.captured_at and row.captured_at != row.created_at:
            captured = Money(row.amount_captured, row.currency)
            steps.append(Step(row.captured_at, "capture", row.id, "", captured))
        if late := getattr(row, "unapplied_payment", None):
            came = Money(late.amount, late.currency)
            steps.append(Step(late.created_at, "unapplied", late.id, late.status, came, row.id))
    return History("charge", [row.id for row in found.rows], steps, found.more)


def _authentications(intent_id: str, most: int) -> History:
    rows = Authentication.objects.filter(intent_id=intent_id).order_by("-id")
    found = bounded(rows, most)
    steps = [
        Step(
            row.ended_at or row.created_at,
            "authentication",
            row.id,
            row.status,
            Money(row.amount, row.currency),
            row.result_reason or row.exemption or row.flow or "",
        )
        for row in found.rows
    ]
    return History("authentication", [row.id for row in found.rows], steps, found.more)


def _refunds(charge_ids: list[str], most: int) -> History:
    found = bounded(Refund.objects.filter(charge_id__in=charge_ids).order_by("-id"), most)
    steps = [
        Step(
            row.created_at,
            "refund",
            row.id,
            row.status,
            Money(row.amount, row.currency),
            row.failure_reason or row.reason or "",
        )
        for row in found.rows
    ]
    return History("refund", [row.id for row in found.rows], steps, found.more)


def _disputes(charge_ids: list[str], most: int) -> History:
    found = bounded(Dispute.objects.filter(charge_id__in=charge_ids).order_by("-id"), most)
    steps = [
        Step(
            row.created_at,
            "dispute",
            row.id,
            row.status,
            Money(row.amount, row.currency),
            row.reason,
        )
        for row in found.rows
    ]
    return History("dispute", [row.id for row in found.rows], steps, found.more)


def _fraud_warnings(charge_ids: list[str], most: int) -> History:
    rows = EarlyFraudWarning.objects.filter(charge_id__in=charge_ids).order_by("-id")
    found = bounded(rows, most)
    steps = [
        Step(row.created_at, "fraud_warning", row.id, note=row.fraud_type) for row in found.rows
    ]
    return History("fraud_warning", [row.id for row in found.rows], steps, found.more)


_ATTEMPTS: Final = {
    ChargeStatus.SUCCEEDED: Measure.SUCCEEDED,
    ChargeStatus.FAILED: Measure.FAILED,
    ChargeStatus.PENDING: Measure.PENDING,
}
_LONGEST_REASON: Final = 60


def attempts(*, start: datetime, end: datetime) -> list[Figure]:
    """Return what became of the charges that all accounts began in a span, by the hour.

    Args:
        start: The first moment of the span.
        end: The first moment after it.
    """
    why = [KeyTextTransform(key, "failure") for key in ("decline_code", "code")]
    rows = (
        Charge.objects.filter(created_at__gte=start, created_at__lt=end)
        .order_by()
        .values_list(
            Coalesce(F("account__opened_by_id"), F("account_id")),
            "livemode",
            TruncHour("created_at", tzinfo=UTC),
            "currency",
            "status",
            Left(Coalesce(*why, Value("")), _LONGEST_REASON),
        )
        .annotate(number=Count("id"), total=Sum("amount"))
    )
    return [
        Figure(
            platform,
            livemode,
            hour,
            currency,
            _ATTEMPTS[ChargeStatus(status)],
            number,
            int(total),
            reason if status == ChargeStatus.FAILED else "",
        )
        for platform, livemode, hour, currency, status, reason, number, total in rows
    ]
