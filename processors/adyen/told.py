"""What Adyen has told about our requests: it cannot be asked, so this is kept.

A payment, a capture or a refund has one word that lasts, in whatever order it was told: a no that
follows a yes is the last one.
"""

import base64
from collections.abc import Iterable
from typing import Final

from core.database.transactions import atomic
from core.security import encryption
from core.types import Fields, JsonObject
from processors.adyen import mapping, money, refusals
from processors.models import ToldEvent
from processors.protocols.base import Action, Inquiry, Outcome, OutcomeStatus
from processors.protocols.declines import Decline

# What Adyen answered a capture, a cancellation or a refund with: that it will be told of.
RECEIVED: Final = "received"
AUTHORISATION: Final = "AUTHORISATION"
CAPTURE_FAILED: Final = "CAPTURE_FAILED"
# What we stopped ourselves, because its payer never came back.
STOPPED: Final = "stopped"

# What says that something is done, and what says afterwards that it came to nothing.
_DONE: Final = {
    Action.CHARGE: {AUTHORISATION},
    Action.VERIFY: {AUTHORISATION},
    Action.CAPTURE: {"CAPTURE"},
    Action.VOID: {"CANCELLATION"},
    Action.REFUND: {"REFUND"},
}
_UNDONE: Final = {
    Action.CAPTURE: {CAPTURE_FAILED},
    Action.REFUND: {"REFUND_FAILED", "REFUNDED_REVERSED"},
}
PURPOSE: Final = "instruments that processors told"
_REFUSED: Final = "Adyen did not carry it out."


def reference(charge_key: str, key: str) -> str:
    """Return what Adyen knows a request by: our charge's id, and the request's if it is another."""
    return key if key == charge_key else f"{charge_key}.{key}"


def find(processor: str, inquiry: Inquiry) -> Outcome | None:
    """Return the last word about a request; None if nothing was told."""
    key = reference(inquiry.charge_key, inquiry.key)
    found = _last_word(inquiry.action, ToldEvent.objects.filter(processor=processor, key=key))
    if found is None and inquiry.action in (Action.CAPTURE, Action.VOID):
        return _by_hand(processor, inquiry)
    return found


def find_outside(processor: str, reference: str) -> Outcome | None:
    """Return the last word about a refund that was made there; None if nothing was told."""
    rows = ToldEvent.objects.filter(processor=processor, reference=reference)
    return _last_word(Action.REFUND, rows)


def _by_hand(processor: str, inquiry: Inquiry) -> Outcome | None:
    """Return what somebody there did with an authorisation: it has no id of ours but the charge's.

    What was let go cannot be captured any more.
    """
    rows = ToldEvent.objects.filter(processor=processor, key=inquiry.charge_key, is_success=True)
    found = _last_word(inquiry.action, rows)
    if found is None and inquiry.action is Action.CAPTURE:
        let_go = rows.filter(kind="CANCELLATION").first()
        return _refused(Action.CAPTURE, let_go) if let_go else None
    return found


def _last_word(action: Action, told: Iterable[ToldEvent]) -> Outcome | None:
    rows = list(told)
    if action is Action.CHARGE and any(row.kind == STOPPED for row in rows):
        return _stopped(rows)
    undone = [r for r in rows if r.kind in _UNDONE.get(action, ()) and r.is_success]
    if undone:
        return _refused(action, undone[0])
    done = [r for r in rows if r.kind in _DONE.get(action, ())]
    for row in sorted(done, key=lambda row: not row.is_success):
        return _done(action, row) if row.is_success else _refused(action, row)
    return None


def _stopped(rows: list[ToldEvent]) -> Outcome:
    """Return the last word about a payment that we stopped: its payer may have been faster."""
    paid = next((r for r in rows if r.kind == AUTHORISATION and r.is_success), None)
    canceled = next((r for r in rows if r.kind == "TECHNICAL_CANCEL"), None)
    if paid and canceled and not canceled.is_success:
        return _done(Action.CHARGE, paid)
    if paid and not canceled:
        return Outcome(OutcomeStatus.PENDING, paid.reference, 0, paid.currency.lower())
    why = Decline("canceled", "The payment was canceled before it was paid.")
    return Outcome(OutcomeStatus.DECLINED, "", 0, mapping.NO_MONEY, decline=why)


