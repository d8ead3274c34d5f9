"""The one door to the rails: what is no answer becomes `unknown`, and never a no."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from core.database.transactions import forbid_transaction
from core.measuring import counters
from processors import registry
from processors.accounts import observed, refusals
from processors.accounts.snapshot import Listed
from processors.protocols.base import (
    REFUSED,
    AccessRefused,
    Action,
    CancelsCharges,
    CancelsRefunds,
    ChargeRequest,
    FollowUp,
    Inquiry,
    Outcome,
    OutcomeStatus,
    Processor,
    ProcessorUnavailable,
    UnknownReason,
    VerifyRequest,
    unknown,
)
from processors.protocols.instruments import ChargedAccount, ChargedCard, DescribesTokens
from processors.protocols.payers import ActsForPayers, CompletesActions, PayerAct
from processors.protocols.payouts import PayoutRequest
from processors.router import health
from processors.states import AccountStatus

logger = logging.getLogger(__name__)

_Answer = TypeVar("_Answer", Outcome, Outcome | None)


def charge(rail: str, request: ChargeRequest, *, method: str = "card") -> Outcome:
    """Charge a payment method, or authorise the amount.

    This and what follows ask a rail by its name, and may be repeated with the same request. What
    the rail did not say so that it can be understood is unknown.

    Args:
        rail: The name of the account there.
        request: The request.
        method: What is paid with, as the wire names it: an account may fare well with one alone.
    """
    outcome = _ask(rail, "charge", lambda: _understand(registry.get(rail).charge(request)))
    health.note(rail, method, outcome)
    return outcome


def capture(rail: str, request: FollowUp) -> Outcome:
    """Capture a part or all of what was authorised."""
    return _ask(rail, "capture", lambda: _understand(registry.get(rail).capture(request)))


def void(rail: str, request: FollowUp) -> Outcome:
    """Void an authorisation."""
    return _ask(rail, "void", lambda: _understand(registry.get(rail).void(request)))


def refund(rail: str, request: FollowUp) -> Outcome:
    """Refund a part or all of a charge."""
    return _ask(rail, "refund", lambda: _understand(registry.get(rail).refund(request)))


def verify(rail: str, request: VerifyRequest) -> Outcome:
    """Ask the payer's bank whether a method can be charged later. No money moves."""
    return _ask(rail, "verify", lambda: _understand(registry.get(rail).verify(request)))


def payout(rail: str, request: PayoutRequest) -> Outcome:
    """Send money to somebody's bank."""
    return _ask(
        rail,
        "payout",
        lambda: _understand_payout(registry.get_for_payouts(rail).payout(request)),
    )


def find(rail: str, inquiry: Inquiry) -> Outcome | None:
    """Ask a rail what became of an earlier request; None if it never arrived."""
    understood = _understand_payout if inquiry.action is Action.PAYOUT else _understand

    def ask() -> Outcome | None:
        answer: object = registry.find(rail).find(inquiry)
        return None if answer is None else understood(answer)

    return _ask(rail, "find", ask)


def find_or_send(
    rail: str, inquiry: Inquiry, send: Callable[[], Outcome], *, sent_at: datetime, at: datetime
) -> Outcome:
    """Ask what became of a request, and send it again if it never arrived.

    It is sent again with its own key, so whoever sends it, it is done once. Once the rail may
    have forgotten the key, it is not sent again: it stays unknown until somebody has looked.

    Args:
        rail: Its name.
        inquiry: About the request.
        send: Sends the same request as the first time.
        sent_at: When it was sent first.
        at: The moment.
    """
    found = find(rail, inquiry)
    if found is not None:
        return found
    remembered = registry.find(rail).capabilities.key_seconds
    if remembered is not None and (at - sent_at).total_seconds() > remembered:
        return unknown(UnknownReason.KEY_EXPIRED, f"{rail} knows no request {inquiry.key}.")
    return send()


def complete(
    rail: str, request: FollowUp, state: Mapping[str, str], returned: Mapping[str, str]
) -> Outcome | None:
    """Ask how a request ended whose payer is back; None if the rail need not be told."""
    processor = registry.get(rail)
    if not isinstance(processor, CompletesActions):
        return None
    # What the browser says is only passed on.
    return _ask(rail, "complete", lambda: _understand(processor.complete(request, state, returned)))


def cancel_charge(rail: str, request: FollowUp) -> Outcome:
    """Stop a charge that waits for the payer; of a rail that cannot, hear how it stands."""
    return _ask(rail, "cancel", lambda: _cancel_charge(registry.get(rail), request))


