"""The operators' page of bank files."""

from datetime import datetime
from typing import Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.audit import trail
from accounts.models import User
from accounts.people.step_up import step_up
from connect.payouts.services.attempts import bank_files as payout_files
from core.database.transactions import atomic
from core.errors import InvalidRequest, RialtoError
from core.money import Money
from processors.sepa.services import bank_files, operator_rows, queries

_MOST_SHOWN: Final = 50
_MOST_MATCHED: Final = 20
_MOST_BYTES: Final = 32 * 1_048_576


@step_up(only_posts=True)
def files(request: HttpRequest) -> HttpResponse:
    """Show queued payments, files with their makers and approvers, and unmatched lines."""
    if not request.user.has_perm("processors.view_bankfile"):
        raise PermissionDenied
    if request.method == "POST":
        return _handle(request)
    lines, has_more = operator_rows.unmatched_lines(_MOST_SHOWN)
    context = admin.site.each_context(request) | {
        "title": "Bank files",
        "waiting": [
            (
                "live" if livemode else "test",
                "true" if livemode else "false",
                count,
                str(Money(total, "eur")),
            )
            for livemode, count, total in queries.waiting()
        ],
        "files": operator_rows.latest_files(_MOST_SHOWN),
        "lines": lines,
        "has_more": has_more,
        "matched": operator_rows.matched_lines(_MOST_MATCHED),
        "may_change": request.user.has_perm("processors.change_bankfile"),
    }
    return TemplateResponse(request, "admin/connect/bank_files.html", context)


@step_up()
def download(request: HttpRequest, file_id: str) -> HttpResponse:
    """Download a file as it was written: the same bytes every time."""
    if not request.user.has_perm("processors.change_bankfile"):
        raise PermissionDenied
    try:
        row = queries.for_the_bank(file_id)
    except InvalidRequest as error:
        messages.error(request, str(error))
        return redirect("admin:connect_bank_files")
    # Whoever has it can hand it to the bank.
    with atomic():
        trail.record("bank_file.downloaded", row)
    response = HttpResponse(bytes(row.content), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{row.name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _handle(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("processors.change_bankfile"):
        raise PermissionDenied
    try:
        messages.success(request, _perform(request))
    except RialtoError as error:
        messages.error(request, str(error))
    return redirect("admin:connect_bank_files")


def _perform(request: HttpRequest) -> str:
    """Carry a form out, and return the message for its sender."""
    form = request.POST
    if form.get("do") in ("make", "take"):
        return _make_or_import(request)
    if form.get("line"):
        return _decide_line(form, by=request.user.get_username(), at=timezone.now())
    steps = {
        "approve": bank_files.approve,
        "sent": bank_files.mark_sent,
        "cancel": bank_files.cancel,
    }
    if step := steps.get(form.get("do", "")):
        row = step(file_id=form.get("file", ""), by=_operator(request), at=timezone.now())
        return f"{row.name} is {row.status}."
    return "Nothing was done."


def _operator(request: HttpRequest) -> User:
    # `BrowserOnly` and the admin let nobody else in.
    assert isinstance(request.user, User)
    return request.user


def _make_or_import(request: HttpRequest) -> str:
    at, by, mode = timezone.now(), request.user.get_username(), request.POST.get("livemode")
    if mode not in ("true", "false"):
        return "Nothing was done: say whether it is about live or test mode."
    livemode = mode == "true"
    if request.POST.get("do") == "make":
        file = bank_files.make(livemode=livemode, by=_operator(request), at=at)
        return f"{file.name} was made." if file else "Nothing waits."
    upload = request.FILES.get("content")
    if upload is None or (upload.size or 0) > _MOST_BYTES:
        return "Choose a file of up to 32 MB."
    result = payout_files.import_file(
        content=upload.read(), name=upload.name or "", livemode=livemode, by=by, at=at
    )
    return f"{result.file.name}: {result.summary()}."


def _decide_line(form: QueryDict, *, by: str, at: datetime) -> str:
    line_id, do = form.get("line", ""), form.get("do")
    if do == "assign":
        payment = form.get("payment", "")
        payout_files.assign(line_id=line_id, key=payment, by=by, at=at)
        return f"The line is about {payment}."
    if do == "aside":
        payout_files.set_aside(line_id=line_id, by=by)
        return "The line is put aside: it is about no payout."
    if do == "take_back":
        payout_files.undo_match(line_id=line_id, by=by, at=at)
        return "What followed from the line is taken back."
    return "Nothing was done."
