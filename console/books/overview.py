"""The page of the books: do they add up, which days are closed, and what can be taken along."""

from datetime import datetime
from typing import Final

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.audit import trail
from console.books.forms import ExportForm, StatementForm, TrialForm
from console.books.writing import PERMISSION
from core.admin import page_of
from core.database.transactions import atomic
from core.durations import format_duration
from core.security.roles import has_right
from core.types import JsonObject
from ledger.audit import runs, verify
from ledger.audit.runs import Run
from ledger.reporting import history
from ledger.rollups import snapshots

_MOST_RUNS: Final = 10


@permission_required(PERMISSION, raise_exception=True)
def books(request: HttpRequest) -> HttpResponse:
    """Show the state of the books, ask for all checks, or close the days that are over."""
    if request.method != "POST":
        return show(request, ExportForm())
    match request.POST.get("do"):
        case "verify_books" if has_right(request.user, "books.verify"):
            _ask_for_checks(request)
        case "close_days" if has_right(request.user, "books.close"):
            _close_days(request)
        case "verify_books" | "close_days":
            messages.error(request, gettext("Nothing was done: your role may not do this."))
        case _:
            messages.error(request, gettext("Nothing was done: use a button of this page."))
    return redirect("admin:console_books")


def show(request: HttpRequest, form: ExportForm) -> HttpResponse:
    """Show the page, with the form of exports as it was filled in."""
    at = timezone.now()
    running = runs.under_way(at=at)
    context = admin.site.each_context(request) | {
        "title": gettext("The books"),
        "running": _progress(running, at) if running else None,
        "runs": [_render(run, at) for run in runs.latest(_MOST_RUNS) if run != running],
        "closed_through": history.closed_through(),
        "form": form,
        "trial_form": TrialForm(),
        "statement_form": StatementForm(initial={"month": f"{at:%Y-%m}"}),
        "may_verify": has_right(request.user, "books.verify"),
        "may_close": has_right(request.user, "books.close"),
        "may_export": has_right(request.user, "export"),
    }
    return TemplateResponse(request, "admin/console/books.html", context)


def _ask_for_checks(request: HttpRequest) -> None:
    try:
        with atomic():
            run = runs.ask(by=request.user.get_username(), at=timezone.now())
            trail.record("books.checked", target=("ledger.verifyrun", str(run.id)))
    except runs.UnderWay:
        messages.warning(request, gettext("The books are being checked already."))
    else:
        messages.success(
            request, gettext("The books are being checked. This page says how far it is.")
        )


def _close_days(request: HttpRequest) -> None:
    before = history.closed_through()
    closed = snapshots.write_snapshots()
    with atomic():
        trail.record(
            "days.closed",
            target=("ledger.snapshot", str(closed or "")),
            changes={"closed through": (before, closed)},
        )
    if closed is None or closed == before:
        through = (
            gettext("Closed through %(closed)s.") % {"closed": closed}
            if closed
            else gettext("No day is closed.")
        )
        messages.info(request, f"{gettext('No other day is over yet.')} {through}")
    else:
        messages.success(request, gettext("Closed through %(closed)s.") % {"closed": closed})


def _progress(run: Run, at: datetime) -> JsonObject:
    return {
        "done": run.checks,
        "all": len(verify.all_checks()),
        "is_waiting": run.is_waiting,
        "age": format_duration(at - run.began_at),
        "by": run.asked_by,
    }


def _render(run: Run, at: datetime) -> JsonObject:
    return {
        "page": page_of("ledger_verifyrun", str(run.id)),
        "began_at": run.began_at,
        "took": format_duration(run.ended_at - run.began_at) if run.ended_at else "",
        "is_cut_off": run.is_cut_off(at),
        "is_open": run.ended_at is None,
        "checks": run.checks,
        "findings": run.findings,
        "since": run.since,
        "by": run.asked_by,
    }
