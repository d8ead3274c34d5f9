"""The queues of payments, sellers and money, each counted in a bounded query or two."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext

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
from payments.unapplied import queries as unapplied_payments

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
        gettext("Disputes to answer"),
        f"{reverse('admin:payments_dispute_changelist')}?status={first}",
        len(found),
        _deadline(due[0], at) if due else gettext("None of them has a deadline."),
        empty=gettext("No dispute waits for an answer."),
        level=Level.BAD if is_soon else Level.WAITING,
    )


def _deadline(due: datetime, at: datetime) -> str:
    when = f"{dateformat.format(due, 'j M, H:i')} UTC"
    if due <= at:
        return gettext("The first deadline has passed: %(when)s.") % {"when": when}
    words = {"span": format_duration(due - at), "when": when}
    return gettext("The first is due in %(span)s: %(when)s.") % words


def payouts_failed(request: HttpRequest, _: datetime) -> Card:
    """Count the payouts that failed and that nobody has dealt with."""
    return card(
        gettext("Failed payouts"),
        reverse("admin:connect_payouts_to_look_at"),
        count_up_to(visible(request, payouts.failed()), MOST),
        gettext("Sellers wait for money that came back."),
        empty=gettext("No payout waits for anybody."),
        level=Level.BAD,
    )


def unknown(request: HttpRequest, at: datetime) -> Card:
    """Count the requests whose outcome no processor has said, with the age of the oldest."""
    rows = visible(request, inbound.unresolved())
    found = list(rows.values_list("sent_at", flat=True)[: MOST + 1])
    age = format_duration(at - found[0]) if found else ""
    return card(
        gettext("Unknown requests"),
        reverse("admin:payments_unknown"),
        len(found),
        gettext("The oldest has waited for %(span)s.") % {"span": age},
        empty=gettext("Processors have answered everything."),
        level=Level.BAD,
    )


def unapplied(request: HttpRequest, at: datetime) -> Card:
    """Count the payments that came too late and are nobody's yet, with the age of the oldest."""
    rows = visible(request, unapplied_payments.undecided())
    found = list(rows.values_list("created_at", flat=True)[: MOST + 1])
    age = format_duration(at - found[0]) if found else ""
    return card(
        gettext("Unapplied payments"),
        reverse("admin:payments_unapplied"),
        len(found),
        gettext("The oldest has waited for %(span)s.") % {"span": age},
        empty=gettext("Nobody has paid too late."),
    )


def sellers(request: HttpRequest, _: datetime) -> Card:
    """Count the people and companies to verify, and the sellers who are restricted."""
    people, companies, stuck = (
        count_up_to(visible(request, account_queries.people_to_verify()), MOST),
        count_up_to(visible(request, account_queries.companies_to_verify()), MOST),
        count_up_to(visible(request, account_queries.restricted_accounts()), MOST),
    )
    note = gettext("%(verifications)s to decide, %(sellers)s stuck on requirements.") % {
        "verifications": plural(
            people + companies, gettext("verification"), gettext("verifications")
        ),
        "sellers": plural(stuck, gettext("seller"), gettext("sellers")),
    }
    return card(
        gettext("Sellers to look at"),
        reverse("admin:connect_sellers_to_look_at"),
        people + companies + stuck,
        note,
        empty=gettext("Nobody is to be verified, and nobody is stuck."),
    )


def negative(request: HttpRequest, _: datetime) -> Card:
    """Count the balances below zero, with their sum."""
    standing = standing_of(request.user)
    found = negative_balances.totals(
        livemode=livemode_of(request), platform_id=standing.platform_id if standing else ""
    )
    amounts = listed((owed.amount, owed.currency) for owed in found)
    return card(
        gettext("Negative balances"),
        reverse("admin:connect_negative_balances"),
        sum(owed.count for owed in found),
        gettext("%(amounts)s owed.") % {"amounts": amounts},
        empty=gettext("Nobody owes anything."),
    )
