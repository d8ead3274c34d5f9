"""Destinations of payouts: which one is meant, and whether it may be paid."""

from datetime import datetime

from connect.models import ExternalAccount
from connect.payouts import queries
from connect.payouts.services import destination_checks
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
    destination_checks.check_account(tenant)
    destination_checks.check_usable(found, method)
    destination_checks.check_hold(found, method, at=at)
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
