"""Reading what goes to banks and comes from them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Count, QuerySet, Sum

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


def suggestions(line: BankLine, most: int = 3) -> list[tuple[BankPayment, int]]:
    """Return the payments that an unmatched line may be about, the likeliest first, with a score.

    Args:
        line: The line, with its file.
        most: How many.

    Returns:
        Each with 50 for the same amount (a return may be short, for 20), 30 for the same name and
        20 for a day that fits.
    """
    amount = abs(line.amount)
    least, statuses = (amount, _SENT) if line.amount < 0 else (amount - MOST_KEPT, _OPEN)
    rows = (
        BankPayment.objects.filter(
            livemode=line.file.livemode,
            currency=line.currency,
            status__in=statuses,
            amount__range=(amount, max(amount, 2 * amount - least)),
        )
        .select_related("file")
        .order_by("-key")[:_LOOKED_AT]
    )
    found = [(row, _score(line, row)) for row in rows]
    return sorted(found, key=lambda one: -one[1])[:most]


def _score(line: BankLine, row: BankPayment) -> int:
    score = 50 if row.amount == abs(line.amount) else 20
    name = row.payee.rpartition("••")[0].split()
    if name and latin(line.counterparty).casefold() == latin(" ".join(name)).casefold():
        score += 30
    due = row.booked_on or (row.file and row.file.execution_date)
    if line.booked_on and due and due <= line.booked_on <= due + _FITS_WITHIN:
        score += 20
    return score
