"""Setup intents: create, confirm, cancel."""

import logging
from datetime import datetime, timedelta

from connect.onboarding.services import charge_eligibility
from core import request_context
from core.errors import InvalidRequest
from core.ids import random_text
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import apply
from operations import locking, polling, recovery
from operations.unit_of_work import UnitOfWork
from payments import queries, resources
from payments.charges import holders
from payments.charges.services import unresolved_requests
from payments.intents.services import confirmation_tokens, intent_validation
from payments.methods import confirmation_options
from payments.methods.services.instruments import processor_tokens
from payments.models import SetupAttempt, SetupIntent
from payments.setups.services import setup_actions, setup_attempts, setup_errors, setup_events
from payments.states import SetupAttemptStatus, SetupStatus

logger = logging.getLogger(__name__)

_WAITING = (
    SetupStatus.REQUIRES_PAYMENT_METHOD,
    SetupStatus.REQUIRES_CONFIRMATION,
    SetupStatus.REQUIRES_ACTION,
)
_WORDS_ONLY = frozenset({"description", "metadata"})


def create(
    *,
    tenant: Tenant,
    payment_method: str | Fields | None = None,
    confirmation_token: str | None = None,
    confirm: bool = False,
    return_url: str | None = None,
    customer_acceptance: JsonObject | None = None,
    at: datetime,
    **details: object,
) -> SetupIntent:
    """Create a setup intent, and with `confirm` confirm it at once.

    Args:
        tenant: The merchant.
        payment_method: `pm_...`, a test token, or `payment_method_data`.
        confirmation_token: `ctoken_...`: what the payer entered on the checkout page.
        confirm: True to set it up now.
        return_url: Where the payer comes back to.
        customer_acceptance: How the payer agreed to be charged later, for a mandate.
        at: The moment of the request.
        details: Further columns of the intent.

    Raises:
        Missing: If the merchant has no such customer or payment method.
        CardError: If the payer's bank declined. The intent and the failed try are kept.
    """
    intent_id = request_context.reserved_id("seti")
    if done := recovery.resume(lambda: _resume(tenant, intent_id, at=at)):
        return done
    _check(return_url, customer_acceptance, is_confirmed=confirm)
    intent_validation.check_confirmation(confirmation_token, is_confirmed=confirm)
    intent = _draft(
        tenant,
        intent_id,
        at=at,
        return_url=return_url,
        customer_acceptance=customer_acceptance,
        **details,
    )
    payment_method = processor_tokens.describe(tenant, payment_method)
    with UnitOfWork(tenant, at=at) as work:
        work.insert(intent)
        if confirmation_token:
            payment_method = _use(work, intent, confirmation_token, at=at)
        if payment_method:
            setup_attempts.use(work, intent, payment_method, at=at)
        setup_events.emit("setup_intent.created", intent, work)
        if not confirm:
            return intent
        attempt = setup_attempts.begin(
            work, intent, columns=None, attempt_id=request_context.reserved_id("setatt"), at=at
        )
    return setup_attempts.finish(attempt, at=at) if attempt else intent


def open_held(
    work: UnitOfWork,
    intent_id: str,
    *,
    held_by: str,
    at: datetime,
    **columns: object,
) -> SetupIntent:
    """Add an intent that something above holds, as a step of it.

    Args:
        work: The unit of work of the holder, whose tenant the intent gets.
        intent_id: `seti_...`.
        held_by: The holder's id. See `payments/charges/holders.py`.
        at: The moment of the request.
        columns: Further columns of the intent.

    Raises:
        Missing: If the merchant has no such customer.
    """
    assert work.tenant is not None
    intent = _draft(work.tenant, intent_id, at=at, held_by=held_by, **columns)
    work.insert(intent)
    setup_events.emit("setup_intent.created", intent, work)
    return intent


