"""The book of one account at the simulated processor: what it was asked, and what it did."""

import json
from dataclasses import asdict
from typing import Final

from django.db import connection
from django.utils import timezone

from core.types import JsonObject
from processors.protocols.base import Inquiry, Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from processors.protocols.instruments import BankAccount
from processors.protocols.next_actions import ActionKind, NextAction
from processors.simulator import late, payers

# Nobody need wait for the disk: whatever is recorded of this outcome commits after it, and
# takes it to the disk too. If the database loses it, the request never reached this rail.
_INSERT: Final = """
    INSERT INTO processors_simulatedrequest
        (account, key, action, charge_key, amount, currency, outcome, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s)
    ON CONFLICT (account, key) DO NOTHING
    RETURNING set_config('synchronous_commit', 'off', true)
"""
_READ: Final = """
    SELECT outcome, extract(epoch FROM now() - created_at)::float8
    FROM processors_simulatedrequest WHERE account = %s AND key = %s
"""
_READ_BY_HAND: Final = """
    SELECT action, outcome FROM processors_simulatedrequest
    WHERE account = %s AND charge_key = %s AND action IN ('capture', 'void')
        AND outcome->>'status' = 'succeeded' LIMIT 1
"""


class Book:
    """The book of one account: it knows nothing of the others there."""

    def __init__(self, account: str) -> None:
        """Open the book of an account, by our name of it."""
        self.account = account

    def write(
        self, key: str, action: str, charge_key: str, outcome: Outcome
    ) -> tuple[Outcome, bool]:
        """Write an outcome down, or read what was written for this key before.

        Returns:
            The first outcome of this key, and whether it is this one.
        """
        text = json.dumps(asdict(outcome))
        if self._insert(key, action, charge_key, outcome.amount, outcome.currency, text):
            return outcome, True
        found = self.read(key)
        assert found is not None
        return found[0], False

    def read(self, key: str) -> tuple[Outcome, float] | None:
        """Return the outcome of a request, and how many seconds ago it came; None without one."""
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.account, key])
            row = cursor.fetchone()
        return (_outcome(row[0]), row[1]) if row else None

    def end_what_is_late(self, key: str) -> None:
        """Let a refund end whose time has come."""
        with connection.cursor() as cursor:
            cursor.execute(late.SUCCEED, [self.account, key])
            cursor.execute(late.FAIL, [json.dumps(asdict(late.SENT_BACK)), self.account, key])

    def cancel_refund(self, key: str) -> None:
        """Stop a refund that has not ended."""
        with connection.cursor() as cursor:
            cursor.execute(late.CANCEL, [json.dumps(asdict(late.CANCELED)), self.account, key])

    def read_by_hand(self, inquiry: Inquiry) -> tuple[str, Outcome] | None:
        """Return what was done with an authorisation, whatever its key; None if nothing was."""
        with connection.cursor() as cursor:
            cursor.execute(_READ_BY_HAND, [self.account, inquiry.charge_key])
            row = cursor.fetchone()
        return (row[0], _outcome(row[1])) if row else None

    def end_code(self, key: str, found: Outcome, ended: Outcome) -> bool:
        """Write down how it ended what a payer was asked; False if its time came first."""
        payer = payers.BY_NAME[found.details["payer"]]
        seconds = payer.seconds if payer.act else payers.seconds_of(found)
        with connection.cursor() as cursor:
            cursor.execute(payers.END, [json.dumps(asdict(ended)), self.account, key, seconds])
            return bool(cursor.rowcount)

    def answer_refund(self, key: str, ended: Outcome) -> None:
        """Write down what the payer did who was asked where a refund is to go."""
        with connection.cursor() as cursor:
            cursor.execute(late.ANSWER, [json.dumps(asdict(ended)), self.account, key])

    def is_first_time(self, key: str) -> bool:
        """Note that a request was lost on its way; return whether none of this key was before."""
        return self._insert(f"{key}_lost", "lost", key, 0, "usd", "{}")

    def _insert(self, *columns: str | int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [self.account, *columns, timezone.now()])
            return cursor.fetchone() is not None


def _outcome(stored: str | JsonObject) -> Outcome:
    fields = json.loads(stored) if isinstance(stored, str) else stored
    decline = Decline(**fields["decline"]) if fields["decline"] else None
    # Outcomes that were kept before 0043 say whether money was taken or held.
    word = "succeeded" if fields["status"] == "authorized" else fields["status"]
    made: JsonObject = {"status": OutcomeStatus(word), "decline": decline}
    if action := fields.get("next_action"):
        made["next_action"] = NextAction(**action | {"kind": ActionKind(action["kind"])})
    if account := fields.get("debited_later"):
        made["debited_later"] = BankAccount(**account)
    return Outcome(**{**fields, **made})
