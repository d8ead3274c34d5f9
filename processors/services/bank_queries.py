"""Reading what goes to banks and comes from them."""

from collections.abc import Sequence

from django.db.models import Count, QuerySet, Sum

from core.errors import missing
from processors.models import BankFile, BankLine, BankPayment
from processors.states import BankPaymentStatus

_OPEN = (BankPaymentStatus.SENT, BankPaymentStatus.ACCEPTED, BankPaymentStatus.BOOKED)


def waiting() -> Sequence[tuple[bool, int, int]]:
    """Return for each mode how many payments wait for a file, and their sum in cents."""
    rows = BankPayment.objects.filter(status=BankPaymentStatus.QUEUED)
    return list(
        rows.values_list("livemode")
        .annotate(count=Count("key"), total=Sum("amount"))
        .order_by("livemode")
    )


def latest(most: int) -> QuerySet[BankFile]:
    """Return the latest files, without their bytes."""
    return BankFile.objects.defer("content").order_by("-id")[:most]


def file(file_id: str) -> BankFile:
    """Return a file of payments.

    Raises:
        Missing: If there is none.
    """
    row = BankFile.objects.filter(id=file_id, kind="payments").first()
    if row is None:
        raise missing("bank_file", file_id)
    return row


def suggestions(line: BankLine, most: int = 3) -> QuerySet[BankPayment]:
    """Return the payments that an unmatched line may be about: those of the same amount."""
    return BankPayment.objects.filter(
        livemode=line.file.livemode, currency=line.currency, amount=abs(line.amount),
        status__in=_OPEN,
    ).order_by("-key")[:most]  # fmt: skip
