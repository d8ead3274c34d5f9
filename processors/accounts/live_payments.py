"""The switch of live payments: while it is off, no real money is taken anew.

Processes hold it with the processor accounts, so a payment learns of it without asking. What was
begun before goes on: captures, voids, refunds, disputes and payouts know no switch.
"""

from datetime import datetime

from django.conf import settings

from accounts.audit import trail
from accounts.models import ConfigurationVersion
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.security import actor
from processors.models import LivePayments


def page() -> str:
    """Return the address of the page on which it is switched."""
    return f"{settings.PUBLIC_URL}/admin/live/"


def read() -> LivePayments:
    """Return the switch."""
    return LivePayments.objects.get()


def switch(*, is_on: bool, reason: str, at: datetime) -> LivePayments:
    """Take live payments from now on, or take no more, in all processes.

    Raises:
        InvalidRequest: If it is so already, or nobody says why.
    """
    why = reason.strip()
    if not why:
        raise InvalidRequest("Say why: it is kept with what was done.", param="reason")
    with atomic():
        row = lock_rows(LivePayments.objects.all()).get()
        word = "on" if is_on else "off"
        if row.is_on is is_on:
            raise InvalidRequest(f"Live payments are {word} already.", param="is_on")
        who = actor.current()
        row.is_on, row.reason, row.changed_at = is_on, why[:1_000], at
        row.changed_by = who.email or who.name or who.kind
        row.save()
        changes = {"is_on": (not is_on, is_on)}
        trail.record(f"live_payments.{word}", row, changes=changes, reason=why)
        ConfigurationVersion.bump()
    return row