def keep(
    processor: str,
    kind: str,
    item: Fields,
    *,
    key: str,
    more: Fields | None = None,
    is_answer: bool = False,
) -> None:
    """Keep what was told, once.

    Args:
        processor: The name of the account there.
        kind: As Adyen calls it, or `RECEIVED`.
        item: What it told, or answered.
        key: What it is about, as `reference` has it.
        more: What it said besides.
        is_answer: True if it was answered to us, which is worth more than a notice.
    """
    there = str(item.get("pspReference") or "")
    is_success = str(item.get("success", "true")).lower() == "true"
    amount = item.get("amount") or {}
    name = f"{processor}:{kind}:{there}:{'yes' if is_success else 'no'}"
    row = ToldEvent(
        name=name,
        processor=processor,
        kind=kind,
        key=key,
        payment_reference=str(item.get("originalReference") or there),
        reference=there,
        value=int(amount.get("value") or 0),
        currency=str(amount.get("currency") or ""),
        is_success=is_success,
        reason=str(item.get("reason") or "")[:1_000],
        more=_seal(name, more or {}),
    )
    with atomic():
        ToldEvent.objects.bulk_create([row], ignore_conflicts=True)
        if is_answer:
            # A notice may have been here first: it says less.
            ToldEvent.objects.filter(name=row.name).update(more=row.more)
        if kind == RECEIVED:
            # It may have been told before the answer was here, under another name of ours.
            same = ToldEvent.objects.filter(processor=processor, reference=there)
            same.exclude(key=key).update(key=key)


def _seal(name: str, more: Fields) -> JsonObject:
    """Return what is kept besides, in which no name of a card can be read."""
    token = more.get(mapping.INSTRUMENT)
    if not token:
        return dict(more)
    sealed = encryption.encrypt(str(token), purpose=PURPOSE, row=name)
    return dict(more) | {mapping.INSTRUMENT: base64.b64encode(sealed).decode()}


def _unseal(row: ToldEvent) -> dict[str, str]:
    sealed = row.more.get(mapping.INSTRUMENT)
    if not sealed:
        return dict(row.more)
    token = encryption.decrypt(base64.b64decode(sealed), purpose=PURPOSE, row=row.name)
    return dict(row.more) | {mapping.INSTRUMENT: token}


def was_captured(processor: str, key: str) -> bool:
    """Tell whether something was said to be captured: by a notice, or at once with the payment."""
    rows = ToldEvent.objects.filter(processor=processor, key=key, is_success=True)
    return "." not in key or rows.filter(kind="CAPTURE").exists()


def key_of(processor: str, reference: str, otherwise: str) -> str:
    """Return what something is about that was answered with Adyen's own reference."""
    known = ToldEvent.objects.filter(processor=processor, kind=RECEIVED, reference=reference)
    return known.values_list("key", flat=True).first() or otherwise


def _done(action: Action, row: ToldEvent) -> Outcome:
    there = _reference_there(action, row)
    amount, currency = money.from_adyen({"value": row.value, "currency": row.currency})
    amount = 0 if action is Action.VOID else amount
    outcome = Outcome(OutcomeStatus.SUCCEEDED, there, amount, currency)
    return mapping.with_answered(outcome, _unseal(row))


def _reference_there(action: Action, row: ToldEvent) -> str:
    """Return what Adyen calls a refund itself; of all else, the payment that it is about."""
    return row.reference if action is Action.REFUND else row.payment_reference


def _refused(action: Action, row: ToldEvent) -> Outcome:
    currency = row.currency.lower() or "xxx"
    why = refusals.decline(row.more | {"refusalReason": row.reason})
    if action is Action.REFUND:
        why = Decline("unknown", "The refund did not reach the payer.", for_operator=row.reason)
    elif action in (Action.CAPTURE, Action.VOID):
        why = Decline("processing_error", _REFUSED, for_operator=row.reason or None)
    there = _reference_there(action, row)
    return Outcome(OutcomeStatus.DECLINED, there, 0, currency, decline=why)
