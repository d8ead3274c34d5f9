"""What operators see of files for the bank and from it, and of the lines of statements."""

from typing import Final

from django.utils.translation import gettext, gettext_lazy

from core.admin import page_of
from core.money import Money
from core.types import JsonObject
from processors.models import BankFile, BankLine
from processors.sepa.services import bank_files, queries, statement_import

_MATCHED: Final = {
    "file": gettext_lazy("a whole file"),
    "aside": gettext_lazy("no payout"),
    "arrival": gettext_lazy("money of a processor"),
}

_KINDS: Final = {"payments": "Payments", "report": "Status report"}


def latest_files(most: int, *, livemode: bool) -> list[JsonObject]:
    """Return the latest files, with who made, approved and sent them."""
    return [_file(row) for row in queries.latest(most, livemode=livemode)]


def unmatched_lines(most: int, *, livemode: bool) -> tuple[list[JsonObject], bool]:
    """Return the newest lines that somebody must look at, and whether there are more.

    Each comes with the payments that it may be about.
    """
    found = statement_import.unmatched_lines().filter(file__livemode=livemode)
    rows = list(found[: most + 1])
    fitting = queries.suggestions(rows[:most])
    return [_line(row, fitting[row.id]) for row in rows[:most]], len(rows) > most


def matched_lines(most: int, *, livemode: bool) -> list[JsonObject]:
    """Return the newest lines that are understood."""
    found = statement_import.matched_lines().filter(file__livemode=livemode)
    return [_line(row) for row in found[:most]]


def mode_of_file(file_id: str) -> bool | None:
    """Return the mode of a file; None if there is none."""
    return BankFile.objects.filter(id=file_id).values_list("livemode", flat=True).first()


def mode_of_line(line_id: str) -> bool | None:
    """Return the mode of a line of a statement; None if there is none."""
    return BankLine.objects.filter(id=line_id).values_list("file__livemode", flat=True).first()


def _file(row: BankFile) -> JsonObject:
    history = [
        (gettext("made"), row.made_by, row.created_at),
        (gettext("approved"), row.approved_by, row.approved_at),
        (gettext("sent"), row.sent_by, row.sent_at),
        (gettext("answered"), gettext("the bank"), row.acknowledged_at),
        (gettext("canceled"), row.canceled_by, row.canceled_at),
    ]
    if row.kind != bank_files.PAYMENTS:
        history = [(gettext("read"), row.made_by, row.created_at)]
    return {
        "id": row.id,
        "page": page_of("processors_bankfile", row.id),
        "name": row.name,
        "kind": gettext(_KINDS.get(row.kind, "Statement")),
        "status": row.status,
        "word": gettext(row.status.replace("_", " ")),
        "requester_id": row.requester_id,
        "mode": gettext("live") if row.livemode else gettext("test"),
        "total": str(Money(row.total_amount, "eur")) if row.payment_count else "",
        "count": row.payment_count,
        "on": row.execution_date,
        "message": row.message,
        "is_for_the_bank": queries.may_be_given_out(row),
        "history": [(what, who, when) for what, who, when in history if when],
    }


def _line(row: BankLine, fitting: queries.Suggestions | None = None) -> JsonObject:
    return {
        "id": row.id,
        "page": page_of("processors_bankline", row.id),
        "amount": str(Money(row.amount, row.currency)),
        "day": row.booked_on,
        "mode": gettext("live") if row.file.livemode else gettext("test"),
        "who": row.counterparty or "—",
        "text": row.text or row.end_to_end_id or row.key,
        "matched": row.payment_id or _MATCHED.get(row.matched_by, ""),
        "how": row.matched_who or row.matched_by,
        "suggestions": [
            (one.key, page_of("processors_bankpayment", one.key), one.payee, score)
            for one, score in fitting or []
        ],
    }
