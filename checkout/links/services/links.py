"""Payment links: create, update."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from checkout import resources
from checkout.links.services import terms
from checkout.models import CheckoutSessionLine, PaymentLink
from checkout.sessions.services import sessions
from core import request_context
from core.errors import InvalidRequest
from core.ids import new_id, random_text
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import merge, previous_values
from operations import locking, recovery
from operations.unit_of_work import UnitOfWork

# As many as nobody tries out.
_TOKEN_LENGTH: Final = 20
_CHANGED: Final = (
    "completed_limit", "is_active", "items", "metadata", "settings", "shipping_options",
    "updated_at",
)  # fmt: skip
# What changes nothing that a payer pays.
_WORDS: Final = frozenset({"inactive_message", "is_active", "metadata", "restrictions"})


def create(
    *, tenant: Tenant, platform_id: str | None = None, at: datetime, **asked: object
) -> PaymentLink:
    """Make a payment link.

    Args:
        tenant: The merchant.
        platform_id: The platform that acts on its behalf.
        at: The moment of the request.
        asked: What the link is to be, as the wire says it.

    Raises:
        InvalidRequest: If something does not go together, or its sessions could not be paid.
        Missing: If the merchant has no such price, rate or seller.
    """
    link_id = request_context.reserved_id("plink")
    if done := recovery.resume(lambda: PaymentLink.objects.filter(id=link_id).first()):
        return done
    wanted: JsonObject = dict(asked)
    settings, items = terms.settings_of(wanted), wanted["line_items"]
    terms.check(settings, items=items)
    restrictions = wanted.get("restrictions") or {}
    with UnitOfWork(tenant, at=at) as work:
        link = PaymentLink(
            id=link_id,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            token=_new_token(tenant),
            settings=settings,
            completed_limit=_limit(restrictions),
            platform_id=platform_id,
            metadata=wanted.get("metadata") or {},
            created_at=at,
            updated_at=at,
        )
        lines = _try_out(work, link, items, currency=wanted.get("currency"))
        link.items = [_item(line) for line in lines if not line.is_optional]
        work.insert(link)
        work.emit("payment_link.created", tenant, resources.payment_link(link))
    return link


def update(*, tenant: Tenant, link_id: str, changes: JsonObject, at: datetime) -> PaymentLink:
    """Change a payment link. Sessions that it made already stay as they are.

    Raises:
        Missing: If the merchant has no such link, price, rate or seller.
        InvalidRequest: If its sessions could not be paid then, or it is to be active and used up.
    """
    with UnitOfWork(tenant, at=at) as work:
        link = lock(tenant, link_id)
        before = resources.payment_link(link)
        known = terms.prices_of(link)
        link.settings = terms.change(link.settings, changes)
        if "metadata" in changes:
            link.metadata = merge(link.metadata, changes["metadata"])
        if "restrictions" in changes:
            _restrict(link, changes["restrictions"])
        if "is_active" in changes:
            _activate(link, is_active=changes["is_active"])
        if "line_items" in changes:
            link.items = _change_items(link.items, changes["line_items"])
        if changes.keys() - _WORDS:
            terms.check(link.settings, items=link.items)
            _try_out(work, link, terms.items_of(link), currency=link.currency, known=known)
        if changes:
            link.updated_at = at
            work.update(link, *_CHANGED)
        after = resources.payment_link(link)
        previous = previous_values(before, after)
        if previous or "line_items" in changes:
            work.emit("payment_link.updated", tenant, after, previous)
    return link


def lock(tenant: Tenant, link_id: str) -> PaymentLink:
    """Return a merchant's payment link, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    return locking.lock(PaymentLink.objects.all(), tenant, link_id, kind="payment_link")


def _try_out(
    work: UnitOfWork,
    link: PaymentLink,
    items: Sequence[Fields],
    *,
    currency: str | None,
    known: set[str] | frozenset[str] = frozenset(),
) -> list[CheckoutSessionLine]:
    """Draft a session of a link, which is not kept; set what the link has of it."""
    session, lines = sessions.draft(
        work,
        link.tenant,
        "",
        terms.session_of(link.settings, items=items, currency=currency),
        platform_id=link.platform_id,
        known=known,
    )
    sessions.refuse_lacking(session)
    link.currency = str(session.currency)
    link.shipping_options = session.shipping_options
    return lines


def _new_token(tenant: Tenant) -> str:
    """Draw the last word of an address, which says whether it is one of test mode."""
    return f"{'' if tenant.livemode else 'test_'}{random_text(_TOKEN_LENGTH)}"


def _item(line: CheckoutSessionLine) -> JsonObject:
    return {
        "id": new_id("li"),
        "price": line.price_id,
        "quantity": line.quantity,
        "adjustable_quantity": line.adjustable_quantity,
        "tax_rates": line.tax_rate_ids,
    }


def _change_items(items: Sequence[Fields], changes: Sequence[Fields]) -> list[JsonObject]:
    """Return the items of a link after a change of some: those that it does not name stay."""
    new = {item["id"]: dict(item) for item in items}
    for number, change in enumerate(changes):
        if change["id"] not in new:
            raise InvalidRequest(
                f"No such line item: '{change['id']}'",
                code="resource_missing",
                param=f"line_items[{number}][id]",
            )
        new[change["id"]] |= change
    return list(new.values())


def _limit(restrictions: Fields) -> int | None:
    completed = restrictions.get("completed_sessions")
    return int(completed["limit"]) if completed else None


def _restrict(link: PaymentLink, restrictions: Fields | None) -> None:
    limit = _limit(restrictions or {})
    if limit is not None and limit < link.taken_count:
        raise InvalidRequest(
            f"{link.taken_count} sessions of this link are completed or being paid already. Send a "
            "limit that is not less, or active=false to end it now.",
            param="restrictions[completed_sessions][limit]",
        )
    link.completed_limit = limit


def _activate(link: PaymentLink, *, is_active: bool) -> None:
    if is_active and not link.is_active and link.is_used_up:
        raise InvalidRequest(
            f"This link is used up: {link.completed_count} sessions are completed. Send a higher "
            "restrictions[completed_sessions][limit] as well.",
            param="active",
        )
    link.is_active = is_active
