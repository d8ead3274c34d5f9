"""Payments whose payers are back, or never come back: Adyen is asked, and not the browser."""

import hashlib
from collections.abc import Mapping
from typing import Final

from processors.adyen import mapping, told, wishes
from processors.adyen.client import Refused, client
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Action, FollowUp, Inquiry, Outcome

# What Adyen adds to the address to which it sends a payer back.
_RESULT: Final = "redirectResult"
# Longer than any of its results.
_MOST_LETTERS: Final = 20_000
_ENDED: Final = frozenset({"Authorised", "Refused", "Cancelled", "Error"})


def complete(
    account: RailAccount, request: FollowUp, state: Mapping[str, str], returned: Mapping[str, str]
) -> Outcome:
    """Pass on what the browser brought, and return what Adyen says it is worth.

    Raises:
        ProcessorUnavailable: If no answer came.
    """
    action = Action.VERIFY if state["currency"] == mapping.NO_MONEY else Action.CHARGE
    known = _find(account, request, action)
    result = returned.get(_RESULT, "")[:_MOST_LETTERS]
    if known is not None or not result:
        return known or mapping.still_waiting(state)
    there = client(account)
    try:
        # A payer who comes back twice brings the same: it is answered as before.
        key = f"{request.charge_key}.{hashlib.sha256(result.encode()).hexdigest()[:16]}"
        answer = there.send(there.payments.payments_details, wishes.details(result), key=key)
    except Refused:
        # It is no result of a payment, or of one that has ended.
        return _find(account, request, action) or mapping.still_waiting(state)
    if answer.get("merchantReference") != request.charge_key:
        # Another payment's: whoever swaps results changes nothing here.
        return mapping.still_waiting(state)
    if answer["resultCode"] not in _ENDED:
        return mapping.payment(answer, state["currency"])
    _keep(account, request, answer)
    return _find(account, request, action) or mapping.payment(answer, state["currency"])


def stop(account: RailAccount, request: FollowUp) -> Outcome:
    """Stop a payment that waits for its payer, and return what has become of it.

    Raises:
        ProcessorUnavailable: If no answer came.
    """
    known = _find(account, request)
    if known is not None:
        return known
    there = client(account)
    key = f"{request.charge_key}.cancel"
    call = there.modifications.cancel_authorised_payment
    # Whoever completes it at this moment may be faster there: a notice says so.
    told.keep(account.name, told.STOPPED, {"pspReference": key}, key=request.charge_key)
    answer = there.send(call, wishes.stop(request.charge_key), key=key)
    told.keep(account.name, told.RECEIVED, answer, key=request.charge_key)
    return _find(account, request) or mapping.received(answer)


def _find(
    account: RailAccount, request: FollowUp, action: Action = Action.CHARGE
) -> Outcome | None:
    about = Inquiry(action, request.charge_key, request.charge_key)
    return told.find(account.name, about)


def _keep(account: RailAccount, request: FollowUp, answer: Mapping[str, object]) -> None:
    is_yes = answer["resultCode"] == "Authorised"
    more = mapping.answered(answer) if is_yes else mapping.refusal(answer)
    item = {
        "pspReference": answer.get("pspReference"),
        "success": str(is_yes).lower(),
        "amount": answer.get("amount"),
        "reason": answer.get("refusalReason"),
    }
    key = request.charge_key
    told.keep(account.name, told.AUTHORISATION, item, key=key, more=more, is_answer=True)
