"""A payer pays: the session takes what was said, its intent is confirmed, and the rest is heard."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from checkout import queries
from checkout.models import CheckoutSession
from checkout.resources import sessions as rendering
from checkout.sessions import customers, orders, saved_methods
from checkout.sessions.services import collecting, discounting, holding, locks, places
from checkout.sessions.services.sessions import intent_columns
from checkout.states import PaymentStatus, SessionStatus
from core import request_context
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations import recovery
from operations.unit_of_work import UnitOfWork
from payments import queries as payment_queries
from payments.charges.services import receipts
from payments.intents.services import attempt_errors, cancellation, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.setups.services import setup_intents
from payments.states import IntentStatus

# What a merchant may change of an intent between two attempts.
_WORDS: Final = (
    "description", "metadata", "setup_future_usage", "statement_descriptor",
    "statement_descriptor_suffix",
)  # fmt: skip


def confirm(
    *,
    tenant: Tenant,
    session_id: str,
    payment_method: str | Fields | None,
    given: Fields | None = None,
    options: ConfirmationOptions,
    expected_amount: int | None = None,
    is_kept: bool = False,
    method_options: Fields | None = None,
    at: datetime,
) -> CheckoutSession:
    """Pay a session, or save the method that it asks for.

    Two transactions at least: the first keeps what the payer said, and makes the intent once; the
    second confirms it. Whatever the outcome, the session hears of it where it is written.

    Args:
        tenant: The merchant.
        session_id: `cs_...`.
        payment_method: `pm_...`, or what the payer typed in; None if nothing is to be paid.
        given: What the payer said. See `collecting.problems`.
        options: Where the payer comes back to, and how a mandate was accepted.
        expected_amount: What the payer was shown to pay, in minor units.
        is_kept: True if the payer wants to pay with it again, where the session asks that.
        method_options: What the payer typed of the wire's `payment_method_options`.
        at: The moment of the request.

    Returns:
        The session as it then is: open if the payer has to act, or no answer has come.

    Raises:
        Missing: If the merchant has no such session or payment method.
        InvalidRequest: If it has ended, is another amount, or something is missing.
        CardError: If the payment was declined. The session stays open.
    """
    with UnitOfWork(tenant, at=at) as work:
        session = locks.lock(tenant, session_id)
        if recovery.is_under_way() and session.status == SessionStatus.COMPLETE:
            return session
        locks.check_open(session, at=at)
        _check_not_processing(session)
        _check_amount(session, expected_amount)
        collecting.check(session, session.collected | dict(given or {}))
        columns = collecting.keep(session, given or {})
        columns += customers.make(work, session)
        if is_free := session.mode == "payment" and not session.amount_total:
            _check_gift(session)
            discounting.redeem(work, session)
            places.check(work, session)
            status = PaymentStatus.NO_PAYMENT_REQUIRED
            holding.complete(work, session, status, also=columns)
            if email := orders.letter_address(session):
                receipts.confirm_order(work, tenant, session.id, email)
        elif payment_method is None:
            raise InvalidRequest(
                "Missing required param: payment_method. Say what is paid with.",
                code="parameter_missing",
                param="payment_method",
            )
        else:
            is_new_customer = "customer_id" in columns
            if not is_new_customer:
                columns += _make_intent(work, session)
            work.update(session, *columns)
    if is_free or payment_method is None:
        _cancel_intent(session, at=at)
        return session
    if is_new_customer:
        session = _make_intent_later(tenant, session_id, at=at)
    _confirm_intent(
        session,
        payment_method,
        options,
        _typed_words(session, is_kept=is_kept, method_options=method_options or {}),
        at=at,
    )
    return queries.checkout_session(tenant, session_id, param="session")


def _typed_words(session: CheckoutSession, *, is_kept: bool, method_options: Fields) -> JsonObject:
    """Return the columns of the intent that the payer decides."""
    words: JsonObject = {}
    if saved_methods.asks_to_save(session):
        # What the payer wanted with an earlier try is not kept.
        words["setup_future_usage"] = "on_session" if is_kept else None
    if method_options:
        asked = session.settings.get("payment_method_options") or {}
        words["payment_method_options"] = {**asked, **method_options}
    return words


def _confirm_intent(
    session: CheckoutSession,
    payment_method: str | Fields,
    options: ConfirmationOptions,
    words: Fields,
    *,
    at: datetime,
) -> None:
    if session.mode == "setup":
        accepted = options.customer_acceptance
        setup_intents.confirm(
            tenant=session.tenant,
            intent_id=str(session.setup_intent_id),
            payment_method=payment_method,
            return_url=options.return_url,
            customer_acceptance=dict(accepted) if accepted else None,
            held_by=session.id,
            at=at,
        )
        return
    details = session.collected.get("shipping_details")
    data = session.settings.get("payment_intent_data") or {}
    words = {**words, **{name: data[name] for name in _WORDS if name in data}}
    if address := orders.letter_address(session):
        # Otherwise whoever has set one on the intent keeps it.
        words["receipt_email"] = address
    payment_intents.confirm(
        tenant=session.tenant,
        intent_id=str(session.payment_intent_id),
        payment_method=payment_method,
        session=options,
        held_by=session.id,
        at=at,
        amount=session.amount_total,
        customer_id=session.customer_id,
        **words,
        **({"shipping": details} if details else {}),
    )


def _check_not_processing(session: CheckoutSession) -> None:
    """Refuse answers for a payment that is under way: those that it began with count."""
    if not session.is_paying or recovery.is_under_way():
        return
    if session.mode == "setup":
        setup = payment_queries.setup_intent(session.tenant, str(session.setup_intent_id))
        status = setup.status
    else:
        intent = payment_queries.payment_intent(session.tenant, str(session.payment_intent_id))
        status = intent.status
    if status == IntentStatus.PROCESSING:
        raise InvalidRequest("This Checkout Session is being paid at this moment.", param="session")


def _check_gift(session: CheckoutSession) -> None:
    """Refuse an order for nothing of which nothing is left, or whose amount nobody chose."""
    lines = [line for line in queries.session_lines(session) if line.quantity]
    if not lines or any(line.price.custom_unit_amount and not line.chosen_amount for line in lines):
        raise InvalidRequest("Say what you order, and how much you pay.", param="expected_amount")


def _cancel_intent(session: CheckoutSession, *, at: datetime) -> None:
    """Cancel the intent of a session that costs nothing any more."""
    if session.payment_intent_id is None:
        return
    with suppress(attempt_errors.UnexpectedState):
        cancellation.cancel(
            tenant=session.tenant,
            intent_id=session.payment_intent_id,
            held_by=session.id,
            cancellation_reason="abandoned",
            at=at,
        )


def _check_amount(session: CheckoutSession, expected: int | None) -> None:
    if expected in (None, session.amount_total):
        return
    total = Money(session.amount_total or 0, str(session.currency)) if session.currency else "none"
    raise InvalidRequest(
        f"The total is {total} now. Look at the order again, and pay then.",
        param="expected_amount",
    )


def _make_intent_later(tenant: Tenant, session_id: str, *, at: datetime) -> CheckoutSession:
    """Make the intent that names a new customer, who has to be there."""
    with UnitOfWork(tenant, at=at) as work:
        session = locks.lock(tenant, session_id)
        locks.check_open(session, at=at)
        if columns := _make_intent(work, session):
            work.update(session, *columns)
    return session


def _make_intent(work: UnitOfWork, session: CheckoutSession) -> list[str]:
    """Make the intent of a session, once: whoever pays in another tab finds it."""
    if session.mode == "payment" and session.payment_intent_id is None:
        intent = payment_intents.open_held(
            work,
            request_context.reserved_id("pi"),
            held_by=session.id,
            at=work.at,
            **intent_columns(session),
        )
        session.payment_intent_id = intent.id
        return ["payment_intent_id"]
    if session.mode == "setup" and session.setup_intent_id is None:
        asked = session.settings
        setup = setup_intents.open_held(
            work,
            request_context.reserved_id("seti"),
            held_by=session.id,
            at=work.at,
            customer_id=session.customer_id,
            payment_method_types=rendering.named_types(session),
            excluded_payment_method_types=asked.get("excluded_payment_method_types"),
            configuration=asked.get("configuration"),
            payment_method_options=asked.get("payment_method_options") or {},
            **(asked.get("setup_intent_data") or {}),
        )
        session.setup_intent_id = setup.id
        return ["setup_intent_id"]
    return []
