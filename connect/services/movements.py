"""Rows, entries and events of one business fact, gathered before they are written at once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from core import writes
from core.db import require_transaction
from core.tenant import Tenant
from ledger.services import journal
from ledger.services.journal import Entry
from webhooks.services import events


@dataclass(slots=True)
class Movement:
    """What a step wants written. Nothing is in the database until `commit`.

    Args:
        livemode: Of every entry.
        at: When it takes effect.
    """

    livemode: bool
    at: datetime
    changes: list[writes.Change] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def insert(self, *rows: Model) -> None:
        """Add new rows."""
        self.changes += [writes.insert(row) for row in rows]

    def update(self, row: Model, *columns: str) -> None:
        """Add changed columns of a locked row."""
        self.changes.append(writes.update(row, *columns))

    def post(self, *entries: Entry) -> None:
        """Add ledger entries, in the order in which they are to be posted."""
        self.entries += entries

    def tell(
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

    def commit(self) -> None:
        """Write everything: one statement for the rows, one for the ledger, which comes last."""
        require_transaction()
        writes.write(*self.changes)
        if self.entries:
            journal.post_many(self.entries, livemode=self.livemode, at=self.at)
