"""Files of payments: made from what waits, approved by somebody else, sent, or canceled before."""

import hashlib
from datetime import datetime
from typing import Final

from django.conf import settings

from accounts.audit import trail
from accounts.models import User
from core.database.locking import lock_one, lock_rows
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.ids import new_id
from processors.models import BankFile, BankPayment
from processors.sepa import calendar, rail
from processors.sepa.formats import pain001, text
from processors.states import BANK_FILE, BANK_PAYMENT, BankFileStatus, BankPaymentStatus

PAYMENTS: Final = "payments"
# One file is written in some four seconds then; the rest waits for the next.
MOST_PAYMENTS: Final = 10_000
# Who makes the files that nobody asked for.
ITSELF: Final = "Rialto"


def make(*, livemode: bool, by: User | None, at: datetime) -> BankFile | None:
    """Write what waits into a file. It is written once: what is given out later are its bytes.

    Args:
        livemode: The mode of the payments.
        by: Who makes it; None if nobody asked for it.
        at: The moment; it decides on which day the bank is to carry it out.

    Returns:
        The file; None if nothing waits.

    Raises:
        InvalidRequest: If the account at the bank is not set up.
    """
    file_id = new_id("bfile")
    with atomic():
        queued = BankPayment.objects.filter(livemode=livemode, status=BankPaymentStatus.QUEUED)
        rows = list(lock_rows(queued, skip_locked=True).order_by("key")[:MOST_PAYMENTS])
        if not rows:
            return None
        execution_date = calendar.execution_date(at)
        try:
            content = pain001.write(
                file_id=text.reference(file_id),
                created_at=at,
                execution_date=execution_date,
                debtor=_debtor(),
                payments=[rail.payment(row) for row in rows],
            )
        except pain001.Unwritable as error:
            raise InvalidRequest(str(error)) from None
        row = BankFile(
            id=file_id,
            kind=PAYMENTS,
            livemode=livemode,
            created_at=at,
            made_by=by.email if by else ITSELF,
            requester=by,
            name=f"{execution_date:%Y-%m-%d}-{file_id}.xml",
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            payment_count=len(rows),
            total_amount=sum(one.amount for one in rows),
            execution_date=execution_date,
        )
        row.save(force_insert=True)
        _move(rows, BankPaymentStatus.FILED, file=row)
        trail.record(
            "bank_file.made", row, by=by, changes={"total_amount": (None, row.total_amount)}
        )
    return row


def approve(*, file_id: str, by: User, at: datetime) -> BankFile:
    """Agree that a file may be sent. Whoever made it cannot agree to it as well.

    Raises:
        Missing: If there is no such file.
        InvalidRequest: If it is not to be approved, or by somebody else.
    """
    with atomic():
        row = _lock(file_id)
        _check_approver(row, by)
        before = _step(row, BankFileStatus.APPROVED)
        row.approver, row.approved_by, row.approved_at = by, by.email, at
        row.save(update_fields=["status", "approver", "approved_by", "approved_at"])
        trail.record("bank_file.approved", row, by=by, changes={"status": (before, row.status)})
    return row


def mark_sent(*, file_id: str, by: User, at: datetime) -> BankFile:
    """Note that a file is with the bank: from now on it cannot be canceled.

    Raises:
        Missing: If there is no such file.
        InvalidRequest: If it was not approved, or was sent before.
    """
    with atomic():
        row = _lock(file_id)
        before = _step(row, BankFileStatus.SENT)
        row.sent_by, row.sent_at = by.email, at
        row.save(update_fields=["status", "sent_by", "sent_at"])
        trail.record("bank_file.sent", row, by=by, changes={"status": (before, row.status)})
        _move(list(lock_rows(row.payments.all())), BankPaymentStatus.SENT)
    return row


def cancel(*, file_id: str, by: User, at: datetime) -> BankFile:
    """Cancel a file that was not sent; the next file takes its payments.

    Raises:
        Missing: If there is no such file.
        InvalidRequest: If it was sent.
    """
    with atomic():
        row = _lock(file_id)
        before = _step(row, BankFileStatus.CANCELED)
        row.canceled_by, row.canceled_at = by.email, at
        row.save(update_fields=["status", "canceled_by", "canceled_at"])
        trail.record("bank_file.canceled", row, by=by, changes={"status": (before, row.status)})
        _move(list(lock_rows(row.payments.all())), BankPaymentStatus.QUEUED, file=None)
    return row


def _check_approver(row: BankFile, by: User) -> None:
    # By id: an address can be changed.
    if row.requester_id == by.pk:
        raise InvalidRequest("Somebody else must approve a file that you made.", param="file")
    if row.requester_id is None and row.made_by != ITSELF:
        raise InvalidRequest(
            "Nobody knows any more who made this file: cancel it and make a new one.", param="file"
        )


def _debtor() -> pain001.Party:
    if not settings.BANK_IBAN or not settings.BANK_NAME:
        raise InvalidRequest(
            "Say out of which account payouts are paid: set RIALTO_BANK_NAME and RIALTO_BANK_IBAN."
        )
    return pain001.Party(
        text.latin(settings.BANK_NAME), settings.BANK_IBAN, settings.BANK_BIC or None
    )


def _lock(file_id: str) -> BankFile:
    return lock_one(BankFile.objects.filter(kind=PAYMENTS), file_id, kind="bank_file")


def _step(row: BankFile, status: BankFileStatus) -> str:
    """Move a file to a status, and return the one before."""
    if not BANK_FILE.allows(BankFileStatus(row.status), status):
        raise InvalidRequest(
            f"This file is {row.status}: it cannot become {status.value}.", param="file"
        )
    before, row.status = row.status, status
    return before


def _move(
    rows: list[BankPayment], status: BankPaymentStatus, *, file: BankFile | bool | None = False
) -> None:
    for row in rows:
        BANK_PAYMENT.check(BankPaymentStatus(row.status), status)
        row.status = status
        if not isinstance(file, bool):
            row.file = file
    BankPayment.objects.bulk_update(rows, ["status", "file"], batch_size=1_000)