def describe_token(rail: str, token: str) -> ChargedCard | ChargedAccount | None:
    """Ask what a token of a rail's browser library stands for, before it is charged.

    Returns:
        None if the rail knows none such, cannot say, or did not answer: the charge will tell.
    """
    processor = registry.find(rail)
    if not isinstance(processor, DescribesTokens):
        return None
    forbid_transaction()
    if _why_not_asked(registry.listed(rail), timezone.now()):
        return None
    try:
        found = processor.describe(token)
    except ProcessorUnavailable:
        logger.warning("%s did not say what a token is.", rail)
        return None
    except Exception:
        logger.exception("%s broke when it was asked what a token is.", rail)
        return None
    return found if isinstance(found, ChargedCard | ChargedAccount) else None


def act_for_payer(rail: str, charge_key: str, act: PayerAct) -> bool:
    """Let the payer of a simulated rail do something; False if real payers act for themselves."""
    forbid_transaction()
    processor = registry.get(rail)
    if isinstance(processor, ActsForPayers):
        processor.act_for_payer(charge_key, act)
        return True
    return False


def cancel_refund(rail: str, request: FollowUp) -> Outcome | None:
    """Stop a refund; None if the rail cannot stop any."""
    return _ask(rail, "cancel_refund", lambda: _cancel_refund(registry.get(rail), request))


def _cancel_charge(processor: Processor, request: FollowUp) -> Outcome:
    if isinstance(processor, CancelsCharges):
        return _understand(processor.cancel_charge(request))
    about = Inquiry(Action.CHARGE, request.charge_key, request.charge_key, request.charge_reference)
    return _understand(processor.find(about))


def _cancel_refund(processor: Processor, request: FollowUp) -> Outcome | None:
    if isinstance(processor, CancelsRefunds):
        return _understand(processor.cancel_refund(request))
    return None


def _understand(answer: object) -> Outcome:
    """Return an answer that is one. What a rail means by anything else is guessed by nobody.

    Raises:
        TypeError: If it is none, or not in our words.
    """
    outcome = _understand_payout(answer)
    if outcome.status in REFUSED and outcome.decline is None:
        raise TypeError("The rail said no, and not why.")
    return outcome


def _understand_payout(answer: object) -> Outcome:
    """Return an answer about a payout: one that could not be sent is sent again without a why.

    Raises:
        TypeError: If it is none, or not in our words.
    """
    if not isinstance(answer, Outcome):
        raise TypeError(f"The rail answered {answer!r:.200}.")
    if not isinstance(answer.status, OutcomeStatus) or type(answer.amount) is not int:
        raise TypeError(f"The rail answered {answer.status!r} about {answer.amount!r:.100}.")
    if answer.status is OutcomeStatus.DECLINED and answer.decline is None:
        raise TypeError("The rail said no, and not why.")
    return answer


def _ask(rail: str, action: str, call: Callable[[], _Answer]) -> _Answer | Outcome:
    """Ask, and count what came of it: what a rail has never heard of is `missing`."""
    forbid_transaction()
    began = time.perf_counter()
    answer = _reach(rail, call)
    outcome = "missing" if answer is None else answer.status.value
    counters.note_processor(rail, action, outcome, time.perf_counter() - began)
    return answer


def _reach(rail: str, call: Callable[[], _Answer]) -> _Answer | Outcome:
    at = timezone.now()
    try:
        if why := _why_not_asked(registry.listed(rail), at):
            return why
        answer = call()
    except ProcessorUnavailable as error:
        if isinstance(error, AccessRefused):
            refusals.note(rail, str(error), at=at)
        else:
            observed.note(rail, at=at, failure=str(error))
        return unknown(UnknownReason(error.reason), str(error))
    except Exception as error:
        # Whatever went wrong here, the processor may have done what it was asked.
        logger.exception("The rail %s failed; whether money moved is unknown.", rail)
        words = f"{type(error).__name__}: {error}"[:500]
        observed.note(rail, at=at, failure=words)
        return unknown(UnknownReason.UNREADABLE, words)
    if registry.listed(rail).quiet_until is not None:
        refusals.end(rail, at=at)
    observed.note(rail, at=at)
    return answer


def _why_not_asked(account: Listed, at: datetime) -> Outcome | None:
    """Ask nothing of an account that is switched off, or has just refused our credentials."""
    if account.status is AccountStatus.DISABLED:
        words = f"The processor account {account.name} is disabled."
        return unknown(UnknownReason.NO_ANSWER, words)
    if account.quiet_until is not None and at < account.quiet_until:
        words = f"{account.name} refuses our credentials: it is asked again a little later."
        return unknown(UnknownReason.ACCESS_REFUSED, words)
    return None
