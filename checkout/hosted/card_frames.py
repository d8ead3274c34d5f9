"""The frame in which a payer types a card into its processor's own fields, and where it may stand.

Its address says whose fields they are, signed by us: so the page asks nothing, and knows no secret
of the page around it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core import signing

from checkout.models import CheckoutSession
from checkout.resources.sessions import EMBEDDED
from core.security.origins import origin_of
from core.tenant import Tenant
from core.types import JsonObject
from processors import registry
from processors.router import card_fields
from processors.routing.facts import ChargeType, PaymentFacts

_SALT: Final = "checkout.card.frame"
# As long as a checkout session lasts.
_SECONDS: Final = 24 * 3600
PATH: Final = "card-fields"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame with a processor's card fields.

    Args:
        processor: The name of the account.
        livemode: Its mode.
        tenants: Whose pages may be around it besides ours: the account that is paid, and the
            platform that acts for it; empty for none but ours.
        origins: Of pages that may be around it as well.
    """

    processor: str
    livemode: bool
    tenants: tuple[Tenant, ...] = ()
    origins: tuple[str, ...] = ()


def read(text: str) -> Frame | None:
    """Return the frame of an address; None if we did not make it, or long ago."""
    try:
        name, livemode, accounts, origins = signing.loads(text, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    tenants = tuple(Tenant(account, livemode=livemode) for account in accounts)
    return Frame(name, livemode, tenants, tuple(origins))


def of_session(session: CheckoutSession, *, at: datetime) -> str:
    """Return the address of the frame for a session's page; empty if our own fields are shown."""
    shown = card_fields.choose(_facts(session), at=at)
    if shown is None:
        return ""
    if session.ui_mode != EMBEDDED:
        return _address(Frame(shown.processor, session.livemode))
    named = origin_of(session.settings.get("return_url") or "")
    origins = (named,) if named else ()
    return _address(Frame(shown.processor, session.livemode, tenants_of(session), origins))


def of_form(facts: PaymentFacts, tenants: Sequence[Tenant], *, at: datetime) -> JsonObject | None:
    """Say which fields a form in a merchant's page shows; None if our own.

    Args:
        facts: The payment; what is said of its card is empty.
        tenants: Whose pages hold the form. See `Frame`.
        at: The moment.

    Returns:
        `processor` and the `address` of the frame.
    """
    shown = card_fields.choose(facts, at=at)
    if shown is None:
        return None
    frame = Frame(shown.processor, facts.livemode, tuple(tenants))
    return {"processor": shown.processor, "address": _address(frame)}


def of_elements(session: CheckoutSession, *, at: datetime) -> JsonObject | None:
    """Say which fields a session's form in the merchant's own page shows. See `of_form`."""
    return of_form(_facts(session), tenants_of(session), at=at)


def takes_cards(session: CheckoutSession, *, at: datetime) -> bool:
    """Tell whether payers can type cards in for a session: into our fields, or a processor's."""
    if registry.vault(livemode=session.livemode) is not None:
        return True
    return card_fields.choose(_facts(session), at=at) is not None


def facts_of_unmade(
    tenant: Tenant,
    *,
    currency: str | None = None,
    amount: int = 0,
    is_captured: bool = True,
    is_verified: bool = False,
    is_direct: bool = False,
) -> PaymentFacts:
    """Return what the account of a payment is chosen by that has no intent yet.

    What would be drawn by lot for its intent is drawn anew each time.
    """
    return PaymentFacts(
        secrets.token_hex(12),
        tenant.livemode,
        "card",
        currency,
        amount,
        tenant.account_id,
        charge_type=ChargeType.DIRECT if is_direct else ChargeType.OWN,
        is_captured=is_captured,
        is_verified=is_verified,
    )


def tenants_of(session: CheckoutSession) -> tuple[Tenant, ...]:
    """Return whose pages may be around a session's: its account's, and its platform's."""
    ids = [session.account_id, *([session.platform_id] if session.platform_id else [])]
    return tuple(Tenant(account, livemode=session.livemode) for account in ids)


def _address(frame: Frame) -> str:
    accounts = [one.account_id for one in frame.tenants]
    held = [frame.processor, frame.livemode, accounts, list(frame.origins)]
    return f"/{PATH}/{signing.dumps(held, salt=_SALT)}"


def _facts(session: CheckoutSession) -> PaymentFacts:
    """Return what a session's account is chosen by: at each try, and in each tab, the same."""
    data = session.settings.get("payment_intent_data") or {}
    is_setup = session.mode == "setup"
    return PaymentFacts(
        session.id,
        session.livemode,
        "card",
        None if is_setup else session.currency,
        0 if is_setup else session.amount_total or 0,
        session.account_id,
        charge_type=_charge_type(session, data),
        metadata=data.get("metadata") or {},
        is_captured=data.get("capture_method") != "manual",
        is_verified=is_setup,
    )


def _charge_type(session: CheckoutSession, data: JsonObject) -> ChargeType:
    if session.mode == "setup":
        return ChargeType.OWN
    if session.platform_id:
        return ChargeType.DIRECT
    if data.get("split"):
        return ChargeType.SPLIT
    return ChargeType.DESTINATION if data.get("transfer_data") else ChargeType.OWN
