"""What is paid out next: what waits to be sent, and when the next run is."""

from datetime import date
from typing import Final

from django.db.models import Count, Min, Sum
from django.http import HttpRequest

from connect.payouts import queries as payouts
from console.home.cards import MOST, listed, plural
from core.database.lookups import count_up_to
from core.security.visibility import visible

_PERMISSION: Final = "connect.view_payout"


def describe(request: HttpRequest) -> list[str]:
    """Return sentences about the next payouts, of what the person may see; empty if none."""
    if not request.user.has_perm(_PERMISSION):
        return []
    rows = visible(request, payouts.to_send()).order_by("currency").values_list("currency")
    found = list(rows.annotate(Count("id"), Sum("amount"), Min("arrival_date")))
    sentences = []
    if found:
        number = sum(count for _, count, _, _ in found)
        amounts = listed((total, currency) for currency, _, total, _ in found)
        first = min(day for _, _, _, day in found)
        waits = "waits" if number == 1 else "wait"
        sentences.append(
            f"{number} {'payout' if number == 1 else 'payouts'} of {amounts} {waits} to be sent; "
            f"the first arrives on {first:%-d %b}."
        )
    schedules = visible(request, payouts.scheduled())
    day: date | None = schedules.values_list("next_on", flat=True).first()
    if day:
        accounts = plural(count_up_to(schedules.filter(next_on=day), MOST), "account", "accounts")
        sentences.append(f"The next run is on {day:%-d %b}, for up to {accounts}.")
    return sentences or ["No payout waits to be sent, and no schedule pays by itself."]
