"""Why a payout stands where it stands, and what to do about it, in words."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext

from connect.models import Payout, PayoutAttempt
from connect.states import AttemptStatus, PayoutStatus
from core.durations import format_duration

NEXT_STEPS: Final = {
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
ANY_STEP: Final = "Ask the seller for another bank account."


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
        step = "" if row.resolved_at else gettext(NEXT_STEPS.get(row.failure_code or "", ANY_STEP))
        return Standing(gettext("Failed"), row.failure_message or "", step)
    if row.status == PayoutStatus.PENDING:
        return _explain_pending(row, at)
    if row.status == PayoutStatus.CANCELED:
        return Standing(
            gettext("Canceled"), gettext("It was never sent. Its money is available again.")
        )
    if row.status == PayoutStatus.PAID:
        return Standing(
            gettext("Paid"),
            gettext(
                "The bank has confirmed it. A bank may still send it back; then it fails, and the "
                "money is available again."
            ),
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
            gettext("Held"),
            gettext(
                "Payouts of this account go to %(to)s only since a short time ago, so they are "
                "held until %(until)s UTC. Its owner has been told."
            )
            % {"to": row.destination, "until": f"{until:%Y-%m-%d %H:%M}"},
            gettext(
                "Ask the owner by a way that you know already whether this is right. Then lift "
                "the hold, or cancel the payout."
            ),
        )
    if row.account.opened_by_id and not row.account.payouts_enabled:
        return Standing(
            gettext("Held up"),
            gettext("Payouts of this account are disabled, so it is not sent."),
            gettext("Put right what the account's requirements name, or cancel the payout."),
        )
    if row.destination.left_at is not None:
        return Standing(
            gettext("Held up"),
            gettext(
                "The platform that added %(to)s is no longer connected, so nothing is sent there."
            )
            % {"to": row.destination},
            gettext("The owner keeps the bank account or names another one; or cancel the payout."),
        )
    when = gettext("soon")
    if row.send_at and row.send_at <= at:
        when = gettext("within the next minutes")
    elif row.send_at:
        words = {"time": f"{row.send_at:%H:%M}", "day": f"{row.send_at:%Y-%m-%d}"}
        when = gettext("%(time)s UTC on %(day)s") % words
    told = gettext("Its money is set aside. It is sent %(when)s; until then it can be canceled.")
    return Standing(gettext("Waits"), told % {"when": when})


def _explain_sent(row: Payout, attempt: PayoutAttempt | None, at: datetime) -> Standing:
    if attempt is None or (row.send_at and attempt.status == AttemptStatus.FAILED):
        again = ""
        if row.send_at:
            time = f"{row.send_at:%H:%M}"
            again = gettext("It is sent again at %(time)s UTC.") % {"time": time}
        told = f"{attempt.message if attempt else ''} {again}".strip()
        return Standing(gettext("Could not be sent"), told)
    wait = timedelta(0)
    if attempt.next_poll_at and attempt.next_poll_at > at:
        wait = attempt.next_poll_at - at
    return Standing(
        gettext("Unknown" if attempt.status == AttemptStatus.UNKNOWN else "On its way"),
        attempt.message or gettext("The bank has it, and has not said what became of it."),
        gettext("It is asked after by itself, again in %(span)s. Never send it again by hand.")
        % {"span": format_duration(wait)},
    )
