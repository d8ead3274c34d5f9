"""The operators' page of bank files."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from accounts.audit import trail
from accounts.models import User
from accounts.operator_pages import returned
from accounts.operator_pages.reasons import optional_reason_of
from accounts.people.step_up import step_up
from connect.payouts.services.attempts import bank_files as payout_files
from core.database.transactions import atomic
from core.errors import InvalidRequest, Missing, RialtoError
from core.money import Money
from core.operator_pages.refusals import explain
from core.security.visibility import livemode_of
from core.types import JsonObject
from processors.sepa.services import bank_files, operator_rows, queries

_MOST_SHOWN: Final = 50
_MOST_MATCHED: Final = 20
_MOST_BYTES: Final = 32 * 1_048_576
_ACCEPTED: Final = ".xml,.sta,.swi,.txt,.940,.942,.mt940,.mt942,text/xml,application/xml,text/plain"
_OTHER_MODE: Final = gettext_lazy("It is of the other mode: switch, look again, and do it there.")
_NO_BUTTON: Final = gettext_lazy("Nothing was done: use a button of this page.")


@step_up(only_posts=True)
def files(request: HttpRequest) -> HttpResponse:
    """Show queued payments, files with their makers and approvers, and unmatched lines."""
    if not request.user.has_perm("processors.view_bankfile"):
        raise PermissionDenied
    mode = livemode_of(request)
    form = ReadForm(livemode=mode)
    if request.method == "POST":
        if not request.user.has_perm("processors.change_bankfile"):
            raise PermissionDenied
        if request.POST.get("do") != "take":
            return _handle(request)
        form = ReadForm(request.POST, request.FILES, livemode=mode)
        if _import(request, form):
            return redirect("admin:connect_bank_files")
    lines, has_more = operator_rows.unmatched_lines(_MOST_SHOWN, livemode=mode)
    context = admin.site.each_context(request) | {
        "title": gettext("Bank files"),
        "form": form,
        "waiting": [
            (
                gettext("live") if livemode else gettext("test"),
                "true" if livemode else "false",
                count,
                str(Money(total, "eur")),
            )
            for livemode, count, total in queries.waiting()
            if livemode == mode
        ],
        "files": operator_rows.latest_files(_MOST_SHOWN, livemode=mode),
        "lines": lines,
        "has_more": has_more,
        "matched": operator_rows.matched_lines(_MOST_MATCHED, livemode=mode),
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
        _check_mode(request, livemode=row.livemode)
    except Missing:
        messages.error(request, gettext("There is no such file for the bank."))
        return redirect("admin:connect_bank_files")
    except InvalidRequest as error:
        messages.error(request, explain(error))
        return redirect("admin:connect_bank_files")
    # Whoever has it can hand it to the bank.
    with atomic():
        trail.record("bank_file.downloaded", row)
    response = HttpResponse(bytes(row.content), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{row.name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class ReadForm(forms.Form):
    """What is asked of whoever reads a bank's file."""

    content = forms.FileField(
        label=gettext_lazy("pain.002, camt.052, camt.053, camt.054, MT940 or MT942"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": _ACCEPTED}),
        error_messages={"required": gettext_lazy("Choose a file of up to 32 MB.")},
    )
    # That of the page on which the file was chosen.
    livemode = forms.ChoiceField(
        choices=[("true", gettext_lazy("live")), ("false", gettext_lazy("test"))],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, livemode: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["livemode"].initial = self.mode = "true" if livemode else "false"

    def clean(self) -> JsonObject:
        """Refuse a file that was chosen while the page showed the other mode."""
        cleaned: JsonObject = super().clean() or self.cleaned_data
        if cleaned.get("livemode") != self.mode:
            self.errors.pop("livemode", None)
            self.add_error("content", str(_OTHER_MODE))
            # What is shown now is of this mode.
            self.data = QueryDict(f"livemode={self.mode}")
        return cleaned

    def clean_content(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large to be read."""
        content: UploadedFile[bytes] = self.cleaned_data["content"]
        if (content.size or 0) > _MOST_BYTES:
            raise forms.ValidationError(gettext("Choose a file of up to 32 MB."))
        return content


def _import(request: HttpRequest, form: ReadForm) -> bool:
    """Read a file; False if the form is shown again, with what is wrong."""
    if form.is_valid():
        content = form.cleaned_data["content"]
        try:
            result = payout_files.import_file(
                content=content.read(),
                name=content.name or "",
                livemode=form.cleaned_data["livemode"] == "true",
                by=request.user.get_username(),
                at=timezone.now(),
            )
        except RialtoError as error:
            form.add_error("content", explain(error))
        else:
            messages.success(request, f"{result.file.name}: {result.summary()}.")
            return True
    messages.error(request, gettext("Nothing was read: see below."))
    return False


def _handle(request: HttpRequest) -> HttpResponse:
    try:
        optional_reason_of(request)
        messages.success(request, _perform(request))
    except RialtoError as error:
        returned.keep(request)
        messages.error(request, explain(error))
    return redirect("admin:connect_bank_files")


def _perform(request: HttpRequest) -> str:
    """Carry a form out, and return the message for its sender."""
    form = request.POST
    if form.get("do") == "make":
        return _make(request)
    if line_id := form.get("line"):
        _check_mode(request, livemode=operator_rows.mode_of_line(line_id))
        return _decide_line(form, by=request.user.get_username(), at=timezone.now())
    steps = {
        "approve": bank_files.approve,
        "sent": bank_files.mark_sent,
        "cancel": bank_files.cancel,
    }
    if step := steps.get(form.get("do", "")):
        _check_mode(request, livemode=operator_rows.mode_of_file(form.get("file", "")))
        row = step(file_id=form.get("file", ""), by=_operator(request), at=timezone.now())
        return gettext("%(id)s is %(state)s.") % {
            "id": row.name,
            "state": gettext(row.status.replace("_", " ")),
        }
    raise InvalidRequest(str(_NO_BUTTON), param="do")


def _check_mode(request: HttpRequest, *, livemode: bool | None) -> None:
    """Refuse what is of the other mode than the page shows; None is of none.

    Raises:
        InvalidRequest: If it is.
    """
    if livemode not in (None, livemode_of(request)):
        raise InvalidRequest(str(_OTHER_MODE), param="livemode")


def _operator(request: HttpRequest) -> User:
    # `BrowserOnly` and the admin let nobody else in.
    assert isinstance(request.user, User)
    return request.user


def _make(request: HttpRequest) -> str:
    mode = request.POST.get("livemode")
    if mode not in ("true", "false"):
        raise InvalidRequest(
            gettext("Say whether it is about live or test mode."), param="livemode"
        )
    _check_mode(request, livemode=mode == "true")
    file = bank_files.make(livemode=mode == "true", by=_operator(request), at=timezone.now())
    if file is None:
        raise InvalidRequest(gettext("No file was made: nothing waits."), param="livemode")
    return gettext("%(name)s was made.") % {"name": file.name}


def _decide_line(form: QueryDict, *, by: str, at: datetime) -> str:
    line_id, do = form.get("line", ""), form.get("do")
    if do == "assign":
        payment = form.get("payment", "")
        payout_files.assign(line_id=line_id, key=payment, by=by, at=at)
        return gettext("The line is about %(payment)s.") % {"payment": payment}
    if do == "aside":
        payout_files.set_aside(line_id=line_id, by=by)
        return gettext("The line is put aside: it is about no payout.")
    if do == "take_back":
        payout_files.undo_match(line_id=line_id, by=by, at=at)
        return gettext("What followed from the line is taken back.")
    raise InvalidRequest(str(_NO_BUTTON), param="do")
