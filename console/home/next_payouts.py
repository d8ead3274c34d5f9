"""What is paid out next: what waits to be sent, and when the next run is."""

from datetime import date
from typing import Final

from django.db.models import Count, Min, Sum
from django.http import HttpRequest
from django.utils import dateformat
from django.utils.translation import gettext

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
        sentences.append(
            gettext(
                "%(count)s payout of %(amounts)s waits to be sent; the first arrives on %(day)s."
                if number == 1
                else "%(count)s payouts of %(amounts)s wait to be sent; "
                "the first arrives on %(day)s."
            )
            % {"count": number, "amounts": amounts, "day": dateformat.format(first, "j M")}
        )
    schedules = visible(request, payouts.scheduled())
    day: date | None = schedules.values_list("next_on", flat=True).first()
    if day:
        count = count_up_to(schedules.filter(next_on=day), MOST)
        accounts = plural(count, gettext("account"), gettext("accounts"))
        sentences.append(
            gettext("The next run is on %(day)s, for up to %(accounts)s.")
            % {"day": dateformat.format(day, "j M"), "accounts": accounts}
        )
    return sentences or [gettext("No payout waits to be sent, and no schedule pays by itself.")]
