"""One transaction of one business fact: its rows, entries and events, written at once."""

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

from django.db.models import Model

from core.database import bulk_writes
from core.database.transactions import atomic, require_transaction
from core.tenant import Tenant
from core.types import DbRow, JsonObject
from core.updates import previous_values
from ledger.chart import OWED
from ledger.entries import Entry, Part
from ledger.posting import journal
from ledger.posting.lots import Lot
from webhooks.services import events

Row = TypeVar("Row", bound=Model)


@runtime_checkable
class HasMachine(Protocol):
    """A row whose status has a table of allowed moves."""

    def move_to(self, status: str, /) -> None:
        """Change the status, if the table allows it."""


@dataclass(slots=True)
class UnitOfWork:
    """Open a transaction, gather what it writes, and write it where the block ends.

    What was gathered goes to the database with one statement, the last of the transaction: rows
    first, in the order in which they were added, then the ledger's entries. An error inside the
    block, or in that statement, undoes the transaction. A unit that is never entered only gathers:
    previews are made so.

    Args:
        tenant: Whose rows and entries they are. None until the row that says it is locked: then
            set it.
        at: When it takes effect.
        since: If the rows to update are not locked: the transaction that wrote them last.

    Raises:
        RowsMissing: When the block ends, if a row that should be unchanged is not.
    """

    tenant: Tenant | None = None
    at: datetime = field(kw_only=True)
    since: str | None = field(default=None, kw_only=True)
    changes: list[bulk_writes.Change] = field(default_factory=list, init=False)
    entries: list[Entry] = field(default_factory=list, init=False)
    answer: list[DbRow] = field(default_factory=list, init=False)
    _then: bulk_writes.Call | None = field(default=None, init=False)
    _explanations: list[AbstractContextManager[None]] = field(default_factory=list, init=False)
    _block: ExitStack = field(default_factory=ExitStack, init=False)

    def __enter__(self) -> Self:
        with ExitStack() as block:
            block.enter_context(atomic())
            block.push(self._finish)
            self._block = block.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._block.__exit__(kind, error, trace)

    @property
    def livemode(self) -> bool:
        """Of every entry."""
        assert self.tenant is not None
        return self.tenant.livemode

    def insert(self, *rows: Model) -> None:
        """Add new rows."""
        self.changes += [bulk_writes.insert(row) for row in rows]

    def update(self, row: Model, *columns: str) -> None:
        """Add changed columns of a row, which is locked or unchanged since it was made.

        A row that is among the changes already, the same object, is written once with all of them.
        """
        for number, change in enumerate(self.changes):
            if change.row is row:
                if change.columns is not None:
                    both = dict.fromkeys((*change.columns, *columns))
                    self.changes[number] = bulk_writes.update(row, *both, since=self.since)
                return
        self.changes.append(bulk_writes.update(row, *columns, since=self.since))

    def find(self, model: type[Row], id: str) -> Row | None:
        """Return a row that is among the changes; None if only the database has it."""
        rows = (change.row for change in self.changes)
        return next((row for row in rows if isinstance(row, model) and row.pk == id), None)

    def change(self, row: Model, **values: Any) -> None:
        """Set columns of a row, and add them. Its status moves as its machine allows.

        Raises:
            IllegalMove: If the status may not follow the one that the row has.
        """
        for name, value in values.items():
            if name == "status" and isinstance(row, HasMachine):
                row.move_to(value)
            else:
                setattr(row, name, value)
        self.update(row, *values)

    def post(self, *entries: Entry) -> None:
        """Add ledger entries, in the order in which they are to be posted."""
        self.entries += entries

    def emit(
        self,
        type: str,
        tenant: Tenant,
        resource: JsonObject,
        previous: JsonObject | None = None,
        *,
        before: JsonObject | None = None,
    ) -> None:
        """Add an event about an object as it is now.

        One of a change (`*.updated`) needs `before` or `previous`.

        Args:
            type: As the catalogue spells it.
            tenant: Whose event it is; a platform and its seller may both have one.
            resource: The object as the wire shows it.
            previous: What changed of it, as it was; where two shapes of it do not tell.
            before: The object as the wire showed it before the change.
        """
        if before is not None:
            previous = previous_values(before, resource)
        self.insert(
            events.event(
                type,
                tenant=tenant,
                resource=resource,
                previous_attributes=previous,
                at=self.at,
            )
        )

    def projected_lot(self, lot: Lot, owner: str) -> Lot:
        """Return an owner's lot as it will be after the entries that are gathered so far."""
        taken = [
            Part(code, amount, day, source)
            for entry in self.entries
            for who, code, _, amount, day, source in entry.legs()
            if (who, source) == (owner, lot.source) and code in OWED
        ]
        return lot.after(taken)

    def read_with(self, call: bulk_writes.Call) -> None:
        """Read something with the last statement, when there is nothing to post.

        Whatever is to undo the transaction must fail in the statement: it may be all of it.

        Args:
            call: What is read; `answer` has it when the block has ended.
        """
        self._then = call

    def explain(self, *explanations: AbstractContextManager[None]) -> None:
        """Add contexts that translate the database's refusals for the caller."""
        self._explanations += explanations

    def _finish(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.answer = self._write()

    def write_within(self) -> None:
        """Write what was gathered as one step of somebody's open transaction, which goes on."""
        require_transaction()
        self.answer = self._write(is_last=False)

    def _write(self, *, is_last: bool = True) -> list[DbRow]:
        then = self._then
        if self.entries:
            assert then is None
            then = journal.call(self.entries, livemode=self.livemode, at=self.at)
        if not then and not self.changes:
            return []
        with ExitStack() as explained:
            for explanation in (*self._explanations, journal.translate_refusals()):
                explained.enter_context(explanation)
            return bulk_writes.commit(*self.changes, then=then, is_last=is_last)
        raise AssertionError("An explanation swallowed the refusal.")
