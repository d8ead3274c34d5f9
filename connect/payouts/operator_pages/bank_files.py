"""The operators' page of files for the bank and from it."""

from datetime import datetime
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.models import User
from connect.payouts.services import bank_files as bank_desk
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.money import Money
from processors.models import BankFile, BankLine
from processors.sepa.services import bank_files, queries, statement_import

_MOST_SHOWN: Final = 50
_MOST_MATCHED: Final = 20
_MOST_BYTES: Final = 32 * 1_048_576
_MATCHED: Final = {"file": "a whole file", "aside": "no payout"}


def files(request: HttpRequest) -> HttpResponse:
    """Show what waits, the files with who made, approved and sent them, and what is unclear."""
    if not request.user.has_perm("processors.view_bankfile"):
        raise PermissionDenied
    if request.method == "POST":
        return _deal(request)
    lines = list(statement_import.unmatched()[: _MOST_SHOWN + 1])
    context = admin.site.each_context(request) | {
        "title": "Bank files",
        "waiting": [
            ("live" if livemode else "test", "true" if livemode else "false", count,
             str(Money(total, "eur")))
            for livemode, count, total in queries.waiting()
        ],
        "files": [_shown(row) for row in queries.latest(_MOST_SHOWN)],
        "lines": [_line(row) for row in lines[:_MOST_SHOWN]],
        "has_more": len(lines) > _MOST_SHOWN,
        "matched": [_line(row) for row in statement_import.matched()[:_MOST_MATCHED]],
        "may_change": request.user.has_perm("processors.change_bankfile"),
    }  # fmt: skip
    return TemplateResponse(request, "admin/connect/bank_files.html", context)


def download(request: HttpRequest, file_id: str) -> HttpResponse:
    """Give out a file as it was written: the same bytes every time."""
    if not request.user.has_perm("processors.change_bankfile"):
        raise PermissionDenied
    try:
        row = queries.for_the_bank(file_id)
    except InvalidRequest as error:
        messages.error(request, str(error))
        return redirect("admin:connect_bank_files")
    answer = HttpResponse(bytes(row.content), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{row.name}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _deal(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("processors.change_bankfile"):
        raise PermissionDenied
    try:
        messages.success(request, _done(request))
    except RialtoError as error:
        messages.error(request, str(error))
    return redirect("admin:connect_bank_files")


def _done(request: HttpRequest) -> str:
    """Do what a form says, and return what to tell its sender."""
    said = request.POST
    if said.get("do") in ("make", "take"):
        return _in_a_mode(request)
    if said.get("line"):
        return _about_a_line(said, by=request.user.get_username(), at=timezone.now())
    steps = {
        "approve": bank_files.approve, "sent": bank_files.mark_sent, "cancel": bank_files.cancel,
    }  # fmt: skip
    if step := steps.get(said.get("do", "")):
        row = step(file_id=said.get("file", ""), by=_operator(request), at=timezone.now())
        return f"{row.name} is {row.status}."
    return "Nothing was done."


def _operator(request: HttpRequest) -> User:
    # `BrowserOnly` and the admin let nobody else in.
    assert isinstance(request.user, User)
    return request.user


def _in_a_mode(request: HttpRequest) -> str:
    at, by, mode = timezone.now(), request.user.get_username(), request.POST.get("livemode")
    if mode not in ("true", "false"):
        return "Nothing was done: say whether it is about live or test mode."
    livemode = mode == "true"
    if request.POST.get("do") == "make":
        made = bank_files.make(livemode=livemode, by=_operator(request), at=at)
        return f"{made.name} was made." if made else "Nothing waits."
    upload = request.FILES.get("content")
    if upload is None or (upload.size or 0) > _MOST_BYTES:
        return "Choose a file of up to 32 MB."
    news = bank_desk.import_file(
        content=upload.read(), name=upload.name or "", livemode=livemode, by=by, at=at
    )
    return f"{news.file.name}: {news.words()}."


def _about_a_line(said: QueryDict, *, by: str, at: datetime) -> str:
    line_id, do = said.get("line", ""), said.get("do")
    if do == "assign":
        line = bank_desk.assign(line_id=line_id, key=said.get("payment", ""), by=by, at=at)
        return f"The line is about {line.payment_id}."
    if do == "aside":
        bank_desk.set_aside(line_id=line_id, by=by)
        return "The line is put aside: it is about no payout."
    if do == "take_back":
        bank_desk.take_back(line_id=line_id, by=by, at=at)
        return "What followed from the line is taken back."
    return "Nothing was done."


def _shown(row: BankFile) -> dict[str, Any]:
    history = [
        ("made", row.made_by, row.created_at),
        ("approved", row.approved_by, row.approved_at),
        ("sent", row.sent_by, row.sent_at),
        ("answered", "the bank", row.acknowledged_at),
        ("canceled", row.canceled_by, row.canceled_at),
    ]
    if row.kind != bank_files.PAYMENTS:
        history = [("read", row.made_by, row.created_at)]
    return {
        "id": row.id,
        "page": page_of("processors_bankfile", row.id),
        "name": row.name,
        "kind": {"payments": "Payments", "report": "Status report"}.get(row.kind, "Statement"),
        "status": row.status,
        "mode": "live" if row.livemode else "test",
        "total": str(Money(row.total_amount, "eur")) if row.payment_count else "",
        "count": row.payment_count,
        "on": row.execution_date,
        "said": row.said,
        "is_for_the_bank": queries.may_be_given_out(row),
        "history": [(what, who, when) for what, who, when in history if when],
    }


def _line(row: BankLine) -> dict[str, Any]:
    return {
        "id": row.id,
        "page": page_of("processors_bankline", row.id),
        "amount": str(Money(row.amount, row.currency)),
        "day": row.booked_on,
        "mode": "live" if row.file.livemode else "test",
        "who": row.counterparty or "—",
        "text": row.text or row.end_to_end_id or row.key,
        "matched": row.payment_id or _MATCHED.get(row.matched_by, ""),
        "how": row.matched_who or row.matched_by,
        "suggestions": []
        if row.matched_by
        else [
            (one.key, page_of("processors_bankpayment", one.key), one.payee, score)
            for one, score in queries.suggestions(row)
        ],
    }
