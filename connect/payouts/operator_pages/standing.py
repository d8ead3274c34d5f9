"""Why a payout stands where it stands, and what to do about it, in words."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from connect.models import Payout, PayoutAttempt
from connect.states import AttemptStatus, PayoutStatus
from core.durations import format_duration

_NEXT_STEP: Final = {
    "account_closed": "Ask the seller for another bank account. Payouts go on once it is there.",
    "no_account": "Ask the seller to check routing and account number. Payouts go on once the "
    "bank account is put right.",
    "account_frozen": "Ask the seller to speak to their bank, or for another bank account.",
    "debit_not_authorized": "Ask the seller for an account that takes credits.",
    "invalid_currency": "Ask the seller for an account in the payout's currency.",
    "insufficient_funds": "Our own bank account was short. Fill it; the next payout takes the "
    "money along.",
    "could_not_process": "Nothing is wrong with the seller's account as far as we know. The next "
    "payout takes the money along.",
}
_ANY_STEP: Final = "Ask the seller for another bank account."


class Standing(NamedTuple):
    """Where a payout stands.

    Args:
        what: In a word or two.
        why: In sentences.
        step: What to do; empty if nothing is to be done.
    """

    what: str
    why: str
    step: str = ""


def explain(row: Payout, attempt: PayoutAttempt | None, at: datetime) -> Standing:
    """Tell why a payout stands where it stands.

    Args:
        row: The payout, with its destination and account.
        attempt: The last attempt to send it; None if there was none.
        at: The moment.
    """
    if row.status == PayoutStatus.FAILED:
        step = "" if row.resolved_at else _NEXT_STEP.get(row.failure_code or "", _ANY_STEP)
        return Standing("Failed", row.failure_message or "", step)
    if row.status == PayoutStatus.PENDING:
        return _explain_pending(row, at)
    if row.status == PayoutStatus.CANCELED:
        return Standing("Canceled", "It was never sent. Its money is available again.")
    if row.status == PayoutStatus.PAID:
        return Standing(
            "Paid",
            "The bank has confirmed it. A bank may still send it back; then it fails, and the "
            "money is available again.",
        )
    return _explain_sent(row, attempt, at)


def is_held(row: Payout, at: datetime) -> bool:
    """Tell whether a payout waits for the hold of its destination."""
    until = row.destination.held_until
    return row.status == PayoutStatus.PENDING and until is not None and until > at


def _explain_pending(row: Payout, at: datetime) -> Standing:
    if is_held(row, at):
        until = row.destination.held_until
        return Standing(
            "Held",
            f"Payouts of this account go to {row.destination} only since a short time ago, "
            f"so they are held until {until:%Y-%m-%d %H:%M} UTC. Its owner has been told.",
            "Ask the owner by a way that you know already whether this is right. Then "
            "lift the hold, or cancel the payout.",
        )
    if row.account.opened_by_id and not row.account.payouts_enabled:
        return Standing(
            "Held up",
            "Payouts of this account are disabled, so it is not sent.",
            "Put right what the account's requirements name, or cancel the payout.",
        )
    if row.destination.left_at is not None:
        return Standing(
            "Held up",
            f"The platform that added {row.destination} is no longer connected, so nothing is "
            "sent there.",
            "The owner keeps the bank account or names another one; or cancel the payout.",
        )
    when = f"{row.send_at:%H:%M} UTC on {row.send_at:%Y-%m-%d}" if row.send_at else "soon"
    if row.send_at and row.send_at <= at:
        when = "within the next minutes"
    return Standing(
        "Waits", f"Its money is set aside. It is sent {when}; until then it can be canceled."
    )


def _explain_sent(row: Payout, attempt: PayoutAttempt | None, at: datetime) -> Standing:
    if attempt is None or (row.send_at and attempt.status == AttemptStatus.FAILED):
        again = f" It is sent again at {row.send_at:%H:%M} UTC." if row.send_at else ""
        return Standing("Could not be sent", f"{attempt.message if attempt else ''}{again}".strip())
    wait = timedelta(0)
    if attempt.next_poll_at and attempt.next_poll_at > at:
        wait = attempt.next_poll_at - at
    return Standing(
        "Unknown" if attempt.status == AttemptStatus.UNKNOWN else "On its way",
        attempt.message or "The bank has it, and has not said what became of it.",
        f"It is asked after by itself, again in {format_duration(wait)}. Never send it "
        "again by hand.",
    )
