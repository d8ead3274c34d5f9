"""What a column holds, whom it is about, how long it is kept, and what erasing does to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What a column holds."""

    PUBLIC = "public"
    INTERNAL = "internal"
    FINANCIAL = "financial"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    CARD = "card-derived"
    SECRET = "secret"  # noqa: S105  the name of a kind


class Whose(StrEnum):
    """Whom the rows of a table are about."""

    INSTALLATION = "the installation"
    ACCOUNT = "an account"
    OPERATOR = "a person of the console"
    PAYER = "a payer"
    PERSON = "a person of a seller"
    ANYBODY = "whoever it tells of"


class Kept(StrEnum):
    """How long a row is kept."""

    FOR_GOOD = "for good"
    WITH_BOOKS = "with the books"
    WITH_OBJECT = "as long as what it belongs to"
    UNTIL_USED = "until it was used or has ended"
    BY_PURPOSE = "by its purpose; evidence 270 days"
    EXPORTS = "1 day"
    KEY_USE = "400 days"
    NOTICES = "its text 30 days after it was applied"
    IDEMPOTENCY_KEYS = "`RIALTO_IDEMPOTENCY_KEY_DAYS`"
    REQUESTS = "`RIALTO_REQUEST_LOG_DAYS`"
    EVENTS = "`RIALTO_EVENTS_DAYS`"
    DELIVERIES = "`RIALTO_DELIVERIES_DAYS`"
    ATTEMPTS = "`RIALTO_DELIVERY_ATTEMPTS_DAYS`"


class Erasure(StrEnum):
    """What erasing a person does to a column."""

    NONE = "nothing: it is about nobody"
    STAYS = "stays"
    EMPTIED = "is emptied"
    LATER = "is emptied once nobody can dispute the payment"
    DELETED = "is deleted"
    EXPIRES = "goes by itself"


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a table that hold the same kind of thing.

    Args:
        holds: What they hold.
        erasure: What erasing a person does to them.
        names: Their names.
    """

    holds: Holds
    erasure: Erasure
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What the columns of a table hold.

    Args:
        whose: Whom its rows are about.
        kept: How long a row is kept.
        groups: Its columns, each in one group.
    """

    whose: Whose
    kept: Kept
    groups: tuple[Columns, ...]

    def columns(self) -> Iterator[tuple[str, Columns]]:
        """Yield each column with its group."""
        for group in self.groups:
            for name in group.names:
                yield name, group

    def named(self, *holds: Holds) -> tuple[str, ...]:
        """Return the columns that hold one of some kinds."""
        return tuple(name for name, group in self.columns() if group.holds in holds)


# Model, such as `"payments.Customer"` → what its columns hold.
Tables = Mapping[str, Table]


def table(whose: Whose, kept: Kept, *groups: tuple[Holds, Erasure, str]) -> Table:
    """Return a table; each group is what columns hold, what becomes of it, and their names."""
    columns = (Columns(holds, erasure, tuple(names.split())) for holds, erasure, names in groups)
    return Table(whose, kept, tuple(columns))
