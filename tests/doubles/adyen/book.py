"""What the played Adyen wrote down: each payment, each answer, each event. It survives it."""

import json
import secrets
import sqlite3
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_TABLES = """
    CREATE TABLE IF NOT EXISTS requests (
        number INTEGER PRIMARY KEY, at TEXT, path TEXT, key TEXT, body TEXT
    );
    CREATE TABLE IF NOT EXISTS answers (
        key TEXT, path TEXT, status INTEGER, body TEXT, PRIMARY KEY (key, path)
    );
    CREATE TABLE IF NOT EXISTS payments (psp TEXT PRIMARY KEY, reference TEXT, row TEXT);
    CREATE INDEX IF NOT EXISTS payment_by_reference ON payments (reference);
    CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, shopper TEXT, method TEXT);
    CREATE TABLE IF NOT EXISTS disputes (psp TEXT PRIMARY KEY, row TEXT);
    CREATE TABLE IF NOT EXISTS settled (number INTEGER PRIMARY KEY, batch INTEGER, row TEXT);
    CREATE TABLE IF NOT EXISTS events (
        number INTEGER PRIMARY KEY, is_late INTEGER, is_sent INTEGER, item TEXT
    );
"""
_LETTERS = string.ascii_uppercase + string.digits


def psp_reference() -> str:
    """Return a name as Adyen makes them: 16 capital letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(16))


class Book:
    """A file that is written before anything is answered."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_TABLES}")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all of it or nothing, one request after the other."""
        with self.lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def _all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.lock:
            return self._file.execute(sql, values).fetchall()

    def note(self, path: str, key: str, body: Row) -> None:
        """Note that a request came."""
        at = datetime.now(UTC).isoformat()
        self._all(
            "INSERT INTO requests (at, path, key, body) VALUES (?, ?, ?, ?)",
            at,
            path,
            key,
            json.dumps(body),
        )

    def requests(self, path: str) -> list[Row]:
        """Return the bodies that came to addresses that begin so."""
        rows = self._all("SELECT body FROM requests WHERE path LIKE ? ORDER BY number", f"{path}%")
        return [json.loads(body) for (body,) in rows]

    def answered(self, key: str, path: str) -> tuple[int, Row] | None:
        """Return what a key was answered with."""
        rows = self._all("SELECT status, body FROM answers WHERE key = ? AND path = ?", key, path)
        return (rows[0][0], json.loads(rows[0][1])) if rows else None

    def answer(self, key: str, path: str, status: int, body: Row) -> None:
        """Note what a key is answered with from now on."""
        self._all("INSERT INTO answers VALUES (?, ?, ?, ?)", key, path, status, json.dumps(body))

    def save(self, payment: Row) -> None:
        """Write a payment."""
        self._all(
            "INSERT OR REPLACE INTO payments VALUES (?, ?, ?)",
            payment["psp"],
            payment["reference"],
            json.dumps(payment),
        )

    def payment(self, psp: str) -> Row | None:
        """Return the payment with Adyen's own reference."""
        rows = self._all("SELECT row FROM payments WHERE psp = ?", psp)
        return json.loads(rows[0][0]) if rows else None

    def payments(self, reference: str | None = None) -> list[Row]:
        """Return all payments, or those with a merchant's reference."""
        where = "" if reference is None else "WHERE reference = ?"
        values = [] if reference is None else [reference]
        return [
            json.loads(row) for (row,) in self._all(f"SELECT row FROM payments {where}", *values)
        ]

    def keep_card(self, token: str, shopper: str, method: Row) -> None:
        """Keep a card for a shopper."""
        self._all("INSERT INTO tokens VALUES (?, ?, ?)", token, shopper, json.dumps(method))

    def card(self, token: str, shopper: str) -> Row | None:
        """Return the card that is kept for a shopper."""
        rows = self._all(
            "SELECT method FROM tokens WHERE token = ? AND shopper = ?", token, shopper
        )
        return json.loads(rows[0][0]) if rows else None

    def save_dispute(self, dispute: Row) -> None:
        """Write a dispute."""
        self._all(
            "INSERT OR REPLACE INTO disputes VALUES (?, ?)", dispute["psp"], json.dumps(dispute)
        )

    def dispute(self, psp: str) -> Row | None:
        """Return a dispute."""
        rows = self._all("SELECT row FROM disputes WHERE psp = ?", psp)
        return json.loads(rows[0][0]) if rows else None

    def settle(self, row: Row) -> None:
        """Add a line to what is settled next."""
        self._all("INSERT INTO settled (row) VALUES (?)", json.dumps(row))

    def close_batch(self) -> int:
        """Close what was settled since the last batch, and return the batch's number."""
        ((last,),) = self._all("SELECT COALESCE(MAX(batch), 0) FROM settled")
        self._all("UPDATE settled SET batch = ? WHERE batch IS NULL", last + 1)
        return int(last) + 1

    def batch(self, number: int | None) -> list[Row]:
        """Return what was settled in a batch, or with None will be in the next one."""
        sql = "SELECT row FROM settled WHERE batch IS ? ORDER BY number"
        return [json.loads(row) for (row,) in self._all(sql, number)]

    def tell(self, item: Row, *, is_late: bool = False) -> None:
        """Note an event that is to be told, at once or after a while."""
        self._all(
            "INSERT INTO events (is_late, is_sent, item) VALUES (?, 0, ?)",
            int(is_late),
            json.dumps(item),
        )

    def hurry(self) -> None:
        """Let a while pass."""
        self._all("UPDATE events SET is_late = 0")

    def take(self) -> list[Row]:
        """Return what is to be told now, and has not been."""
        with self.together():
            rows = self._all(
                "SELECT item FROM events WHERE is_late = 0 AND is_sent = 0 ORDER BY number"
            )
            self._all("UPDATE events SET is_sent = 1 WHERE is_late = 0")
        return [json.loads(item) for (item,) in rows]

    def events(self) -> list[Row]:
        """Return all that may be told by now, whether it was or not."""
        rows = self._all("SELECT item FROM events WHERE is_late = 0 ORDER BY number")
        return [json.loads(item) for (item,) in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
