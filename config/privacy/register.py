"""What every column of every table holds: a test asks that none is left out."""

from collections import ChainMap
from typing import Final

from config.privacy.classes import Tables
from config.privacy.tables import accounts, books, checkout, connect, packages, payments, platform

TABLES: Final[Tables] = ChainMap(
    *(
        dict(room.TABLES)
        for room in (accounts, payments, connect, checkout, books, platform, packages)
    )
)