def confirm(
    *,
    tenant: Tenant,
    intent_id: str,
    payment_method: str | Fields | None = None,
    confirmation_token: str | None = None,
    return_url: str | None = None,
    customer_acceptance: JsonObject | None = None,
    held_by: str | None = None,
    at: datetime,
    **changes: object,
) -> SetupIntent:
    """Confirm a setup intent: have the rail verify its payment method.

    Args:
        tenant: The merchant; it sees only its own intents.
        intent_id: `seti_...`.
        payment_method: The payment method to save; None for the intent's.
        confirmation_token: `ctoken_...`: what the payer entered on the checkout page.
        return_url: Where the payer comes back to.
        customer_acceptance: How the payer agreed to be charged later, for a mandate.
        held_by: The holder that confirms it; None for anybody else.
        at: The moment of the request.
        changes: Columns to change on the way.

    Raises:
        Missing: If the merchant has no such intent or payment method.
        UnexpectedState: If the intent is not waiting for a payment method.
        CardError: If the payer's bank declined. The failed try is kept.
    """
    attempt_id = request_context.reserved_id("setatt")
    _check(return_url, customer_acceptance, is_confirmed=True)
    if done := recovery.resume(lambda: _resume_attempt(tenant, attempt_id, at=at)):
        return done
    payment_method = processor_tokens.describe(tenant, payment_method)
    with UnitOfWork(tenant, at=at) as work:
        intent = lock(tenant, intent_id)
        holders.check(intent, held_by, "confirm")
        if intent.status not in _WAITING:
            raise setup_errors.unexpected_state(intent, "confirm", _WAITING)
        apply(intent, changes)
        # The customer may have been deleted since the intent was made.
        _check_references(tenant, intent)
        if intent.status == SetupStatus.REQUIRES_ACTION:
            setup_attempts.abandon(work, intent, at=at)
        columns = {*changes, *intent_validation.refresh_capabilities(intent)}
        intent.return_url = return_url or intent.return_url
        if confirmation_token:
            payment_method = _use(work, intent, confirmation_token, at=at)
        if payment_method:
            setup_attempts.use(work, intent, payment_method, at=at)
        intent.customer_acceptance = customer_acceptance or intent.customer_acceptance
        holders.begin(work, intent)
        attempt = setup_attempts.begin(
            work, intent, columns=tuple(columns), attempt_id=attempt_id, at=at
        )
    return setup_attempts.finish(attempt, at=at) if attempt else intent


def update(
    *,
    tenant: Tenant,
    intent_id: str,
    payment_method: str | Fields | None = None,
    changes: JsonObject,
    at: datetime,
) -> SetupIntent:
    """Change an intent that is waiting; its description and metadata at any time.

    Raises:
        Missing: If the merchant has no such intent, payment method or customer.
        UnexpectedState: If it is no longer waiting and more than words would change.
    """
    payment_method = processor_tokens.describe(tenant, payment_method)
    with UnitOfWork(tenant, at=at) as work:
        intent = lock(tenant, intent_id)
        if payment_method or not set(changes) <= _WORDS_ONLY:
            holders.check(intent, None, "update")
        if intent.status not in _WAITING and (payment_method or not set(changes) <= _WORDS_ONLY):
            raise setup_errors.unexpected_state(intent, "update", _WAITING)
        apply(intent, changes)
        if "customer_id" in changes:
            _check_references(tenant, intent)
        columns = set(changes)
        if "payment_method_types" in changes:
            intent_validation.note_capabilities(intent)
            columns.add("lacking_types")
        else:
            columns |= intent_validation.refresh_capabilities(intent)
        if payment_method:
            if intent.status == SetupStatus.REQUIRES_ACTION:
                # The payer was asked about another one.
                setup_attempts.abandon(work, intent, at=at)
            setup_attempts.use(work, intent, payment_method, at=at)
            columns |= {"payment_method", "status", "next_action"}
        if columns:
            work.update(intent, *sorted(columns))
    return intent


def cancel(
    *,
    tenant: Tenant,
    intent_id: str,
    cancellation_reason: str | None = None,
    held_by: str | None = None,
    at: datetime,
) -> SetupIntent:
    """Cancel an intent; one that is held, only for its holder.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: If it is processing, or has ended.
    """
    with UnitOfWork(tenant, at=at) as work:
        intent = lock(tenant, intent_id)
        if recovery.is_under_way() and intent.status == SetupStatus.CANCELED:
            return intent
        holders.check(intent, held_by, "cancel")
        if intent.status not in _WAITING:
            raise setup_errors.unexpected_state(intent, "cancel", _WAITING)
        if intent.status == SetupStatus.REQUIRES_ACTION:
            setup_attempts.abandon(work, intent, at=at)
        work.change(
            intent,
            status=SetupStatus.CANCELED,
            cancellation_reason=cancellation_reason,
            next_action=None,
        )
        setup_events.emit("setup_intent.canceled", intent, work)
    return intent


