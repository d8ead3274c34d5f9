"""Holding payouts back for a while after their destination has changed, and telling its owner."""

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.models import Account, Membership
from connect import payout_queries, payout_resources
from connect.models import ExternalAccount, Payout
from connect.services import payout_schedules
from connect.services.movements import Movement
from connect.states import ExternalAccountStatus, PayoutStatus
from core import audit
from core.db import atomic, require_transaction
from core.errors import InvalidRequest, missing
from core.tenant import Tenant

logger = logging.getLogger(__name__)

# Who is told, beside the address of the account itself.
_TOLD: Final = ("owner", "admin")
_SOME: Final = 100


def is_change(tenant: Tenant) -> bool:
    """Tell whether an account that is about to be given a destination has had a good one before.

    What its bank refused was none: to put that right is not to send the money elsewhere.
    """
    had = ExternalAccount.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return had.exclude(status=ExternalAccountStatus.ERRORED).exists()


def begin(row: ExternalAccount, *, at: datetime) -> None:
    """Hold payouts to a destination from now on. For the transaction that writes the row.

    Args:
        row: New, or locked; its columns are set and not saved.
        at: The moment of the change.
    """
    require_transaction()
    wait = timedelta(seconds=settings.PAYOUTS_HELD_SECONDS)
    if not wait:
        return
    row.held_until, row.hold_told_at = at + wait, None
    Payout.objects.filter(
        destination_id=row.id, status=PayoutStatus.PENDING, send_at__lt=row.held_until
    ).update(send_at=row.held_until)


def check(row: ExternalAccount, *, method: str, at: datetime) -> None:
    """Refuse a payout that cannot wait until its destination's hold is over.

    Raises:
        InvalidRequest: If it is instant, or the destination waits for its owner's decision.
    """
    if row.left_at is not None:
        raise InvalidRequest(
            "This external account was added by an application that is shut out now. The "
            "account's owner keeps or removes it on the page of what is shared; until then "
            "nothing is paid to it.",
            code="payouts_not_allowed",
            param="destination",
        )
    if method == "instant" and row.held_until is not None and row.held_until > at:
        raise InvalidRequest(
            "Payouts are sent elsewhere than before, so they are held until "
            f"{row.held_until:%Y-%m-%d %H:%M} UTC and cannot be instant. Make a standard payout, "
            "which waits, or ask the operator to lift the hold.",
            code="payouts_not_allowed",
            param="method",
        )


def lift(*, external_id: str, operator_id: str, at: datetime) -> ExternalAccount:
    """End the hold of a destination, and send what waits for it.

    Args:
        external_id: `ba_...` or `card_...`.
        operator_id: Who has made sure that the account's owner wants it.
        at: The moment.

    Raises:
        Missing: If there is none that is held.
    """
    with atomic():
        found = ExternalAccount.objects.filter(id=external_id, deleted_at=None).first()
        if found is None:
            raise missing("external_account", external_id)
        payout_schedules.locked(found.tenant, at=at)
        row = ExternalAccount.objects.select_for_update(no_key=True).get(id=external_id)
        if row.held_until is None or row.held_until <= at:
            raise missing("external_account", external_id)
        waiting = Payout.objects.filter(
            destination_id=row.id, status=PayoutStatus.PENDING, send_at=row.held_until
        )
        waiting.update(send_at=at)
        row.held_until = None
        row.save(update_fields=["held_until"])
        movement = Movement(row.livemode, at)
        movement.tell(
            "account.external_account.updated", row.tenant, payout_resources.external_account(row)
        )
        audit.record(user_id=operator_id, row=row, action="Lifted the hold of payouts")
        movement.commit()
    return row


def end_due(*, at: datetime) -> int:
    """Note of destinations that their hold is over, and tell so.

    Args:
        at: The moment, in UTC.

    Returns:
        Of how many.
    """
    over = ExternalAccount.objects.filter(held_until__lte=at)
    ended = 0
    for external_id in list(over.values_list("id", flat=True)[:_SOME]):
        with atomic():
            row = over.select_for_update(no_key=True).filter(id=external_id).first()
            if row is None:
                continue
            row.held_until = None
            row.save(update_fields=["held_until"])
            movement = Movement(row.livemode, at)
            movement.tell(
                "account.external_account.updated", row.tenant,
                payout_resources.external_account(row),
            )  # fmt: skip
            movement.commit()
        ended += 1
    return ended


def tell_owners(*, at: datetime) -> int:
    """Write to the owners whose payouts go elsewhere now.

    Args:
        at: The moment, in UTC.

    Returns:
        How many destinations were told of.
    """
    told = 0
    waiting = payout_queries.holds_to_tell()
    for external_id in list(waiting.values_list("id", flat=True)[:_SOME]):
        # Of two workers one writes.
        if not waiting.filter(id=external_id).update(hold_told_at=at):
            continue
        row = ExternalAccount.objects.select_related("account").get(id=external_id)
        try:
            told += _write(row)
        except Exception:
            # Whatever a mail server says: the hold stands, and the next round tries again.
            logger.exception("Nobody could be told of the hold of %s.", external_id)
            ExternalAccount.objects.filter(id=external_id).update(hold_told_at=None)
    return told


def _write(row: ExternalAccount) -> bool:
    addresses = _addresses(row.account)
    if not addresses:
        logger.warning("%s has no address to be told at of a hold.", row.account_id)
        return False
    context = {
        "name": row.account.name or row.account_id, "destination": str(row),
        "until": row.held_until, "livemode": row.livemode,
        "page": f"{settings.PUBLIC_URL}/oauth/shared" if row.platform_id else "",
    }  # fmt: skip
    letter = "connect/mail/payouts_held"
    for address in addresses:
        EmailMessage(
            subject=render_to_string(f"{letter}.subject.txt", context).strip(),
            body=render_to_string(f"{letter}.txt", context),
            to=[address],
        ).send()
    return True


def _addresses(account: Account) -> list[str]:
    people = Membership.objects.filter(account_id=account.id, role__in=_TOLD)
    found = {account.email or "", *people.values_list("user__email", flat=True)}
    return sorted(one for one in found if "@" in parseaddr(one)[1])
