"""Checkout sessions: create, update."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from checkout import queries
from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.resources import sessions as rendering
from checkout.sessions import pictures
from checkout.sessions.services import carts, discounting, locks, shipping, validation
from connect.onboarding.services import charge_eligibility
from core import request_context
from core.errors import InvalidRequest
from core.ids import random_text
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import merge
from operations import recovery
from operations.unit_of_work import UnitOfWork
from payments import method_types
from payments import queries as payment_queries
from payments.intents.services import payment_intents
from payments.methods.services import payment_method_configurations

# What has a column of its own.
_COLUMNS: Final = ("client_reference_id", "customer_id", "metadata", "mode", "ui_mode")
_NOT_KEPT: Final = frozenset(
    {*_COLUMNS, "currency", "discounts", "expires_at", "line_items", "shipping_options",
     "payment_method_configuration"}
)  # fmt: skip


def create(
    *, tenant: Tenant, platform_id: str | None = None, at: datetime, **asked: object
) -> CheckoutSession:
    """Open a session.

    Args:
        tenant: The merchant.
        platform_id: The platform that acts on its behalf.
        at: The moment of the request.
        asked: What the session is to be, as the wire says it.

    Raises:
        InvalidRequest: If something does not go together, or cannot be paid.
        Missing: If the merchant has no such customer, price, rate or code.
    """
    session_id = request_context.reserved_id("cs_live" if tenant.livemode else "cs_test")
    if done := recovery.resume(lambda: CheckoutSession.objects.filter(id=session_id).first()):
        return done
    wanted = validation.normalize(dict(asked))
    validation.check(wanted, at=at)
    pictures.check(tenant, wanted.get("branding_settings") or {})
    with UnitOfWork(tenant, at=at) as work:
        session, lines = draft(work, tenant, session_id, wanted, platform_id=platform_id)
        refuse_lacking(session)
        work.insert(session, *lines)
    return session


def draft(
    work: UnitOfWork,
    tenant: Tenant,
    session_id: str,
    wanted: Fields,
    *,
    platform_id: str | None = None,
    known: Collection[str] = (),
) -> tuple[CheckoutSession, list[CheckoutSessionLine]]:
    """Build a session and its lines, computed and checked; the caller inserts them, or does not.

    Args:
        work: The unit of work, which gets the prices and rates that are described.
        tenant: The merchant.
        session_id: `cs_...`.
        wanted: What the session is to be, checked by `validation`.
        platform_id: The platform that acts on the merchant's behalf.
        known: Prices that are sold all the same if they are not active.

    Raises:
        InvalidRequest: If something does not go together, or cannot be paid.
        Missing: If the merchant has no such customer, price, rate or code.
    """
    session = _draft(tenant, session_id, wanted, platform_id=platform_id, at=work.at)
    lines: list[CheckoutSessionLine] = []
    if session.mode == "payment":
        lines = _fill(work, tenant, session, wanted, known)
    elif wanted.get("currency"):
        session.currency = wanted["currency"]
    _check_types(session)
    return session, lines


def update(
    *, tenant: Tenant, session_id: str, changes: JsonObject, at: datetime
) -> CheckoutSession:
    """Change a session that is open, and that nobody is paying at this moment.

    Raises:
        Missing: If the merchant has no such session, or a line is not of it.
        InvalidRequest: If it has ended, or the change cannot be paid.
    """
    with UnitOfWork(tenant, at=at) as work:
        session = locks.lock(tenant, session_id)
        columns = _apply_words(session, changes)
        _check_cart(session, changes)
        if changes.keys() - {"metadata"}:
            locks.check_changeable(session, at=at)
        if changes.keys() & {"line_items", "shipping_options"}:
            columns |= _apply_cart(work, tenant, session, changes)
        if columns:
            work.update(session, *sorted(columns))
    return session


# The columns of a line that totals set.
COMPUTED: Final = (
    "quantity", "chosen_amount", "amount_subtotal", "amount_discount", "amount_tax",
    "amount_total", "taxes", "discounts",
)  # fmt: skip


def intent_columns(session: CheckoutSession) -> JsonObject:
    """Return the columns of the intent that pays a session."""
    asked = session.settings
    data: JsonObject = dict(asked.get("payment_intent_data") or {})
    transfer = data.pop("transfer_data", None) or {}
    types = rendering.named_types(session)
    columns = data | {
        "amount": session.amount_total,
        "currency": session.currency,
        "customer_id": session.customer_id,
        "platform_id": session.platform_id,
        "payment_method_types": types,
        "excluded_payment_method_types": asked.get("excluded_payment_method_types"),
        "configuration": asked.get("configuration"),
        "payment_method_options": asked.get("payment_method_options") or {},
        "metadata": data.get("metadata") or {},
    }
    if not types:
        redirects = "never" if rendering.stays(session) else "always"
        columns["automatic_payment_methods"] = {"allow_redirects": redirects, "enabled": True}
    if transfer:
        columns["transfer_destination"] = transfer["destination"]
        columns["transfer_amount"] = transfer.get("amount")
    if details := session.collected.get("shipping_details"):
        columns["shipping"] = details
    return columns


def _draft(
    tenant: Tenant, session_id: str, wanted: Fields, *, platform_id: str | None, at: datetime
) -> CheckoutSession:
    kept = {name: value for name, value in wanted.items() if name not in _NOT_KEPT}
    if chosen := wanted.get("payment_method_configuration"):
        kept["configuration"] = payment_method_configurations.resolve(tenant, chosen)
    if customer_id := wanted.get("customer_id"):
        payment_queries.customer(tenant, customer_id, param="customer")
    if seller_id := (wanted.get("setup_intent_data") or {}).get("on_behalf_of"):
        charge_eligibility.check(tenant, seller_id, param="setup_intent_data[on_behalf_of]")
    is_hosted = wanted["ui_mode"] == rendering.HOSTED
    session = CheckoutSession(
        id=session_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        settings=kept,
        platform_id=platform_id,
        client_secret=None if is_hosted else f"{session_id}_secret_{random_text(40)}",
        payment_status="unpaid" if wanted["mode"] == "payment" else "no_payment_required",
        expires_at=wanted.get("expires_at") or at + validation.LATEST,
        created_at=at,
        **{name: wanted[name] for name in _COLUMNS if name in wanted},
    )
    queries.with_capabilities([session])
    return session


def _fill(
    work: UnitOfWork,
    tenant: Tenant,
    session: CheckoutSession,
    wanted: Fields,
    known: Collection[str],
) -> list[CheckoutSessionLine]:
    """Return the lines of a new session; set its ways of shipping, discounts and totals."""
    lines = carts.read(
        work, tenant, wanted["line_items"], currency=wanted.get("currency"), known=known
    )
    session.currency = wanted.get("currency") or lines[0].price.currency
    if optional := wanted.get("optional_items"):
        if len(lines) + len(optional) > carts.MOST_ITEMS:
            raise InvalidRequest(
                f"A session has at most {carts.MOST_ITEMS} items, optional ones included.",
                param="optional_items",
            )
        lines += carts.read(
            work,
            tenant,
            optional,
            currency=session.currency,
            is_optional=True,
            known=known,
            where="optional_items",
        )
    for position, line in enumerate(lines):
        line.session, line.position = session, position
    if options := wanted.get("shipping_options"):
        shipping.offer(work, tenant, session, options)
    discounting.apply(tenant, session, wanted.get("discounts") or [], at=work.at)
    compute(tenant, session, lines, at=work.at)
    return lines


def compute(
    tenant: Tenant,
    session: CheckoutSession,
    lines: Sequence[CheckoutSessionLine],
    *,
    at: datetime,
) -> None:
    """Compute what a session comes to, and refuse what nobody could charge.

    Raises:
        InvalidRequest: If the total is below the least or above the most of a charge.
    """
    rates = carts.rates_of(tenant, lines)
    carts.compute_totals(
        session, lines, rates=rates, discounts=discounting.terms_of(tenant, session, lines, at=at)
    )
    if session.amount_total:
        columns = intent_columns(session) | {"customer_id": None}
        payment_intents.check_new(tenant, at=session.created_at, **columns)


def _check_cart(session: CheckoutSession, changes: Fields) -> None:
    of_carts = changes.keys() & {"line_items", "shipping_options", "payment_intent_data"}
    if session.mode != "payment" and of_carts:
        raise InvalidRequest("A session in setup mode has no cart.", param=min(of_carts))
    if "line_items" in changes and not changes["line_items"]:
        raise InvalidRequest("Say what is paid for.", code="parameter_missing", param="line_items")


def _apply_words(session: CheckoutSession, changes: Fields) -> set[str]:
    columns = set()
    if "metadata" in changes:
        session.metadata = merge(session.metadata, changes["metadata"])
        columns.add("metadata")
    if details := (changes.get("collected_information") or {}).get("shipping_details"):
        session.collected = session.collected | {"shipping_details": details}
        columns.add("collected")
    if words := changes.get("payment_intent_data"):
        before = session.settings.get("payment_intent_data") or {}
        if "metadata" in words:
            words = words | {"metadata": merge(before.get("metadata") or {}, words["metadata"])}
        after = {name: value for name, value in (before | words).items() if value is not None}
        session.settings = session.settings | {"payment_intent_data": after}
        columns.add("settings")
    return columns


def _apply_cart(
    work: UnitOfWork, tenant: Tenant, session: CheckoutSession, changes: Fields
) -> set[str]:
    columns = {"amount_subtotal", "amount_total", "totals"}
    if "shipping_options" in changes:
        shipping.offer(work, tenant, session, changes["shipping_options"] or [])
        columns |= {"shipping_options", "shipping_rate_id"}
    if "line_items" in changes:
        lines = _replace_lines(work, tenant, session, changes["line_items"])
        compute(tenant, session, lines, at=work.at)
        work.insert(*lines)
    else:
        lines = list(queries.session_lines(session))
        compute(tenant, session, lines, at=work.at)
        for line in lines:
            work.update(line, *COMPUTED)
    return columns


def _replace_lines(
    work: UnitOfWork, tenant: Tenant, session: CheckoutSession, items: Sequence[Fields]
) -> list[CheckoutSessionLine]:
    """Return the lines that take the place of a session's: those named by id go on as they are."""
    before = {line.id: line for line in queries.session_lines(session)}
    new = []
    for number, item in enumerate(items):
        path = f"line_items[{number}]"
        line = before.get(item["id"]) if "id" in item else None
        if line is None and "id" in item:
            raise InvalidRequest(
                f"No such line item: '{item['id']}'", code="resource_missing", param=f"{path}[id]"
            )
        new.append(_change(line, item))
    known = {line.price_id for line in before.values()}
    lines = carts.read(work, tenant, new, currency=session.currency, known=known)
    optional = [line for line in before.values() if line.is_optional]
    CheckoutSessionLine.objects.filter(session=session).delete()
    for position, (line, item) in enumerate(zip(lines, items, strict=True)):
        line.session, line.position = session, position
        if "id" in item:
            line.id = item["id"]
    for position, line in enumerate(optional, start=len(lines)):
        line.position, line._state.adding = position, True
    return [*lines, *optional]


