"""What Adyen answers, in our words."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from core.types import Fields
from processors.adyen import cards, charged, money, refusals
from processors.protocols.base import Outcome, OutcomeStatus, UnknownReason, unknown
from processors.protocols.next_actions import ActionKind, NextAction

_KEPT_TOKEN: Final = ("tokenization.storedPaymentMethodId", "recurring.recurringDetailReference")
_KEPT_FOR: Final = ("tokenization.shopperReference", "recurring.shopperReference")
_NETWORK_REFERENCE: Final = "networkTxReference"
# Of a no, what is kept.
_REFUSAL: Final = ("refusalReasonRaw", "refusalReasonCode", "merchantAdviceCode")
NO_MONEY: Final = "xxx"
_NETWORK, INSTRUMENT, _CARD = "network_transaction_id", "instrument", "card"


def payment(answer: Fields, currency: str) -> Outcome:
    """Map the answer about a payment to its outcome.

    Args:
        answer: As `/payments` and `/payments/details` give it.
        currency: What it was asked for in; `"xxx"` if no money was to move.
    """
    reference = str(answer.get("pspReference") or "")
    match answer["resultCode"]:
        case "Authorised":
            return _authorised(answer, reference, currency)
        case "Received" | "Pending":
            return Outcome(OutcomeStatus.PENDING, reference, 0, currency)
        case "RedirectShopper":
            return _redirect(answer, reference, currency)
        case "Refused" | "Cancelled":
            why = refusals.decline(answer)
            return Outcome(OutcomeStatus.DECLINED, reference, 0, currency, decline=why)
        case "Error":
            why = refusals.decline(answer)
            return Outcome(OutcomeStatus.ERRORED, reference, 0, currency, decline=why)
        case other:
            return unknown(UnknownReason.UNREADABLE, f"Adyen's resultCode is {other!r:.100}.")


def received(answer: Fields) -> Outcome:
    """Map the answer about a capture, a cancellation or a refund: the last word comes later."""
    currency = str((answer.get("amount") or {}).get("currency", NO_MONEY)).lower()
    return Outcome(OutcomeStatus.PENDING, str(answer["pspReference"]), 0, currency)


def without_payer(outcome: Outcome) -> Outcome:
    """Decline what waits for a payer who cannot be asked: nobody goes on with it."""
    if outcome.status is not OutcomeStatus.ACTION_REQUIRED:
        return outcome
    why = refusals.without_payer()
    return Outcome(OutcomeStatus.DECLINED, outcome.reference, 0, outcome.currency, decline=why)


def refused(why: Exception) -> Outcome:
    """Map what Adyen did not take, or could not have been asked, to an outcome."""
    return Outcome(OutcomeStatus.ERRORED, "", 0, NO_MONEY, decline=refusals.error(str(why)))


def _authorised(answer: Fields, reference: str, currency: str) -> Outcome:
    amount, unit = 0, NO_MONEY
    if currency != NO_MONEY:
        amount, unit = money.from_adyen(answer["amount"])
    return with_answered(
        Outcome(OutcomeStatus.SUCCEEDED, reference, amount, unit), answered(answer)
    )


def answered(answer: Fields) -> dict[str, str]:
    """Return what an answer says of a payment besides: a notice would not be believed."""
    more = answer.get("additionalData") or {}
    token = next((more[name] for name in _KEPT_TOKEN if more.get(name)), None)
    shopper = next((more[name] for name in _KEPT_FOR if more.get(name)), None)
    kept = {_NETWORK: more.get(_NETWORK_REFERENCE)}
    if token and shopper:
        kept[INSTRUMENT] = cards.keep(str(shopper), str(token))
    if card := charged.describe(answer):
        kept[_CARD] = card
    return {name: str(value) for name, value in kept.items() if value}


def refusal(answer: Fields) -> dict[str, str]:
    """Return why an answer says no, as it is kept: `refusals.decline` reads it."""
    return shown(answer, _REFUSAL)


def shown(answer: Fields, names: Iterable[str]) -> dict[str, str]:
    """Return some of what an answer or a notice says besides, as far as it says it."""
    kept = dict(answer) | dict(answer.get("additionalData") or {})
    return {name: str(kept[name])[:500] for name in names if kept.get(name)}


def with_answered(outcome: Outcome, kept: Mapping[str, str]) -> Outcome:
    """Add what `answered` found to an outcome."""
    return replace(
        outcome,
        network_transaction_id=kept.get(_NETWORK),
        instrument=kept.get(INSTRUMENT),
        card=charged.read(kept[_CARD]) if _CARD in kept else None,
    )


def _redirect(answer: Fields, reference: str, currency: str) -> Outcome:
    action = answer["action"]
    url, method = str(action["url"]), str(action.get("method") or "GET")
    fields = {str(name): str(value) for name, value in (action.get("data") or {}).items()}
    state = {"url": url, "method": method, "fields": json.dumps(fields), "currency": currency}
    step = NextAction(ActionKind.REDIRECT, url=url, method=method, fields=fields, state=state)
    return Outcome(OutcomeStatus.ACTION_REQUIRED, reference, 0, currency, next_action=step)


def still_waiting(state: Mapping[str, str]) -> Outcome:
    """Return the outcome of a payment whose payer has not done yet what was asked."""
    step = NextAction(
        ActionKind.REDIRECT,
        url=state["url"],
        method=state["method"],
        fields=json.loads(state["fields"]),
        state=state,
    )
    return Outcome(OutcomeStatus.ACTION_REQUIRED, "", 0, state["currency"], next_action=step)
