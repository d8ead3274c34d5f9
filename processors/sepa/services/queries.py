"""Reading what goes to banks and comes from them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from django.db.models import CharField, Count, QuerySet, Sum, Value

from core.errors import InvalidRequest, missing
from processors.models import BankFile, BankLine, BankPayment
from processors.sepa.formats.text import latin
from processors.sepa.services.statement_matching import MOST_KEPT
from processors.states import BankFileStatus, BankPaymentStatus

_SENT: Final = (BankPaymentStatus.SENT, BankPaymentStatus.ACCEPTED)
_OPEN: Final = (*_SENT, BankPaymentStatus.BOOKED)
_FITS_WITHIN: Final = timedelta(days=20)
_LOOKED_AT: Final = 200
_NOT_GIVEN_OUT: Final = (BankFileStatus.MADE, BankFileStatus.CANCELED)


def waiting() -> Sequence[tuple[bool, int, int]]:
    """Return for each mode how many payments wait for a file, and their sum in cents."""
    rows = BankPayment.objects.filter(status=BankPaymentStatus.QUEUED)
    return list(
        rows.values_list("livemode")
        .annotate(count=Count("key"), total=Sum("amount"))
        .order_by("livemode")
    )


def count_unapproved(*, livemode: bool) -> int:
    """Return how many files of payments nobody has approved."""
    rows = BankFile.objects.filter(kind="payments", status=BankFileStatus.MADE, livemode=livemode)
    return rows.count()


def latest(most: int, *, livemode: bool) -> QuerySet[BankFile]:
    """Return the latest files of a mode, without their bytes."""
    rows = BankFile.objects.filter(livemode=livemode).defer("content")
    return rows.order_by("-id")[:most]


def for_the_bank(file_id: str) -> BankFile:
    """Return a file of payments, to be handed over.

    Raises:
        Missing: If there is none.
        InvalidRequest: If nobody has approved it, or it was canceled: its payments go with
            another one.
    """
    row = BankFile.objects.filter(id=file_id, kind="payments").first()
    if row is None:
        raise missing("bank_file", file_id)
    if not may_be_given_out(row):
        raise InvalidRequest(
            f"This file is {row.status}. Only files that somebody has approved are given out.",
            param="file",
        )
    return row


def may_be_given_out(row: BankFile) -> bool:
    """Return whether a file may go to the bank: approved by a second person, not canceled."""
    return row.kind == "payments" and row.status not in _NOT_GIVEN_OUT


def open_keys(keys: Collection[str]) -> list[str]:
    """Return those payments of which the bank has not said yet that they left our account."""
    rows = BankPayment.objects.filter(key__in=keys, status__in=_SENT)
    return list(rows.values_list("key", flat=True))


def payments_of(keys: Iterable[str]) -> list[BankPayment]:
    """Return the bank payments of some attempts with their files, in one query."""
    rows = BankPayment.objects.filter(key__in=list(keys)).select_related("file")
    return list(rows.defer("file__content", "sealed_payee").order_by("-key"))


Suggestions: TypeAlias = list[tuple[BankPayment, int]]


def suggestions(lines: Sequence[BankLine], most: int = 3) -> dict[str, Suggestions]:
    """Return the payments that unmatched lines may be about, the likeliest first, in two queries.

    Args:
        lines: The lines, with their files.
        most: How many for each.

    Returns:
        By line, each with 50 for the same amount (a return may be short, for 20), 30 for the same
        name and 20 for a day that fits.
    """
    if not lines:
        return {}
    first, *others = [_fitting(line) for line in lines]
    keys = defaultdict[str, list[str]](list)
    for line_id, key in first.union(*others, all=True) if others else first:
        keys[line_id].append(key)
    rows = BankPayment.objects.select_related("file").defer("file__content", "sealed_payee")
    payments = rows.in_bulk({key for some in keys.values() for key in some})
    found: dict[str, Suggestions] = {}
    for line in lines:
        fitting = [payments[key] for key in sorted(keys[line.id], reverse=True) if key in payments]
        scored = [(row, _score(line, row)) for row in fitting]
        found[line.id] = sorted(scored, key=lambda one: -one[1])[:most]
    return found


def _fitting(line: BankLine) -> "QuerySet[BankPayment, tuple[str, str]]":
    """Return the id of a line with each payment that its amount fits."""
    amount = abs(line.amount)
    least, statuses = (amount, _SENT) if line.amount < 0 else (amount - MOST_KEPT, _OPEN)
    rows = BankPayment.objects.filter(
        livemode=line.file.livemode,
        currency=line.currency,
        status__in=statuses,
        amount__range=(amount, max(amount, 2 * amount - least)),
    )
    named = rows.annotate(line=Value(line.id, output_field=CharField()))
    return named.order_by("-key").values_list("line", "key")[:_LOOKED_AT]


def _score(line: BankLine, row: BankPayment) -> int:
    score = 50 if row.amount == abs(line.amount) else 20
    name = row.payee.rpartition("••")[0].split()
    if name and latin(line.counterparty).casefold() == latin(" ".join(name)).casefold():
        score += 30
    due = row.booked_on or (row.file and row.file.execution_date)
    if line.booked_on and due and due <= line.booked_on <= due + _FITS_WITHIN:
        score += 20
    return score
