"""The same request, sent again, is done once.

A claim is a row that a request writes before it begins. It reserves what the ids of
the request's objects end with, so that a retry after a crash finds what the first run
made. Losing a claim in a crash of the database is harmless: whatever the request
committed later is lost with it.
"""

import base64
import hmac
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

import orjson
from django.conf import settings
from django.db import connection

from core import ids
from core.errors import IdempotencyInUse, IdempotencyMismatch, InvalidRequest
from core.security import encryption
from core.tenant import Tenant
from core.types import DbRow, SqlValues

LEASE_SECONDS: Final = 60
_LONGEST_KEY: Final = 255
# A claim that is found and gone again, because its request was refused, is tried again.
_TRIES: Final = 3
_PURPOSE: Final = "idempotent answers"
# What is kept of an answer begins with this; JSON never does.
_SEALED: Final = "sealed:"


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's right to be carried out, or the answer that it had.

    Args:
        id: The row.
        id_suffix: What the ids of its objects end with.
        is_recovery: True if an earlier run of it was cut off.
        answer: Status and body, if it was carried out already.
        attempt: Which run it is: one that was overtaken can't keep its answer.
        day: On which it was claimed; its partition.
    """

    id: str
    id_suffix: str
    day: date
    is_recovery: bool = False
    answer: tuple[int, bytes] | None = None
    attempt: int = 1


def fingerprint(method: str, path: str, params: object) -> bytes:
    """Digest what must be the same when a key comes again.

    It is keyed, since the parameters may hold a card's number, which is guessed too soon.
    """
    mac = _hmac(settings.RIALTO_KEY_PEPPER).copy()
    mac.update(orjson.dumps([method, path, params], option=orjson.OPT_SORT_KEYS))
    return mac.digest()


@lru_cache(maxsize=4)
def _hmac(pepper: str) -> hmac.HMAC:
    # Copied for each use: to begin anew costs ten times as much.
    return hmac.new(pepper.encode(), b"idempotency:", "sha256")


# The day of a new claim; nothing if it was claimed before. A lost claim is a lost request: nobody
# need wait for the disk.
_CLAIM: Final = "SELECT api_claim_key(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
# A claim is running while its connection is there, but not for ever: the lease ends it.
_LOOK: Final = """
    SELECT i.id, i.id_suffix, i.fingerprint, i.status_code, i.body, i.attempt,
        i.claimed_at > now() - make_interval(secs => %s)
        AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = i.claimed_by),
        i.day
    FROM api_idempotencykey i, CAST(clock_timestamp() AT TIME ZONE 'UTC' AS date) today
    WHERE i.account_id = %s AND i.livemode = %s AND i.scope = %s AND i.key = %s
        AND i.day BETWEEN today - %s::integer AND today + 1
"""
_TAKE_OVER: Final = """
    UPDATE api_idempotencykey
    SET claimed_by = pg_backend_pid(), claimed_at = now(), attempt = attempt + 1
    WHERE id = %s AND day = %s AND attempt = %s AND status_code IS NULL
"""
_FINISH: Final = """
    UPDATE api_idempotencykey SET status_code = %s, body = %s
    WHERE id = %s AND day = %s AND attempt = %s AND status_code IS NULL
    RETURNING set_config('synchronous_commit', 'off', true)
"""
# No connection has the number 0.
_RELEASE: Final = """
    UPDATE api_idempotencykey SET claimed_by = 0
    WHERE id = %s AND day = %s AND attempt = %s AND status_code IS NULL
"""


def claim(tenant: Tenant, key: str, print: bytes, *, at: datetime, scope: str = "") -> Claim:
    """Claim a key, or find out what became of its first request.

    One query for a new key, two for a known one, three to take over from a dead run.

    Args:
        tenant: The account that is acted on.
        key: The caller's word.
        print: Made by `fingerprint`.
        at: The moment of the request.
        scope: Whose words these are, if not the account's own: keys of a platform, and of
            payers' browsers, are apart from the account's.

    Raises:
        InvalidRequest: If the key can't be stored.
        IdempotencyMismatch: If it came with another request before.
        IdempotencyInUse: If its first request is still running.
    """
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise InvalidRequest("Idempotency keys can have up to 255 printable characters.")
    suffix = ids.new_suffix()
    id, days = ids.with_prefix("idk", suffix), settings.KEPT_FOR["api_idempotencykey"].days
    who = (tenant.account_id, tenant.livemode, scope, key)
    for _ in range(_TRIES):
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, (id, *who, print, suffix, at, days))
            (day,) = cursor.fetchone()
            if day:
                return Claim(id, suffix, day)
            cursor.execute(_LOOK, (LEASE_SECONDS, *who, days))
            found = cursor.fetchone()
        if found is not None:
            return _resume(found, key, print)
    raise _in_use(key)


def _resume(found: DbRow, key: str, print: bytes) -> Claim:
    id, suffix, known, status, body, attempt, is_running, day = found
    if bytes(known) != print:
        raise IdempotencyMismatch(
            "Keys for idempotent requests can only be used with the same endpoint and parameters "
            f"they were first used with. Try using a key other than '{key}' if you meant to "
            "execute a different request."
        )
    if status is not None:
        return Claim(id, suffix, day, answer=(status, _open(body, id)), attempt=attempt)
    if not is_running and _execute(_TAKE_OVER, (id, day, attempt)):
        return Claim(id, suffix, day, is_recovery=True, attempt=attempt + 1)
    raise _in_use(key)


def finish(claimed: Claim, status: int, body: bytes) -> None:
    """Keep the answer for whoever sends the request again: encrypted, since it may hold secrets."""
    values = (status, _seal(body, claimed.id), claimed.id, claimed.day, claimed.attempt)
    _execute(_FINISH, values)


def _seal(body: bytes, row: str) -> str:
    # Ciphertext is not compressed by the database, so that is done before.
    sealed = encryption.seal(zlib.compress(body, 1), purpose=_PURPOSE, row=row)
    return _SEALED + base64.b64encode(sealed).decode()


def _open(kept: str, row: str) -> bytes:
    """Read a kept answer; those of older versions are there in plain text until they are pruned."""
    if not kept.startswith(_SEALED):
        return kept.encode()
    sealed = base64.b64decode(kept.removeprefix(_SEALED))
    return zlib.decompress(encryption.unseal(sealed, purpose=_PURPOSE, row=row))


def release(claimed: Claim) -> None:
    """End the claim's lease, so that the next try begins at once.

    The row stays, with the ids it reserved: how far this run got is not always known, and
    whatever it made must be found and not made again.
    """
    _execute(_RELEASE, (claimed.id, claimed.day, claimed.attempt))


def _execute(sql: str, values: SqlValues) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount > 0)


def _in_use(key: str) -> IdempotencyInUse:
    return IdempotencyInUse(
        f"There is currently another in-progress request using this Idempotent Key '{key}' (that "
        "probably means you submitted twice, and the other request is still going through). Try "
        "again in a moment."
    )
