"""Which engine sends to which endpoints: leases of shards, with tokens that fence off the past."""

from collections.abc import Collection
from typing import Final

from django.db import connection

from core.database.transactions import atomic, require_transaction
from core.types import JsonObject

SHARDS: Final = 64
SECONDS: Final = 15.0
RENEWED_EVERY_SECONDS: Final = 5.0
# Whoever stands still within a transaction that locks shards keeps nobody from them for longer.
_LONGEST_IDLE: Final = "10s"

# The shard of an endpoint `e`.
SHARD_OF: Final = f"(hashtext(e.id) & {SHARDS - 1})"

_SIGN_ON = """
    INSERT INTO webhooks_engine (id, seen_at) VALUES (%(engine)s, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
"""
_FORGET_GONE = """
    DELETE FROM webhooks_engine
    WHERE id = %(engine)s OR seen_at < clock_timestamp() - make_interval(secs => %(seconds)s)
"""
_COUNT_OTHERS = """
    SELECT count(*) FROM webhooks_engine e
    WHERE id <> %(engine)s AND seen_at >= clock_timestamp() - make_interval(secs => %(seconds)s)
"""
# Whoever was killed has been seen a moment ago, and needs no share.
_COUNT_SHARING = f"""{_COUNT_OTHERS}
    AND NOT EXISTS (SELECT FROM webhooks_shard s WHERE s.engine_id = e.id AND NOT EXISTS (
        SELECT FROM pg_stat_activity a WHERE a.pid = s.backend_pid))
"""  # noqa: S608  no value comes from outside
_RENEW = """
    UPDATE webhooks_shard SET backend_pid = pg_backend_pid(),
        leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE engine_id = %(engine)s AND id IN (
        SELECT id FROM webhooks_shard WHERE engine_id = %(engine)s ORDER BY id FOR UPDATE
    ) RETURNING id, token
"""
_IS_FREE = """
    (leased_until IS NULL OR leased_until < clock_timestamp() OR NOT EXISTS (
        SELECT FROM pg_stat_activity a WHERE a.pid = webhooks_shard.backend_pid))
"""
_TAKE = f"""
    UPDATE webhooks_shard SET token = token + 1, engine_id = %(engine)s,
        backend_pid = pg_backend_pid(),
        leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE id IN (
        SELECT id FROM webhooks_shard WHERE {_IS_FREE} AND engine_id <> %(engine)s
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ) RETURNING id, token
"""  # noqa: S608  no value comes from outside
_RELEASE = """
    UPDATE webhooks_shard SET engine_id = '', backend_pid = NULL, leased_until = NULL
    WHERE engine_id = %(engine)s AND id IN (
        SELECT id FROM webhooks_shard WHERE id = ANY(%(shards)s) ORDER BY id FOR UPDATE
    )
"""


def keep(
    engine_id: str, *, is_lasting: bool, idle: Collection[int] = ()
) -> tuple[dict[int, int], int]:
    """Renew an engine's leases, give up what is more than its share, and take what is free.

    Engines that last share the shards evenly. One that does not takes only what nobody holds.

    Args:
        engine_id: The engine.
        is_lasting: True if it runs until it is told to stop.
        idle: Shards of its own for which nothing is on its way: these may be given up.

    Returns:
        Shard → token of all that it holds now, and how many of them are too many.
    """
    values: JsonObject = {"engine": engine_id, "seconds": SECONDS}
    with atomic(), connection.cursor() as cursor:
        if is_lasting:
            cursor.execute(_SIGN_ON, values)
        cursor.execute(_COUNT_SHARING, values)
        others = int(cursor.fetchone()[0])
        share = -(-SHARDS // (others + 1)) if is_lasting else SHARDS
        cursor.execute(_RENEW, values)
        held: dict[int, int] = dict(cursor.fetchall())
        leaving = sorted(set(held) & set(idle))[: max(0, len(held) - share)]
        if leaving:
            cursor.execute(_RELEASE, values | {"shards": leaving})
            held = {shard: token for shard, token in held.items() if shard not in leaving}
        if len(held) < share and not leaving:
            cursor.execute(_TAKE, values | {"most": share - len(held)})
            held |= dict(cursor.fetchall())
    return held, max(0, len(held) - share)


def release(engine_id: str) -> None:
    """Give up all that an engine holds, and forget it and whoever else is gone."""
    values: JsonObject = {
        "engine": engine_id,
        "seconds": 2 * SECONDS,
        "shards": list(range(SHARDS)),
    }
    with atomic(), connection.cursor() as cursor:
        cursor.execute(_RELEASE, values)
        cursor.execute(_FORGET_GONE, values)


def lasting_engines() -> int:
    """Return how many engines run that last until they are told to stop."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_OTHERS, {"engine": "", "seconds": SECONDS})
        return int(cursor.fetchone()[0])


def ages() -> list[tuple[str, float]]:
    """Return the engines that last, each with the seconds since it renewed its leases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, greatest(0, extract(epoch FROM clock_timestamp() - seen_at))::float8 "
            "FROM webhooks_engine ORDER BY id"
        )
        return list(cursor.fetchall())


def still_held(leases: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of some leases that nobody has taken; nobody does, meanwhile. A step.

    Args:
        leases: Shards, each with the token that its holder knows.
    """
    require_transaction()
    shards, tokens = zip(*leases, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.token, set_config('idle_in_transaction_session_timeout', %s, true) "
            "FROM webhooks_shard s JOIN unnest(%s::smallint[], %s::bigint[]) AS h (id, token) "
            "USING (id, token) ORDER BY s.id FOR SHARE OF s",
            [_LONGEST_IDLE, list(shards), list(tokens)],
        )
        return {(shard, token) for shard, token, _ in cursor.fetchall()}
