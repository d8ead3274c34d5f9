"""Destinations of payouts: which one is meant, and whether it may be paid."""

from datetime import datetime

from accounts.models import Account
from connect.models import ExternalAccount
from connect.payouts import queries
from connect.states import ExternalAccountStatus
from core.errors import InvalidRequest, missing
from core.tenant import Tenant


def choose(
    tenant: Tenant, external_id: str | None, *, currency: str, method: str, at: datetime
) -> ExternalAccount:
    """Return the destination of a payout that is asked for.

    Args:
        tenant: The account that is paid.
        external_id: `ba_...` or `card_...`; None for the currency's default.
        currency: Of the payout.
        method: `"standard"` or `"instant"`.
        at: The moment of the request.

    Raises:
        Missing: If the account has no such destination.
        InvalidRequest: If the account, or this destination, may not be paid.
    """
    found = _find(tenant, currency, external_id)
    _check_account(tenant)
    _check_usable(found, method)
    _check_hold(found, method, at=at)
    return found


def _find(tenant: Tenant, currency: str, external_id: str | None) -> ExternalAccount:
    rows = queries.external_accounts(tenant)
    if external_id is None:
        found = rows.filter(currency=currency, is_default=True).first()
        if found is None:
            raise InvalidRequest(
                f"Sorry, you don't have any external accounts in that currency ({currency}). Add "
                "one with the account's external_accounts.",
                param="currency",
            )
        return found
    found = rows.filter(id=external_id).first()
    if found is None:
        raise missing("external_account", external_id, param="destination")
    if found.currency != currency:
        raise InvalidRequest(
            f"The external account {external_id} takes {found.currency}, and the payout is in "
            f"{currency}.",
            param="currency",
        )
    return found


def _check_account(tenant: Tenant) -> None:
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


def _check_usable(target: ExternalAccount, method: str) -> None:
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


def _check_hold(row: ExternalAccount, method: str, *, at: datetime) -> None:
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