def _change(line: CheckoutSessionLine | None, item: Fields) -> JsonObject:
    """Return an item as it is to be: what it does not say stays as the line has it."""
    changed = {name: value for name, value in item.items() if name != "id"}
    kept: JsonObject = {}
    if line:
        kept = {"price": line.price_id, "quantity": line.quantity, "tax_rates": line.tax_rate_ids}
        kept["metadata"] = line.metadata
        if line.adjustable_quantity:
            kept["adjustable_quantity"] = line.adjustable_quantity
    if "metadata" in item:
        changed["metadata"] = merge(kept.get("metadata") or {}, item["metadata"])
    return kept | changed


def refuse_lacking(session: CheckoutSession) -> None:
    """Refuse a named type that the account that is paid has no capability for.

    What it loses later is left out instead.

    Raises:
        InvalidRequest: If there is one.
    """
    asked = session.settings
    named = asked.get("payment_method_types") or asked.get("allowed_payment_method_types") or ()
    for type in named:
        if type in (asked.get("lacking_types") or ()):
            raise InvalidRequest(
                f"The payment method type {type} cannot be used: the account that is paid has no "
                f"active capability {method_types.of(type).capabilities[0]}. Request it with an "
                "update of the account, or leave the type out.",
                code="payment_intent_invalid_parameter",
                param="payment_method_types",
            )


def _check_types(session: CheckoutSession) -> None:
    if not rendering.types(session):
        raise InvalidRequest(
            "No payment method can be used for this session: of those that are switched on, none "
            "fits its currency and its options. Send other payment_method_types.",
            param="payment_method_types",
        )
