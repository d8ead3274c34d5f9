"""The queues of payments, sellers and money, each counted in a bounded query or two."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from connect.onboarding import account_queries
from connect.payouts import queries as payouts
from console.home.cards import MOST, Card, Level, card, listed, plural
from core.database.lookups import count_up_to
from core.durations import format_duration
from core.security.roles import standing_of
from core.security.visibility import livemode_of, visible
from ledger.reporting import negative_balances
from payments.disputes import queries as disputes
from payments.inbound import queries as inbound

# An answer takes its time, and so does who brings the papers.
_SOON: Final = timedelta(days=3)


def disputes_due(request: HttpRequest, at: datetime) -> Card:
    """Count the disputes without an answer, with the nearest deadline."""
    rows = visible(request, disputes.unanswered())
    found = list(rows.values_list("status", "due_at")[: MOST + 1])
    of = [status for status, _ in found]
    first = "needs_response" if "needs_response" in of else "warning_needs_response"
    due = [moment for _, moment in found if moment]
    is_soon = bool(due) and due[0] <= at + _SOON
    return card(
        "Disputes to answer",
        f"{reverse('admin:payments_dispute_changelist')}?status={first}",
        len(found),
        _deadline(due[0], at) if due else "None of them has a deadline.",
        empty="No dispute waits for an answer.",
        level=Level.BAD if is_soon else Level.WAITING,
    )


def _deadline(due: datetime, at: datetime) -> str:
    if due <= at:
        return f"The first deadline has passed: {due:%-d %b, %H:%M} UTC."
    return f"The first is due in {format_duration(due - at)}: {due:%-d %b, %H:%M} UTC."


def payouts_failed(request: HttpRequest, _: datetime) -> Card:
    """Count the payouts that failed and that nobody has dealt with."""
    return card(
        "Failed payouts",
        reverse("admin:connect_payouts_to_look_at"),
        count_up_to(visible(request, payouts.failed()), MOST),
        "Sellers wait for money that came back.",
        empty="No payout waits for anybody.",
        level=Level.BAD,
    )


def unknown(request: HttpRequest, at: datetime) -> Card:
    """Count the requests whose outcome no processor has said, with the age of the oldest."""
    rows = visible(request, inbound.unresolved())
    found = list(rows.values_list("sent_at", flat=True)[: MOST + 1])
    return card(
        "Unknown requests",
        reverse("admin:payments_unknown"),
        len(found),
        f"The oldest has waited for {format_duration(at - found[0])}." if found else "",
        empty="Processors have answered everything.",
        level=Level.BAD,
    )


def sellers(request: HttpRequest, _: datetime) -> Card:
    """Count the people and companies to verify, and the sellers who are restricted."""
    people, companies, stuck = (
        count_up_to(visible(request, account_queries.people_to_verify()), MOST),
        count_up_to(visible(request, account_queries.companies_to_verify()), MOST),
        count_up_to(visible(request, account_queries.restricted_accounts()), MOST),
    )
    parts = [f"{plural(people + companies, 'verification', 'verifications')} to decide"]
    parts += [f"{plural(stuck, 'seller', 'sellers')} stuck on requirements"]
    return card(
        "Sellers to look at",
        reverse("admin:connect_sellers_to_look_at"),
        people + companies + stuck,
        f"{', '.join(parts)}.",
        empty="Nobody is to be verified, and nobody is stuck.",
    )


def negative(request: HttpRequest, _: datetime) -> Card:
    """Count the balances below zero, with their sum."""
    standing = standing_of(request.user)
    found = negative_balances.totals(
        livemode=livemode_of(request), platform_id=standing.platform_id if standing else ""
    )
    return card(
        "Negative balances",
        reverse("admin:connect_negative_balances"),
        sum(owed.count for owed in found),
        f"{listed((owed.amount, owed.currency) for owed in found)} owed." if found else "",
        empty="Nobody owes anything.",
    )
