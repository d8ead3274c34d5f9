"""What became of payments and of the choices made for them: for counting, checking, replaying."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from core.types import DbRow
from payments.models import Charge
from payments.states import ChargeStatus
from processors import registry
from processors.router import success_rates
from processors.routing.drafts.replays import Replayed
from processors.routing.facts import ChargeType, PaymentFacts
from processors.routing.traces import Trace

# How far back attempts are counted.
COUNTED: Final = timedelta(days=7)
_IN_USE: Final = timedelta(days=30)
_ENDED: Final = (ChargeStatus.SUCCEEDED, ChargeStatus.FAILED)
# Not those that were refused before anybody was asked.
_WAS_ASKED: Final = ~Q(failure__has_key="blocked_as")
_READ: Final = (
    "payment_intent_id", "livemode", "method_type", "currency", "amount", "account_id",
    "card__brand", "card__country", "platform_id", "split", "transfer_destination", "metadata",
    "is_off_session", "payment_intent__capture_method", "created_at", "status", "processor",
    "routing",
)  # fmt: skip


def first_attempts(*, livemode: bool, since: datetime, most: int) -> Iterator[Replayed]:
    """Yield the first attempts of payments, the newest first, as a draft is replayed over them.

    Args:
        livemode: Of which mode.
        since: Those from then on.
        most: How many at most.
    """
    rows = (
        Charge.objects.filter(livemode=livemode, created_at__gte=since)
        .filter(_WAS_ASKED)
        .exclude(routing__has_key="n")
        .order_by("-created_at")
        .values_list(*_READ)
    )
    for row in rows[:most].iterator(chunk_size=2_000):
        yield _replayed(row)


def _replayed(row: DbRow) -> Replayed:
    intent_id, livemode, method, currency, amount, account, brand, country, *more = row
    platform, split, destination, metadata, is_off, capture_method, at, status, name, kept = more
    facts = PaymentFacts(
        intent_id,
        livemode,
        method,
        currency,
        amount,
        account,
        brand or "",
        country or "",
        _charge_type(platform, split, destination),
        metadata,
        is_off,
        capture_method != "manual",
    )
    has_ended = status in _ENDED
    return Replayed(
        facts,
        name,
        Trace.unpack(kept) if kept else None,
        at,
        status == ChargeStatus.SUCCEEDED if has_ended else None,
    )


def _charge_type(platform: object, split: object, destination: object) -> ChargeType:
    if platform:
        return ChargeType.DIRECT
    if split:
        return ChargeType.SPLIT
    return ChargeType.DESTINATION if destination else ChargeType.OWN


def currencies_in_use(*, at: datetime) -> set[tuple[bool, str]]:
    """Return the currencies of the last days' charges, each with its mode."""
    rows = Charge.objects.filter(created_at__gte=at - _IN_USE)
    return set(rows.values_list("livemode", "currency").distinct().order_by())


def count_by_account(owner: str, *, since: datetime) -> dict[str, int]:
    """Return how many charges of an account, from a moment on, each processor account took."""
    rows = Charge.objects.filter(
        account_id=owner, created_at__gte=since, status=ChargeStatus.SUCCEEDED
    )
    return dict(rows.values_list("processor").annotate(Count("id")).order_by("processor"))


def count_attempts(*, at: datetime) -> bool:
    """Count how many of the last days' attempts succeeded where, for the rules that ask for it.

    Returns:
        True if something else came of it than the last time.
    """
    if all(len(registry.takers(livemode=livemode)) < 2 for livemode in (False, True)):
        # There is nothing to choose.
        return False
    rows = (
        Charge.objects.filter(_WAS_ASKED, created_at__gte=at - COUNTED, status__in=_ENDED)
        .values_list(
            "processor",
            "method_type",
            _of_card("brand"),
            _of_card("country"),
        )
        .annotate(succeeded=Count("id", filter=Q(status=ChargeStatus.SUCCEEDED)), ended=Count("id"))
        .order_by()
    )
    return success_rates.store(rows, at=at)


def _of_card(name: str) -> Coalesce:
    return Coalesce(KeyTextTransform(name, "card"), Value(""), output_field=TextField())
