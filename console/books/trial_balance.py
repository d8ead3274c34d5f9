"""The trial balance at the end of a day: each line of the chart, and totals that must be equal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from console.books.forms import TrialForm
from console.books.writing import PERMISSION
from core.money import Money
from core.security.roles import has_right
from core.security.visibility import livemode_of
from ledger.chart import CHART
from ledger.reporting import statements
from ledger.reporting.statements import TrialBalance


@dataclass(slots=True)
class Sheet:
    """The trial balance of one currency.

    Args:
        currency: Lower-case ISO code.
        lines: Code, what it means, how many accounts, debits and credits.
        debit: In all.
        credit: In all.
        difference: Empty if both are equal.
    """

    currency: str
    lines: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    debit: str = ""
    credit: str = ""
    difference: str = ""


@require_safe
@permission_required(PERMISSION, raise_exception=True)
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Show what all ledger accounts held together, line by line of the chart."""
    form = TrialForm(request.GET)
    at = timezone.now()
    moment = form.moment(at) if form.is_valid() else at
    trial = statements.trial_balance(at=moment, livemode=livemode_of(request))
    context = admin.site.each_context(request) | {
        "title": gettext("Trial balance"),
        "form": form,
        "moment": moment,
        "is_final": trial.is_final,
        "sheets": _sheets(trial),
        "may_export": has_right(request.user, "export"),
        "day": request.GET.get("at", "") if form.is_valid() else "",
    }
    return TemplateResponse(request, "admin/console/trial_balance.html", context)


def _sheets(trial: TrialBalance) -> list[Sheet]:
    sums: dict[tuple[str, str], list[int]] = {}
    for row in trial.accounts:
        sides = sums.setdefault((row.currency, row.code), [0, 0, 0])
        for at, amount in enumerate((1, row.debit, row.credit)):
            sides[at] += amount
    return [
        _sheet(currency, sums, debits, credits)
        for (_, currency), (debits, credits) in sorted(trial.totals().items())
    ]


def _sheet(
    currency: str, sums: Mapping[tuple[str, str], list[int]], debits: int, credits: int
) -> Sheet:
    sheet = Sheet(currency, [], str(Money(debits, currency)), str(Money(credits, currency)))
    for code, line in CHART.items():
        if (currency, code) in sums:
            count, debit, credit = sums[currency, code]
            sides = [str(Money(amount, currency)) if amount else "" for amount in (debit, credit)]
            name, meaning = gettext(code.replace("_", " ")), gettext(line.meaning)
            sheet.lines.append((name, meaning, count, sides[0], sides[1]))
    if debits != credits:
        sheet.difference = str(Money(debits - credits, currency))
    return sheet
