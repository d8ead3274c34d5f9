"""Checks whether a payout may be made: to this account, this destination, now."""

from datetime import datetime

from accounts.models import Account
from connect.models import ExternalAccount
from connect.states import ExternalAccountStatus
from core.errors import InvalidRequest
from core.tenant import Tenant


def check_account(tenant: Tenant) -> None:
    """Refuse an account that may not be paid out.

    Raises:
        InvalidRequest: If its payouts are not enabled.
    """
    account = Account.objects.only("payouts_enabled", "opened_by_id").get(id=tenant.account_id)
    if account.opened_by_id and not account.payouts_enabled:
        raise InvalidRequest(
            "Cannot create payouts: this account has payouts disabled. Its `requirements` say "
            "what is missing.",
            code="payouts_not_allowed",
        )


def check_usable(target: ExternalAccount, method: str) -> None:
    """Refuse a destination that failed the last time, or cannot be paid in this way.

    Raises:
        InvalidRequest: If it is so.
    """
    if target.status == ExternalAccountStatus.ERRORED:
        raise InvalidRequest(
            "The external account could not be paid the last time. Update it, or add another "
            "one, before you pay out again.",
            code="bank_account_unusable",
            param="destination",
        )
    if method == "instant" and not target.takes_instant:
        raise InvalidRequest(
            "Instant payouts to this external account are not supported. Its "
            "available_payout_methods say what is.",
            code="instant_payouts_unsupported",
            param="method",
        )


def check_hold(row: ExternalAccount, method: str, *, at: datetime) -> None:
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
