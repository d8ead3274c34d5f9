"""Authentications: the payer's bank confirms who pays, and the evidence is signed.

Evidence is signed over what the payer agreed to (intent, amount, currency, payee and card), is
good for ten minutes and for one charge.
"""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Final

from accounts.models import Account
from core import request_context
from core.database.locking import lock_rows
from core.detection import measures
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments.methods.services.instruments.payment_facts import facts_of
from payments.models import (
    Authentication,
    PaymentIntent,
    PaymentMethod,
    SetupIntent,
)
from payments.states import AuthenticationStatus
from payments.three_d_secure import queries, sca
from payments.three_d_secure.sca import Step, Verdict
from payments.three_d_secure.services import evidence
from processors.protocols.base import Enrolment
from processors.router import choosing

Intent = PaymentIntent | SetupIntent

GOOD_FOR: Final = timedelta(minutes=10)
MOST_WRONG_CODES: Final = 3

_FAILED: Final = frozenset({"failed"})


def ask(
    work: UnitOfWork, intent: Intent, *, at: datetime, may_challenge: bool = True
) -> Authentication | None:
    """Have the payer's bank authenticate a payment with the payer present.

    Args:
        work: The unit of work, which takes a new row.
        intent: The intent, locked, with its payment method.
        at: The moment of the request.
        may_challenge: False to cancel what would have to wait for the payer.

    Returns:
        None if the bank has nothing to say. An authentication that is pending waits for the
        payer; one that succeeded goes with the charge.
    """
    method = intent.payment_method
    # Of what only a processor has, the processor asks.
    if method is None or method.type != "card" or not method.instrument:
        return None
    enrolment = choosing.enrolment(facts_of(intent, method), method.instrument, at=at)
    preference = _preference(intent, at)
    if not sca.may_need_authentication(enrolment, preference, method.country or ""):
        return None
    if unused := _find_unused(intent, method, at=at):
        return unused
    verdict = _verdict(intent, method, enrolment, preference, at=at)
    if verdict.step is Step.NOTHING:
        return None
    row = _new(intent, method, at=at)
    if verdict.step is Step.FRICTIONLESS:
        row.exemption = verdict.exemption
        end(row, verdict.result, verdict.result_reason, flow="frictionless", at=at)
    elif not may_challenge:
        end(row, None, None, flow="challenge", at=at)
    work.insert(row)
    return row


def end(
    row: Authentication, result: str | None, reason: str | None, *, flow: str, at: datetime
) -> None:
    """Write the bank's answer into an authentication, and sign it.

    Args:
        row: The authentication, pending.
        result: As the wire names it, such as `"authenticated"`; None if nobody needs it.
        reason: As the wire names it, such as `"rejected"`.
        flow: `"challenge"` or `"frictionless"`.
        at: The moment of the answer.
    """
    status = AuthenticationStatus.SUCCEEDED
    if result is None:
        status = AuthenticationStatus.CANCELED
    elif result in _FAILED or (result == "processing_error" and flow == "challenge"):
        status = AuthenticationStatus.FAILED
    row.move_to(status)
    row.flow, row.result, row.result_reason = flow, result, reason
    row.eci = sca.indicator(row.payment_method.brand, result)
    row.transaction_id = str(uuid.uuid4()) if result and result != "not_supported" else None
    row.ended_at = at
    row.signature = evidence.sign(row)


ENDED: Final = (
    "status", "flow", "result", "result_reason", "eci", "transaction_id", "ended_at", "signature",
    "wrong_codes",
)  # fmt: skip


def cancel_open(work: UnitOfWork, intent: Intent, *, at: datetime) -> None:
    """Cancel the pending authentication of an intent."""
    rows = Authentication.objects.select_related("payment_method")
    pending = rows.filter(id=intent.authentication_id, status=AuthenticationStatus.PENDING)
    row = lock_rows(pending).first()
    if row is not None:
        end(row, None, None, flow="challenge", at=at)
        work.update(row, *ENDED)


def next_action(return_url: str | None) -> JsonObject:
    """Return an intent's stored next action: all but the address."""
    return {"redirect_to_url": {"return_url": return_url}, "type": "redirect_to_url"}


def _preference(intent: Intent, at: datetime) -> str:
    options = (intent.payment_method_options or {}).get("card") or {}
    wanted = str(options.get("request_three_d_secure") or "automatic")
    is_attacked = measures.is_challenged(intent.account_id, livemode=intent.livemode, at=at)
    return "challenge" if is_attacked and wanted == "automatic" else wanted


def _verdict(
    intent: Intent,
    method: PaymentMethod,
    enrolment: Enrolment,
    preference: str,
    *,
    at: datetime,
) -> Verdict:
    regulated = method.country in sca.REGULATED and (
        Account.objects.filter(id=evidence.payee(intent), country__in=sca.REGULATED).exists()
    )
    exemption = None
    if regulated:
        before = queries.count_since_last(intent, method)
        exemption = sca.exemption_for(intent.amount, intent.currency, at.date(), before)
    return sca.decide(
        enrolment,
        preference,
        is_regulated=regulated,
        is_set_up=queries.is_set_up(method, enrolment),
        exemption=exemption,
    )


def _find_unused(intent: Intent, method: PaymentMethod, *, at: datetime) -> Authentication | None:
    """Return unused evidence of this very payment."""
    if intent._state.adding:
        return None
    row = (
        Authentication.objects.select_related("payment_method")
        .filter(
            intent_id=intent.id,
            status=AuthenticationStatus.SUCCEEDED,
            charge_id=None,
            expires_at__gt=at,
        )
        .order_by("-id")
        .first()
    )
    return row if row and evidence.covers(row, intent, method) and evidence.is_intact(row) else None


def _new(intent: Intent, method: PaymentMethod, *, at: datetime) -> Authentication:
    return Authentication(
        id=request_context.reserved_id("tds"),
        account_id=intent.account_id,
        livemode=intent.livemode,
        intent_id=intent.id,
        payment_method=method,
        amount=intent.amount,
        currency=intent.currency,
        payee=evidence.payee(intent),
        card_fingerprint=method.fingerprint,
        nonce=secrets.token_urlsafe(32),
        is_for_later=intent.setup_future_usage == "off_session",
        created_at=at,
        expires_at=at + GOOD_FOR,
    )
