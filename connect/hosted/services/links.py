"""Account links, login links and account sessions: short-lived, single-use tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from accounts.audit import trail
from accounts.models import Account
from accounts.services import consents
from connect.models import AccountLink
from connect.onboarding import account_queries
from core.database.locking import lock_rows
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from core.security.origins import origin_of
from core.tenant import Tenant
from operations.unit_of_work import UnitOfWork

LASTS: Final = timedelta(minutes=5)
# Of one that an operator hands over by some other way.
HANDED_OVER_LASTS: Final = timedelta(hours=24)
ONBOARDING: Final = "account_onboarding"
LOGIN: Final = "login"
SESSION: Final = "session"
# An operator looks at what the seller sees, and can do nothing there.
LOOK: Final = "look"


def create(
    *,
    tenant: Tenant,
    account_id: str,
    type: str,
    return_url: str = "",
    refresh_url: str = "",
    asks_everything: bool = False,
    is_handed_over: bool = False,
    at: datetime,
) -> tuple[AccountLink, str]:
    """Create a link for a seller.

    Args:
        tenant: The platform.
        account_id: The seller's account.
        type: `account_onboarding`, `account_update`, `login`, `session`, or an operator's `look`.
        return_url: The address after onboarding.
        refresh_url: The address if the link has expired or was used.
        asks_everything: True to include the fields that are required later.
        is_handed_over: True for an operator, who hands it over: it needs no addresses, lasts for
            a day, and is recorded.
        at: The moment of the request.

    Returns:
        The link, and the secret word of its address, which is kept nowhere.

    Raises:
        Missing: If the platform has no such account.
        InvalidRequest: If the account has no such page, or an address is invalid.
    """
    token = secrets.token_urlsafe(24)
    if type == SESSION:
        token = f"accs_secret__{token}"
    with atomic():
        account = account_queries.lock(tenant, account_id)
        _check(account, type, tenant)
        consents.maker_for(Tenant(account.id, tenant.livemode))
        if type not in (LOGIN, SESSION, LOOK) and not is_handed_over:
            _check_url(return_url, "return_url", tenant)
            _check_url(refresh_url, "refresh_url", tenant)
        row = AccountLink(
            id=new_id("alink"),
            account=account,
            livemode=tenant.livemode,
            digest=_digest(token),
            type=type,
            platform_id=tenant.account_id,
            return_url=return_url,
            refresh_url=refresh_url,
            asks_everything=asks_everything,
            created_at=at,
            expires_at=at + (HANDED_OVER_LASTS if is_handed_over else LASTS),
        )
        row.save(force_insert=True)
        if is_handed_over:
            trail.record("account_link.created", account, livemode=tenant.livemode)
        if type == LOOK:
            trail.record("account.seen_as_owner", account, livemode=tenant.livemode)
    return row, token


def open_link(token: str, *, at: datetime) -> tuple[AccountLink | None, bool]:
    """Use up a link, once even if two browsers open it together.

    Returns:
        The link, None if there never was one, and whether it let the seller in.
    """
    with UnitOfWork(at=at) as work:
        row = lock_rows(AccountLink.objects.filter(digest=_digest(token))).first()
        if row is None or row.used_at or row.ended_at or row.expires_at <= at:
            return row, False
        work.change(row, used_at=at)
    return row, True


def end_links(platform_id: str, tenant: Tenant, at: datetime) -> None:
    """End the links of a disconnected platform, and the sessions begun by them."""
    require_transaction()
    AccountLink.objects.filter(
        platform_id=platform_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        ended_at=None,
    ).update(ended_at=at)


def _check(account: Account, type: str, tenant: Tenant) -> None:
    controller = account.controller
    if account.id == tenant.account_id:
        raise InvalidRequest(
            "This is your own account. Links are for accounts that are connected to it.",
            param="account",
        )
    if type == "account_update" and controller.get("requirement_collection") != "application":
        raise InvalidRequest(
            "Links of the type account_update are for accounts whose requirements you collect "
            "yourself. Use account_onboarding.",
            param="type",
        )
    if type == LOGIN:
        if controller.get("stripe_dashboard", {}).get("type") != "express":
            raise InvalidRequest(
                "Cannot create a login link: this account has no Express dashboard "
                "(`controller.stripe_dashboard.type` is not `express`).",
                param="account",
            )
        if not account.details_submitted:
            raise InvalidRequest(
                "Cannot create a login link for an account that has not completed onboarding. "
                "Create an account link first.",
                param="account",
            )


def _check_url(url: str, param: str, tenant: Tenant) -> None:
    if not url:
        raise InvalidRequest(
            f"Missing required param: {param}.", code="parameter_missing", param=param
        )
    schemes = ("https:",) if tenant.livemode else ("https:", "http:")
    origin = origin_of(url)
    if origin is None or not origin.startswith(schemes) or not url.isprintable() or " " in url:
        raise InvalidRequest(
            f"Not a valid URL: it must be an absolute address that begins with {schemes[0]}//.",
            code="url_invalid",
            param=param,
        )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
