"""The operators' page of the next payout run's forecast."""

from typing import Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Account
from connect import disabled_reasons
from connect.models import PayoutRun
from connect.payouts.hold_reasons import Hold, HoldReason
from connect.payouts.services import forecasts
from core.admin import page_of
from core.money import Money
from core.security.visibility import livemode_of
from core.types import JsonObject

MOST_SHOWN: Final = 100
# Why an account is not paid, for operators.
WORDS: Final = {
    HoldReason.NO_DESTINATION: "No external account takes {currency}.",
    HoldReason.DISABLED: "Payouts are disabled: {why}",
    HoldReason.PAUSED: "The last payout failed: {pause_reason}",
    HoldReason.MANUAL: "Payouts are made by hand.",
    HoldReason.NEGATIVE_BALANCE: "The balance is below zero: later payments make it good first.",
    HoldReason.BELOW_MINIMUM: "{too_little}",
    HoldReason.ERRORED_DESTINATION: "The external account could not be paid the last time.",
    HoldReason.DETACHED_DESTINATION: (
        "An application that is shut out added the external account: keep or remove it."
    ),
    HoldReason.NO_RAIL: "{error}",
    HoldReason.ILLIQUID: (
        "Where the money is held there is too little ({location}): {missing} are missing."
    ),
}
# Why a balance pays nothing, by what it falls short of.
TOO_LITTLE: Final = {
    "all": "Nothing is available.",
    "minimum": "All that is available stays: the least balance is {stays}.",
    "step": "Less is available than a payout can be.",
    "age": "What is available was earned in the last {days} days, and waits for so long.",
}
WHY_DISABLED: Final = disabled_reasons.WORDS | {"closed": "the account is closed."}


def preview(request: HttpRequest) -> HttpResponse:
    """Show the payouts of the next run, before any money moves."""
    if not request.user.has_perm("connect.view_payoutrun"):
        raise PermissionDenied
    livemode = livemode_of(request)
    at = timezone.now()
    found = forecasts.preview(livemode=livemode, at=at, most=MOST_SHOWN)
    ids = {forecast.account_id for _, forecast in found}
    names = dict(Account.objects.filter(id__in=ids).values_list("id", "name"))
    totals: dict[str, int] = {}
    for _, forecast in found:
        totals[forecast.currency] = totals.get(forecast.currency, 0) + forecast.amount
    rows: list[JsonObject] = [
        {
            "account": names[forecast.account_id] or forecast.account_id,
            "id": forecast.account_id,
            "page": page_of("accounts_account", forecast.account_id),
            "amount": str(Money(forecast.amount, forecast.currency)) if forecast.amount else "",
            "usable": str(Money(forecast.usable, forecast.currency)),
            "target": str(forecast.target or ""),
            "reason": explain(forecast.hold, forecast.currency) if forecast.hold else "",
            "day": day,
        }
        for day, forecast in found
    ]
    context = admin.site.each_context(request) | {
        "title": gettext("The next payouts"),
        "rows": rows,
        "totals": [str(Money(amount, currency)) for currency, amount in totals.items() if amount],
        "livemode": livemode,
        "has_more": len(ids) >= MOST_SHOWN,
        "most": MOST_SHOWN,
        "running": PayoutRun.objects.filter(livemode=livemode, finished_at=None).first(),
    }
    return TemplateResponse(request, "admin/connect/next_payouts.html", context)


def explain(hold: Hold, currency: str) -> str:
    """Explain to operators why an account is not paid in a currency."""
    facts = hold.facts
    code = facts.get("disabled_reason", "")
    why = facts.get("message") or gettext(WHY_DISABLED.get(code, disabled_reasons.SOMETHING))
    too_little = TOO_LITTLE[facts.get("short_of", "all")]
    too_little = gettext(too_little).format_map(facts)
    words = gettext(WORDS[hold.reason])
    return words.format(currency=currency, why=why, too_little=too_little, **facts)
