"""What every column of every table holds: a test asks that none is left out."""

from collections import ChainMap
from typing import Final

from config.privacy.classes import Holds, Tables
from config.privacy.tables import accounts, books, checkout, connect, packages, payments, platform

TABLES: Final[Tables] = ChainMap(
    *(
        dict(room.TABLES)
        for room in (accounts, payments, connect, checkout, books, platform, packages)
    )
)


def secrets_of(model: str) -> tuple[str, ...]:
    """Return the columns of a model that hold secrets, which are never handed out."""
    return TABLES[model].named(Holds.SECRET)
