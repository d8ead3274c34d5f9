"""Rows, entries and events of one business fact, gathered before they are written at once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from core.database import bulk_writes
from core.tenant import Tenant
from ledger.chart import OWED
from ledger.entries import Entry, Part
from ledger.posting import journal
from ledger.posting.lots import Lot
from webhooks.services import events


@dataclass(slots=True)
class UnitOfWork:
    """What a step wants written. Nothing is in the database until `commit`.

    Args:
        livemode: Of every entry.
        at: When it takes effect.
        since: If the rows to update are not locked: the transaction that wrote them last.
    """

    livemode: bool
    at: datetime
    since: str | None = None
    changes: list[bulk_writes.Change] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def insert(self, *rows: Model) -> None:
        """Add new rows."""
        self.changes += [bulk_writes.insert(row) for row in rows]

    def update(self, row: Model, *columns: str) -> None:
        """Add changed columns of a row, which is locked or unchanged since it was made."""
        self.changes.append(bulk_writes.update(row, *columns, since=self.since))

    def post(self, *entries: Entry) -> None:
        """Add ledger entries, in the order in which they are to be posted."""
        self.entries += entries

    def left_of(self, lot: Lot, owner: str) -> Lot:
        """Return an owner's lot as it will be after the entries that are gathered so far."""
        taken = [
            Part(code, amount, day, source)
            for entry in self.entries
            for who, code, _, amount, day, source in entry.legs()
            if (who, source) == (owner, lot.source) and code in OWED
        ]
        return lot.after(taken)

    def emit(
        self,
        type: str,
        tenant: Tenant,
        resource: dict[str, Any],
        previous: dict[str, Any] | None = None,
    ) -> None:
        """Add an event about an object as it is now."""
        self.insert(
            events.event(
                type,
                tenant=tenant,
                resource=resource,
                previous_attributes=previous,
                at=self.at,
            )
        )

    def commit(self, then: bulk_writes.Call | None = None) -> list[tuple[Any, ...]]:
        """Write everything with one statement, the last of the transaction: rows, then ledger.

        Args:
            then: What to read with it, when there is nothing to post.

        Returns:
            What was read.

        Raises:
            RowsMissing: If a row that should be unchanged is not.
        """
        if self.entries:
            assert then is None
            then = journal.call(self.entries, livemode=self.livemode, at=self.at)
        if not then and not self.changes:
            return []
        with journal.explaining():
            return bulk_writes.commit(*self.changes, then=then)
