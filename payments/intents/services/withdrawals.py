"""Withdraw codes, and payments at processors, that payers may not go on with any more."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import ParamSpec

from core.tenant import Tenant
from core.types import JsonObject
from operations import recovery
from operations.unit_of_work import UnitOfWork
from payments import method_types, pages, queries
from payments.charges.services import charge_requests, charges, push_charges
from payments.charges.services.actions import charge_actions
from payments.intents.services import intent_locks
from payments.models import Charge, PaymentIntent

_P = ParamSpec("_P")


class CodeIsShownError(Exception):
    """An operation needs an intent whose payer may be scanning its code."""


def check_not_shown(intent: PaymentIntent) -> None:
    """Refuse an operation while a payer may be scanning a code, or be at the processor.

    Raises:
        CodeIsShownError: If one may; `withdraws_code` withdraws the code and tries again.
    """
    if charge_actions.is_open(intent):
        raise CodeIsShownError


def withdraws_code(operation: Callable[_P, PaymentIntent]) -> Callable[_P, PaymentIntent]:
    """Let an operation withdraw the code that is in its way, once all else is in order.

    It runs again after that: what it had gathered was not written.
    """

    @wraps(operation)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> PaymentIntent:
        params: JsonObject = kwargs
        tenant, intent_id, at = params["tenant"], params["intent_id"], params["at"]
        if recovery.is_under_way():
            _finish_open(tenant, intent_id, at=at)
        with suppress(CodeIsShownError):
            return operation(*args, **kwargs)
        _withdraw(tenant, intent_id, at=at)
        return operation(*args, **kwargs)

    return run


def open_request(work: UnitOfWork, intent: PaymentIntent, why: str) -> Charge:
    """Open the request to withdraw an intent's code.

    Args:
        work: The unit of work, which ends before the rail is asked.
        intent: The intent, locked, waiting for its payer.
        why: See `push_charges.request_withdrawal`.
    """
    charge = intent_locks.lock_charge(intent)
    push_charges.request_withdrawal(work, intent, charge, why)
    return charge


def expire(charge: Charge, *, at: datetime) -> bool:
    """Withdraw a charge whose payer has left a step at the processor unfinished for too long.

    Args:
        charge: The charge, outside a transaction. One that has gone on meanwhile is left alone.
        at: The moment.

    Returns:
        Whether the rail has said how it ended: the payer may have been faster.
    """
    with UnitOfWork(charge.tenant, at=at) as work:
        intent = intent_locks.lock(charge.tenant, charge.payment_intent_id)
        is_waiting = pages.attempt_of(intent.next_action) == charge.id
        if not is_waiting or not charge_actions.is_open(intent):
            return False
        locked = open_request(work, intent, "expire")
    finish(locked, at=at)
    return not Charge.objects.filter(id=charge.id).exclude(open_request=None).exists()


def give_up(*, tenant: Tenant, intent_id: str, at: datetime) -> bool:
    """Withdraw the attempt of an intent whose payer has left a step at the processor unfinished.

    A code has an end of its own: it goes on.

    Args:
        tenant: The merchant.
        intent_id: `pi_...`.
        at: The moment.

    Returns:
        Whether the rail has said how it ended. See `expire`.
    """
    row = queries.payment_intent(tenant, intent_id)
    if row.latest_charge_id is None or not charge_actions.is_open(row):
        return False
    charge = Charge.objects.select_related("payment_intent").get(id=row.latest_charge_id)
    return not method_types.of(charge.method_type).is_push and expire(charge, at=at)


def finish(charge: Charge, *, at: datetime) -> PaymentIntent:
    """Have the rail withdraw a code, and record the outcome: it may have been paid."""
    outcome = charge_requests.send(charge, charge.payment_method, charge.payment_intent)
    return charges.settle(charge.id, outcome, at=at).payment_intent


def _finish_open(tenant: Tenant, intent_id: str, *, at: datetime) -> None:
    """Resume the withdrawal that a request had begun before it was cut off."""
    charge = (
        Charge.objects.select_related("payment_intent", "payment_method")
        .filter(
            payment_intent=intent_id,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            open_request="withdraw",
        )
        .first()
    )
    if charge is not None:
        finish(charge, at=at)


def _withdraw(tenant: Tenant, intent_id: str, *, at: datetime) -> None:
    with UnitOfWork(tenant, at=at) as work:
        intent = intent_locks.lock(tenant, intent_id)
        if not charge_actions.is_open(intent):
            return
        charge = open_request(work, intent, "withdraw")
    finish(charge, at=at)
