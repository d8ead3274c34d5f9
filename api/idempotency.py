"""The same request, sent again, is done once.

A claim is a row that a request writes before it begins. It reserves what the ids of
the request's objects end with, so that a retry after a crash finds what the first run
made. Losing a claim in a crash of the database is harmless: whatever the request
committed later is lost with it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection

from core import ids
from core.errors import IdempotencyInUse, IdempotencyMismatch, InvalidRequest
from core.tenant import Tenant

LEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Claim:
    """A request's right to be carried out, or the answer that it had.

    Args:
        id: The row.
        id_suffix: What the ids of its objects end with.
        is_recovery: True if an earlier run of it was cut off.
        answer: Status and body, if it was carried out already.
    """

    id: str
    id_suffix: str
    is_recovery: bool = False
    answer: tuple[int, bytes] | None = None


def fingerprint(method: str, path: str, params: object) -> bytes:
    """Digest what must be the same when a key comes again."""
    said = orjson.dumps([method, path, params], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(said).digest()


# A lost claim is a lost request: nobody need wait for the disk.
_CLAIM = """
    WITH hurry AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO api_idempotencykey
        (id, account_id, livemode, key, fingerprint, id_suffix, claimed_by, claimed_at, created_at)
    SELECT %s, %s, %s, %s, %s, %s, pg_backend_pid(), %s, %s FROM hurry
    ON CONFLICT (account_id, key, livemode) DO NOTHING
    RETURNING id
"""

# A claim is free again when its connection is gone, or is our own, or it is too old.
_TAKE_OVER = """
    UPDATE api_idempotencykey i
    SET claimed_by = pg_backend_pid(), claimed_at = %s
    WHERE i.account_id = %s AND i.key = %s AND i.livemode = %s AND i.fingerprint = %s
        AND i.status_code IS NULL
        AND (i.claimed_by = pg_backend_pid()
            OR i.claimed_at < %s - make_interval(secs => %s)
            OR NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = i.claimed_by))
    RETURNING i.id, i.id_suffix
"""

_LOOK = """
    SELECT id, id_suffix, fingerprint, status_code, body FROM api_idempotencykey
    WHERE account_id = %s AND key = %s AND livemode = %s
"""

_FINISH = """
    WITH hurry AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE api_idempotencykey SET status_code = %s, body = %s
    FROM hurry WHERE id = %s
"""


def claim(tenant: Tenant, key: str, print: bytes, *, at: datetime) -> Claim:
    """Claim a key, or find out what became of its first request.

    Raises:
        InvalidRequest: If the key is too long.
        IdempotencyMismatch: If it came with another request before.
        IdempotencyInUse: If its first request is still running.
    """
    if len(key) > 255 or "\0" in key:
        raise InvalidRequest("Idempotency keys can have up to 255 characters.")
    new = Claim(ids.new_id("idk"), ids.new_suffix())
    who = [tenant.account_id, tenant.livemode, key]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [new.id, *who, print, new.id_suffix, at, at])
        if cursor.fetchone():
            return new
        where = [tenant.account_id, key, tenant.livemode]
        cursor.execute(_TAKE_OVER, [at, *where, print, at, LEASE_SECONDS])
        if taken := cursor.fetchone():
            return Claim(taken[0], taken[1], is_recovery=True)
        cursor.execute(_LOOK, where)
        found = cursor.fetchone()
    if found is None:
        raise _in_use(key)
    id, suffix, known, status, body = found
    if bytes(known) != print:
        raise IdempotencyMismatch(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request."
        )
    if status is None:
        raise _in_use(key)
    return Claim(id, suffix, answer=(status, body.encode()))


def finish(claimed: Claim, status: int, body: bytes) -> None:
    """Keep the answer for whoever sends the request again."""
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, [status, body.decode(), claimed.id])


def release(claimed: Claim) -> None:
    """Forget the claim: the request was refused before it did anything."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM api_idempotencykey WHERE id = %s", [claimed.id])


def _in_use(key: str) -> IdempotencyInUse:
    return IdempotencyInUse(
        f"There is currently another in-progress request using this Idempotent Key '{key}'. "
        "Try again in a moment."
    )
