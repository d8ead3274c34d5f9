"""The queues of the installation: files for banks, approvals, endpoints and the books."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext

from accounts.approvals import recovery
from accounts.models import ApprovalRequest, SecurityAlarm
from accounts.states import ApprovalState
from console.home.cards import MOST, Card, Level, card, listed, plural
from console.models import ClearingAge
from core.database.lookups import count_up_to
from core.durations import format_duration
from core.security.visibility import livemode_of, visible
from ledger.audit import runs
from processors.sepa.services import queries as bank_files
from webhooks import queries as webhooks

# Every night, and some hours for a night that was long.
_CHECKED_EVERY: Final = timedelta(hours=30)
# Banks and processors take days; what takes longer is looked at.
_CLEARED_WITHIN: Final = timedelta(days=7)


def files(request: HttpRequest, _: datetime) -> Card:
    """Count the payments that no file has, and the files that nobody has approved."""
    livemode = livemode_of(request)
    queued = [(n, total) for mode, n, total in bank_files.waiting() if mode == livemode]
    unapproved = bank_files.count_unapproved(livemode=livemode)
    parts = []
    if unapproved:
        of = plural(unapproved, gettext("file"), gettext("files"))
        parts.append(gettext("%(files)s to approve") % {"files": of})
    for count, total in queued:
        words = {
            "payments": plural(count, gettext("payment"), gettext("payments")),
            "amount": listed([(total, "eur")]),
        }
        parts.append(gettext("%(payments)s for the next file (%(amount)s)") % words)
    return card(
        gettext("Bank files"),
        reverse("admin:connect_bank_files"),
        unapproved + sum(count for count, _ in queued),
        gettext("%(waiting)s.") % {"waiting": ", ".join(parts)},
        empty=gettext("Nothing waits for a bank."),
    )


def approvals(request: HttpRequest, at: datetime) -> Card:
    """Count what waits for a second person."""
    waiting = ApprovalRequest.objects.filter(state=ApprovalState.WAITING, expires_at__gt=at)
    rows = visible(request, waiting | recovery.unknown(at=at)).order_by("expires_at")
    found = list(rows.values_list("state", "expires_at")[: MOST + 1])
    ends = [end for state, end in found if state == ApprovalState.WAITING]
    unknown = len(found) - len(ends)
    parts = []
    if ends:
        parts.append(
            gettext("The first ends in %(span)s.") % {"span": format_duration(ends[0] - at)}
        )
    if unknown:
        parts.append(
            gettext("Of %(count)s nobody knows whether it was done: look at it.")
            % {"count": unknown}
        )
    return card(
        gettext("Approvals"),
        reverse("admin:accounts_approvals"),
        len(found),
        " ".join(parts),
        empty=gettext("Nothing waits for a second person."),
    )


def alarms(request: HttpRequest, at: datetime) -> Card:
    """Count the security alarms that nobody has acknowledged."""
    rows = SecurityAlarm.objects.filter(acknowledged_at=None)
    return card(
        gettext("Security alarms"),
        reverse("admin:accounts_securityalarm_changelist"),
        count_up_to(visible(request, rows), MOST),
        gettext("Something unusual was seen: look at what it was."),
        empty=gettext("Nothing unusual was seen."),
        level=Level.BAD,
    )


def endpoints(request: HttpRequest, at: datetime) -> Card:
    """Count the endpoints that answer badly."""
    rows = webhooks.failing_endpoints(webhooks.all_endpoints(), at=at)
    return card(
        gettext("Failing endpoints"),
        f"{reverse('admin:webhooks_endpoint_changelist')}?failing=1",
        count_up_to(visible(request, rows), MOST),
        gettext("Events are tried again, or wait, or are not sent, for how they answered."),
        empty=gettext("Every endpoint takes its events."),
        level=Level.BAD,
    )


def books(request: HttpRequest, at: datetime) -> Card:
    """Say when the books were checked last, what was found, and how old what is on its way is."""
    page, run = reverse("admin:console_books"), runs.last_result()
    since = ClearingAge.objects.filter(livemode=livemode_of(request)).values_list(
        "since", flat=True
    )
    oldest = since.first()
    is_stuck = oldest is not None and oldest < at - _CLEARED_WITHIN
    way = ""
    if oldest:
        span = format_duration(at - oldest)
        way = " " + gettext("Money has been on its way for %(span)s.") % {"span": span}
    if run is None or run.ended_at is None:
        note = gettext("Nobody has checked them yet: it happens every night.")
        return Card(
            gettext("The books"), page, gettext("not checked"), f"{note}{way}", Level.WAITING
        )
    when = gettext("%(span)s ago, %(moment)s") % {
        "span": format_duration(at - run.ended_at),
        "moment": f"{dateformat.format(run.ended_at, 'j M, H:i')} UTC",
    }
    if run.findings:
        found = plural(run.findings, gettext("finding"), gettext("findings"))
        note = gettext("Checked %(when)s. They do not balance.") % {"when": when} + way
        return Card(gettext("The books"), page, found, note, Level.BAD)
    is_old = run.ended_at < at - _CHECKED_EVERY
    note = (
        gettext("Last checked %(when)s, not last night." if is_old else "Last checked %(when)s.")
        % {"when": when}
        + way
    )
    level = Level.WAITING if is_old or is_stuck else Level.QUIET
    return Card(gettext("The books"), page, gettext("balanced"), note, level)
