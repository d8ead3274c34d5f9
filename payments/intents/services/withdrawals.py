"""Codes that a payer was shown, and that nobody shall pay any more."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import ParamSpec

from core.tenant import Tenant
from core.types import JsonObject
from operations import locking
from operations.unit_of_work import UnitOfWork
from payments.charges.services import charge_requests, charges, push_charges
from payments.models import Charge, PaymentIntent

_P = ParamSpec("_P")


class CodeIsShownError(Exception):
    """Something else is wanted of an intent whose payer may be scanning its code."""


def check_not_shown(intent: PaymentIntent) -> None:
    """Stop what cannot be done while a payer may be scanning a code.

    Raises:
        CodeIsShownError: If one may; `makes_way` withdraws the code.
    """
    if push_charges.is_shown(intent):
        raise CodeIsShownError


def makes_way(operation: Callable[_P, PaymentIntent]) -> Callable[_P, PaymentIntent]:
    """Let an operation withdraw the code that is in its way, once all else is in order.

    It is begun again after that: what it had gathered was not written.
    """

    @wraps(operation)
    def tried(*args: _P.args, **wanted: _P.kwargs) -> PaymentIntent:
        with suppress(CodeIsShownError):
            return operation(*args, **wanted)
        params: JsonObject = wanted
        _withdraw(params["tenant"], params["intent_id"], at=params["at"])
        return operation(*args, **wanted)

    return tried


def open_request(work: UnitOfWork, intent: PaymentIntent, why: str) -> Charge:
    """Write down the wish that a code is withdrawn.

    Args:
        work: The transaction, which ends before the rail is asked.
        intent: Locked, waiting for its payer.
        why: See `push_charges.ask_to_withdraw`.
    """
    charge = (
        Charge.objects.select_related("payment_method")
        .select_for_update(of=("self",), no_key=True)
        .get(id=intent.latest_charge_id)
    )
    charge.payment_intent = intent
    push_charges.ask_to_withdraw(work, intent, charge, why)
    return charge


def finish(charge: Charge, *, at: datetime) -> PaymentIntent:
    """Ask the rail to withdraw a code, and record what it says: it may have been paid."""
    outcome = charge_requests.send(charge, charge.payment_method, charge.payment_intent)
    return charges.settle(charge.id, outcome, at=at).payment_intent


def _withdraw(tenant: Tenant, intent_id: str, *, at: datetime) -> None:
    with UnitOfWork(tenant, at=at) as work:
        rows = PaymentIntent.objects.all()
        intent = locking.lock(rows, tenant, intent_id, kind="payment_intent", param="intent")
        if not push_charges.is_shown(intent):
            return
        charge = open_request(work, intent, "withdraw")
    finish(charge, at=at)