def verify_microdeposits(*, tenant: Tenant, intent_id: str) -> SetupIntent:
    """Refuse to verify micro-deposits: no setup here is verified by them.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: Always otherwise.
    """
    intent = queries.setup_intent(tenant, intent_id)
    raise setup_errors.UnexpectedState(
        f"SetupIntent {intent_id} does not wait for micro-deposits. Payment methods of Rialto are "
        "verified without them.",
        extra={"setup_intent": resources.setup_intent(intent)},
    )


def repair(*, at: datetime, older_than: timedelta = timedelta(seconds=30)) -> int:
    """Poll the rails for setup attempts without an answer, or whose payers are there.

    Args:
        at: The moment, in UTC.
        older_than: The age at which an attempt is polled.

    Returns:
        How many have their answer now.
    """
    waiting = SetupIntent.objects.filter(processing_since__lt=at - older_than).exclude(
        latest_attempt_id__in=unresolved_requests.waiting_ids(at)
    )

    def ask(attempt_id: str | None) -> bool:
        attempt = SetupAttempt.objects.select_related("payment_method").get(id=attempt_id)
        return setup_attempts.poll(attempt, at=at).status != SetupAttemptStatus.PROCESSING

    def ask_about_payer(attempt_id: str) -> bool:
        attempt = SetupAttempt.objects.select_related("payment_method").get(id=attempt_id)
        return setup_attempts.poll(attempt, at=at).status != SetupAttemptStatus.REQUIRES_ACTION

    ids = waiting.order_by("processing_since").values_list("latest_attempt_id", flat=True)
    count = polling.each(ids[:100], ask, failure=polling.NOT_SETTLED)
    return count + polling.each(
        setup_actions.due(at=at), ask_about_payer, failure=polling.NOT_SETTLED
    )


def lock(tenant: Tenant, intent_id: str) -> SetupIntent:
    """Return a merchant's intent, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    rows = SetupIntent.objects.all()
    return locking.lock(rows, tenant, intent_id, kind="setup_intent", param="intent")


def _resume(tenant: Tenant, intent_id: str, *, at: datetime) -> SetupIntent | None:
    """Resume the intent of a request that was cut off; None without one."""
    intent = SetupIntent.objects.filter(
        id=intent_id, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if intent is None or intent.latest_attempt_id is None:
        return intent
    return _resume_attempt(tenant, intent.latest_attempt_id, at=at)


def _resume_attempt(tenant: Tenant, attempt_id: str, *, at: datetime) -> SetupIntent | None:
    attempt = (
        SetupAttempt.objects.select_related("setup_intent", "payment_method")
        .filter(id=attempt_id, account_id=tenant.account_id, livemode=tenant.livemode)
        .first()
    )
    if attempt is None:
        return None
    if attempt.status == "processing":
        return setup_attempts.finish(attempt, at=at)
    return setup_errors.check_answer(attempt)


def _draft(
    tenant: Tenant,
    intent_id: str,
    *,
    at: datetime,
    **columns: object,
) -> SetupIntent:
    intent = SetupIntent(
        id=intent_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        client_secret=f"{intent_id}_secret_{random_text(25)}",
        created_at=at,
        **columns,
    )
    _check_references(tenant, intent)
    intent_validation.note_capabilities(intent)
    return intent


def _use(work: UnitOfWork, intent: SetupIntent, token_id: str, *, at: datetime) -> str:
    session = confirmation_options.ConfirmationOptions(return_url=intent.return_url)
    method_id, session = confirmation_tokens.use(work, intent, token_id, session, at=at)
    intent.return_url = session.return_url
    return method_id


def _check(return_url: str | None, acceptance: JsonObject | None, *, is_confirmed: bool) -> None:
    confirmation_options.check_options(
        confirmation_options.ConfirmationOptions(return_url=return_url),
        is_confirmed=is_confirmed,
        kind="SetupIntent",
    )
    if acceptance is None:
        return
    if not is_confirmed:
        raise InvalidRequest(
            "mandate_data can only be used with confirm=true. Pass it when you confirm the "
            "SetupIntent.",
            param="mandate_data",
        )
    confirmation_options.check_acceptance(acceptance)


def _check_references(tenant: Tenant, intent: SetupIntent) -> None:
    if intent.customer_id:
        queries.customer(tenant, intent.customer_id, param="customer")
    if intent.on_behalf_of:
        charge_eligibility.check(tenant, intent.on_behalf_of, param="on_behalf_of")
