"""Asking for a part of the books as a file: with a second factor, recorded, in the background."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.people.step_up import step_up
from console.books import overview
from console.books.forms import ExportForm, StatementForm, TrialForm, begin
from console.books.writing import (
    BEANCOUNT,
    LEDGER,
    PERMISSION,
    STATEMENT,
    TRIAL_BALANCE,
)
from console.exports import services
from core.security.roles import has_right
from core.security.visibility import livemode_of


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Ask for a file of the general ledger, a statement or a trial balance."""
    if not (has_right(request.user, "export") and request.user.has_perm(PERMISSION)):
        raise PermissionDenied
    return _export(request)


@step_up()
def _export(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    match request.POST.get("what"):
        case "ledger":
            form = ExportForm(request.POST)
            if not form.is_valid():
                return overview.show(request, form)
            found = form.cleaned_data
            name = BEANCOUNT if found["form"] == "beancount" else LEDGER
            span = begin(found["first"]), min(begin(found["last"]) + timedelta(days=1), at)
            return _ask(request, name, *span, at=at)
        case "statement" if (statement := StatementForm(request.POST)).is_valid():
            start, end = statement.span()
            whose = {key: statement.cleaned_data[key] for key in ("owner", "currency", "code")}
            return _ask(request, STATEMENT, start, min(end, at), at=at, **whose)
        case "trial-balance" if (trial := TrialForm(request.POST)).is_valid():
            moment = trial.moment(at)
            return _ask(request, TRIAL_BALANCE, moment, moment, at=at)
    messages.error(request, gettext("Nothing was exported: use a button of this page."))
    return redirect("admin:console_books")


def _ask(
    request: HttpRequest, name: str, start: datetime, end: datetime, *, at: datetime, **more: str
) -> HttpResponse:
    livemode = "true" if livemode_of(request) else "false"
    asked = {"from": start.isoformat(), "to": end.isoformat(), "livemode": livemode, **more}
    try:
        services.create_written(
            user_id=str(request.user.pk), name=name, query=urlencode(asked), at=at
        )
    except services.TooMany:
        most = services.MOST_AT_ONCE
        messages.error(
            request,
            gettext("%(most)s of your exports are under way. Wait until one is done.")
            % {"most": most},
        )
    return redirect("admin:console_exports")
