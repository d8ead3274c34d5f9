"""Payers who go to a processor, and come back from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import missing
from operations.unit_of_work import UnitOfWork
from payments import method_types, pages
from payments.charges.services import charges
from payments.charges.services.actions import charge_actions, kept_actions
from payments.intents.services import intent_locks
from payments.method_types.base import Method
from payments.models import (
    Charge,
    PayerAction,
    PaymentIntent,
    PaymentMethod,
    SetupAttempt,
    SetupIntent,
)
from payments.setups.services import setup_actions, setup_attempts, setup_intents
from payments.states import ChargeStatus
from payments.unapplied.services import late_payments
from processors import gateway, registry
from processors.protocols.next_actions import ActionKind, ActionScript, NextAction
from processors.protocols.payers import PayerAct

Intent = PaymentIntent | SetupIntent


@dataclass(frozen=True, slots=True)
class Visit:
    """A payer at the address of an attempt.

    Args:
        row: What the payer had to do last.
        intent: The intent as it now is.
    """

    row: PayerAction
    intent: Intent

    @property
    def is_setup(self) -> bool:
        """Tell whether nothing is paid, and something kept for later."""
        return isinstance(self.intent, SetupIntent)

    @property
    def attempt_id(self) -> str:
        """Return the charge or setup attempt."""
        return self.row.attempt_id

    @property
    def action(self) -> NextAction | None:
        """Return what the payer has to do now; None if nothing."""
        kept = self.intent.next_action
        if kept is None or pages.attempt_of(kept) != self.row.attempt_id:
            return None
        return kept_actions.open_action(self.row)


def script_of(visit: Visit) -> ActionScript | None:
    """Return what performs the payer's step in our page; None if no script does."""
    action = visit.action
    if action is None or action.kind is not ActionKind.SCRIPT:
        return None
    return registry.action_script(_processor_of(visit), action.script)


def method_of(visit: Visit) -> Method:
    """Return the rules of what the payer pays with."""
    return method_types.of(_payment_method_of(visit).type)


def bank_of(visit: Visit) -> str:
    """Return the payer's bank in words; empty if it named none."""
    named: str = _payment_method_of(visit).details.get("bank") or ""
    return named.replace("_", " ").title()


def act(visit: Visit, action: PayerAct) -> None:
    """Act for the payer of a test payment, at a simulated bank."""
    gateway.act_for_payer(_processor_of(visit), visit.attempt_id, action)


def _attempt_of(visit: Visit) -> Charge | SetupAttempt:
    if visit.is_setup:
        return SetupAttempt.objects.select_related("payment_method").get(id=visit.attempt_id)
    return Charge.objects.select_related("payment_method").get(id=visit.attempt_id)


def _processor_of(visit: Visit) -> str:
    return _attempt_of(visit).processor


def _payment_method_of(visit: Visit) -> PaymentMethod:
    return _attempt_of(visit).payment_method


def find(attempt_id: str, key: str) -> Visit:
    """Return the visit of an address.

    Raises:
        Missing: If the address is nobody's.
    """
    is_genuine = pages.is_key_of_action(attempt_id, key)
    if not is_genuine or not kept_actions.exists(attempt_id):
        raise missing("payer action", attempt_id)
    return _visit(attempt_id)


def come_back(visit: Visit, returned: Mapping[str, str], *, at: datetime) -> Visit:
    """Ask the rail what a payer did who is back; whatever the browser says is not believed.

    Once the attempt has ended, nothing changes; of one that has failed it is asked soon whether
    it was paid after all.

    Args:
        visit: The payer at the address to which the processor sends browsers back.
        returned: What the browser brought, for the processor to judge.
        at: The moment.
    """
    if isinstance(visit.intent, SetupIntent):
        _set_up(visit, returned, at=at)
    else:
        _pay(visit, returned, at=at)
    return _visit(visit.attempt_id)


def _pay(visit: Visit, returned: Mapping[str, str], *, at: datetime) -> None:
    with UnitOfWork(visit.row.tenant, at=at) as work:
        intent = intent_locks.lock(visit.row.tenant, visit.row.intent_id)
        charge = charges.lock(intent.tenant, visit.attempt_id)
        charge.payment_intent = intent
        row = PayerAction.objects.get(attempt_id=charge.id)
        is_waiting = pages.attempt_of(intent.next_action) == charge.id
        if is_waiting and not kept_actions.is_answered(row, returned):
            charge_actions.resume(work, charge, row, returned)
    if charge.open_request == "charge":
        charges.poll(charge, at=at)
    if charge.status == ChargeStatus.FAILED:
        late_payments.ask_soon(charge, at=at)


def _set_up(visit: Visit, returned: Mapping[str, str], *, at: datetime) -> None:
    with UnitOfWork(visit.row.tenant, at=at) as work:
        intent = setup_intents.lock(visit.row.tenant, visit.row.intent_id)
        attempt = SetupAttempt.objects.select_related("payment_method").get(id=visit.attempt_id)
        row = PayerAction.objects.get(attempt_id=attempt.id)
        is_waiting = pages.attempt_of(intent.next_action) == attempt.id
        if is_waiting and not kept_actions.is_answered(row, returned):
            setup_actions.resume(work, intent, attempt, row, returned)
        is_open = setup_actions.is_open(attempt, intent)
    if is_open:
        setup_attempts.poll(attempt, at=at)


def _visit(attempt_id: str) -> Visit:
    row = PayerAction.objects.get(attempt_id=attempt_id)
    return Visit(row, _intent_of(row))


def _intent_of(row: PayerAction) -> Intent:
    if row.intent_id.startswith("seti_"):
        return SetupIntent.objects.get(id=row.intent_id)
    return PaymentIntent.objects.get(id=row.intent_id)
