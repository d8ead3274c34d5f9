"""A statement of one account and month, to be looked at and taken along."""

from itertools import islice
from typing import Final

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from console.books.forms import StatementForm
from console.books.writing import PERMISSION
from console.words import code
from core.admin import page_of
from core.money import Money
from core.security.roles import has_right
from core.security.visibility import livemode_of
from core.types import JsonObject
from ledger.reporting import statements
from ledger.reporting.statements import Statement, StatementLine

MOST_SHOWN: Final = 200


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def statement(request: HttpRequest) -> HttpResponse:
    """Show every change of a balance in a month, with the balance before and after."""
    form = StatementForm(request.GET or None, initial={"month": f"{timezone.now():%Y-%m}"})
    found = _read(request, form) if form.is_bound and form.is_valid() else None
    context = admin.site.each_context(request) | {
        "title": gettext("Statement"),
        "form": form,
        "found": found,
        "most": MOST_SHOWN,
        "may_export": has_right(request.user, "export"),
        "asked": form.data if found else None,
    }
    return TemplateResponse(request, "admin/console/statement.html", context)


def _read(request: HttpRequest, form: StatementForm) -> JsonObject | None:
    """Read a statement; None with a complaint in the form if there is none."""
    asked, livemode = form.cleaned_data, livemode_of(request)
    start, end = form.span()
    try:
        with statements.statement(
            owner=asked["owner"],
            currency=asked["currency"],
            livemode=livemode,
            start=start,
            end=end,
            code=asked["code"] or None,
        ) as found:
            return _render(found)
    except statements.NoLedgerAccount:
        mode = gettext("test") if livemode else gettext("live")
        form.add_error(
            "owner",
            gettext("Nothing was posted for it here. Is it in %(mode)s mode?") % {"mode": mode},
        )
    except statements.DoesNotAddUp:
        form.add_error(
            None, gettext("The lines do not lead to the closing balance: check the books.")
        )
    return None


def _render(found: Statement) -> JsonObject:
    currency = found.currency
    lines = list(islice(found.lines, MOST_SHOWN + 1))
    return {
        "owner": found.owner,
        "currency": currency,
        "start": found.start,
        "end": found.end,
        "opening": str(Money(found.opening, currency)),
        "closing": str(Money(found.closing, currency)),
        "is_final": found.is_final,
        "lines": [_line(line, currency) for line in lines[:MOST_SHOWN]],
        "has_more": len(lines) > MOST_SHOWN,
    }


def _line(line: StatementLine, currency: str) -> JsonObject:
    posting = line.posting
    return {
        "at": posting.posted_at,
        "what": code(posting.kind),
        "page": page_of("ledger_journalentry", posting.entry_id),
        "source": posting.source,
        "bucket": code(posting.code),
        "debit": str(Money(posting.debit, currency)) if posting.debit else "",
        "credit": str(Money(posting.credit, currency)) if posting.credit else "",
        "balance": str(Money(line.balance, currency)),
    }
