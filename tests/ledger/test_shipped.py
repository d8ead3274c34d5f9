"""What migrations put into the database is written down, for the check that it is still there."""

import os
from pathlib import Path

import pytest
from django.db import connection

from ledger.audit import schema_integrity, schema_manifest

FILE = Path(schema_manifest.__file__)
ASK = "RIALTO_WRITE_SHIPPED=1 make test args='tests/ledger/test_shipped.py -n 0'"
HEAD = f'''"""The ledger's functions, triggers and constraints, as the migrations leave them.

May be relied on: a test compares it with a fresh database. After a migration, write it again:
{ASK}
"""

from typing import Final

# Name → hash of the text; constraints and indexes by their names alone.
'''


@pytest.mark.django_db
def test_what_is_written_down_is_what_a_fresh_database_has():
    text = _as_written()

    if os.environ.get("RIALTO_WRITE_SHIPPED"):
        FILE.write_text(text)

    assert FILE.read_text() == text, (
        f"ledger/audit/schema_manifest.py is stale; write it again: {ASK}"
    )


def _as_written():
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT name, hash FROM ({schema_integrity.PRESENT}) x ORDER BY name COLLATE "C"'
        )
        texts = cursor.fetchall()
        cursor.execute(
            f'SELECT name FROM ({schema_integrity.CALLABLE}) x ORDER BY name COLLATE "C"'
        )
        callable_ = [name for (name,) in cursor.fetchall()]
    return "".join(
        [
            HEAD,
            "# fmt: off\n# ruff: noqa: E501\nTEXTS: Final = {\n",
            *(f'    "{name}": "{hash}",\n' for name, hash in texts),
            "}\n\n# What the application may call.\nCALLABLE: Final = (\n",
            *(f'    "{name}",\n' for name in callable_),
            ")\n",
        ]
    )
