"""The queues of the installation: files for banks, approvals, endpoints and the books."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from accounts.approvals import recovery
from accounts.models import ApprovalRequest
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
    parts = [f"{plural(unapproved, 'file', 'files')} to approve"] if unapproved else []
    for count, total in queued:
        amount = listed([(total, "eur")])
        parts.append(f"{plural(count, 'payment', 'payments')} for the next file ({amount})")
    return card(
        "Bank files",
        reverse("admin:connect_bank_files"),
        unapproved + sum(count for count, _ in queued),
        f"{', '.join(parts)}.",
        empty="Nothing waits for a bank.",
    )


def approvals(request: HttpRequest, at: datetime) -> Card:
    """Count what waits for a second person."""
    waiting = ApprovalRequest.objects.filter(state=ApprovalState.WAITING, expires_at__gt=at)
    rows = visible(request, waiting | recovery.unknown(at=at)).order_by("expires_at")
    found = list(rows.values_list("state", "expires_at")[: MOST + 1])
    ends = [end for state, end in found if state == ApprovalState.WAITING]
    unknown = len(found) - len(ends)
    parts = [f"The first ends in {format_duration(ends[0] - at)}."] if ends else []
    if unknown:
        parts.append(f"Of {unknown} nobody knows whether it was done: look at it.")
    return card(
        "Approvals",
        reverse("admin:accounts_approvals"),
        len(found),
        " ".join(parts),
        empty="Nothing waits for a second person.",
    )


def endpoints(request: HttpRequest, at: datetime) -> Card:
    """Count the endpoints that answer badly."""
    rows = webhooks.failing_endpoints(webhooks.all_endpoints(), at=at)
    return card(
        "Failing endpoints",
        f"{reverse('admin:webhooks_endpoint_changelist')}?failing=1",
        count_up_to(visible(request, rows), MOST),
        "Events are tried again, or wait, or are not sent, for how they answered.",
        empty="Every endpoint takes its events.",
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
    way = f" Money has been on its way for {format_duration(at - oldest)}." if oldest else ""
    if run is None or run.ended_at is None:
        note = "Nobody has checked them yet: it happens every night."
        return Card("The books", page, "not checked", f"{note}{way}", Level.WAITING)
    when = f"{format_duration(at - run.ended_at)} ago, {run.ended_at:%-d %b, %H:%M} UTC"
    if run.findings:
        found = plural(run.findings, "finding", "findings")
        note = f"Checked {when}. They do not balance.{way}"
        return Card("The books", page, found, note, Level.BAD)
    is_old = run.ended_at < at - _CHECKED_EVERY
    note = f"Last checked {when}{', not last night' if is_old else ''}.{way}"
    level = Level.WAITING if is_old or is_stuck else Level.QUIET
    return Card("The books", page, "balanced", note, level)
