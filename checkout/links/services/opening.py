"""Sessions of payment links: one for each payer who goes on to pay."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from checkout.links.services import terms
from checkout.models import CheckoutSession, CheckoutSessionLine, PaymentLink
from checkout.params.collecting import LOCALES
from checkout.sessions.services import discounting, sessions
from checkout.states import SessionStatus
from core.errors import InvalidRequest
from core.ids import new_id
from core.security.email_addresses import is_one_address
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork

_REFERENCE: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
_LONGEST_EMAIL: Final = 512
_LONGEST_CODE: Final = 500
# What tells a shop where its payers come from: it is passed on to where they go afterwards.
_CAMPAIGN: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_LONGEST_CAMPAIGN: Final = 150


@dataclass(frozen=True, slots=True)
class Visit:
    """What the address says with which a payer comes; what does not fit is passed over.

    Args:
        client_reference_id: The merchant's own word for who comes.
        email: The payer's, to begin with.
        is_email_fixed: True if the payer may not change it.
        promotion_code: A code to begin with.
        locale: The language of the page.
        campaign: Where the payer comes from, as pairs for the address that the payer goes on to.
    """

    client_reference_id: str | None = None
    email: str | None = None
    is_email_fixed: bool = False
    promotion_code: str | None = None
    locale: str | None = None
    campaign: dict[str, str] = field(default_factory=dict)


def read(query: Mapping[str, str]) -> Visit:
    """Read the query of a link's address."""
    reference = query.get("client_reference_id", "")
    fixed, free = query.get("locked_prefilled_email", ""), query.get("prefilled_email", "")
    email = fixed if _is_email(fixed) else free if _is_email(free) else None
    code = _text(query.get("prefilled_promo_code", ""), _LONGEST_CODE)
    locale = query.get("locale")
    campaign = {name: _text(query.get(name, ""), _LONGEST_CAMPAIGN) for name in _CAMPAIGN}
    return Visit(
        client_reference_id=reference if _REFERENCE.fullmatch(reference) else None,
        email=email,
        is_email_fixed=email is not None and email == fixed,
        promotion_code=code or None,
        locale=locale if locale in LOCALES else None,
        campaign={name: value for name, value in campaign.items() if value},
    )


def open_session(link: PaymentLink, visit: Visit, *, at: datetime) -> CheckoutSession:
    """Open a session of a link.

    Args:
        link: The link, which takes payments as far as is known.
        visit: What the payer comes with.
        at: The moment of the request.

    Raises:
        InvalidRequest: If nobody could pay it now.
    """
    tenant = link.tenant
    wanted = terms.session_of(
        link.settings, items=terms.items_of(link), currency=link.currency
    ) | _of_visit(visit)
    wanted["metadata"] = link.metadata
    if visit.campaign and "success_url" in wanted:
        wanted["success_url"] = _with_query(wanted["success_url"], visit.campaign)
    with UnitOfWork(tenant, at=at) as work:
        session, lines = sessions.draft(
            work,
            tenant,
            new_id("cs_live" if link.livemode else "cs_test"),
            wanted,
            platform_id=link.platform_id,
            known=terms.prices_of(link),
        )
        session.payment_link_id = link.id
        if visit.email and not visit.is_email_fixed:
            session.collected = {"prefilled_email": visit.email}
        if visit.promotion_code:
            _enter_code(session, lines, visit.promotion_code, at=at)
        work.insert(session, *lines)
    return session


def is_same(session: CheckoutSession, link: PaymentLink, visit: Visit, *, at: datetime) -> bool:
    """Tell whether a payer who opens a link again goes on with a session that is open already.

    Not if the link has changed since, or the payer comes for something else.
    """
    return (
        session.payment_link_id == link.id
        and session.status == SessionStatus.OPEN
        and session.expires_at > at
        and session.created_at >= link.updated_at
        and session.client_reference_id == visit.client_reference_id
    )


def _of_visit(visit: Visit) -> JsonObject:
    given = {
        "client_reference_id": visit.client_reference_id,
        "customer_email": visit.email if visit.is_email_fixed else None,
        "locale": visit.locale,
    }
    return {name: value for name, value in given.items() if value is not None}


def _enter_code(
    session: CheckoutSession, lines: Sequence[CheckoutSessionLine], code: str, *, at: datetime
) -> None:
    """Take a code off, if it is one for this payer and this cart."""
    tenant = session.tenant
    try:
        discounting.enter_code(tenant, session, code, at=at)
        sessions.compute(tenant, session, lines, at=at)
    except InvalidRequest:
        session.discounts = []
        sessions.compute(tenant, session, lines, at=at)


def _with_query(address: str, pairs: Mapping[str, str]) -> str:
    """Add pairs to the query of an address, whose own parts stay as they are."""
    before, hash_, fragment = address.partition("#")
    sign = "&" if "?" in before else "?"
    return f"{before}{sign}{urlencode(pairs)}{hash_}{fragment}"


def _is_email(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and is_one_address(text)


def _text(text: str, most: int) -> str:
    return text.replace("\0", "").strip()[:most]
