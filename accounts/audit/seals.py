"""Seals over the audit trail: whoever rewrites what was sealed is found out, its owner too.

A seal is the root of a Merkle tree over a batch of events whose transactions have surely ended.
Its head covers the seal before it and is signed with a key that the database does not have.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import AuditEvent, AuditLeaf, AuditSeal
from core.database import transactions
from core.security import derived_keys, merkle
from core.types import JsonObject

_MOST_AT_ONCE: Final = 1_000
_VERIFIED_AT_ONCE: Final = 20
_NOTHING: Final = hashlib.sha256(b"").digest()
_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended('accounts_audit_seal', 0))"
# Below it every transaction has ended; and in which cluster this database lies.
_HORIZON: Final = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
        (SELECT system_identifier::text FROM pg_control_system())
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """What does not hold.

    Args:
        seal: The number of the seal; 0 where none is concerned.
        event: The id of the event, where one alone is concerned.
        detail: Why.
    """

    seal: int
    event: str
    detail: str


def seal_once(*, at: datetime) -> int:
    """Seal what has surely committed and is not sealed, up to a thousand events.

    Returns:
        The number of events; 0 if there are none, or another process seals.
    """
    with transactions.atomic():
        if not transactions.execute(_LOCK, ())[0][0]:
            return 0
        # A statement later: what it sees was committed before the lock was had.
        horizon, cluster = transactions.execute(_HORIZON, ())[0]
        last = AuditSeal.objects.order_by("-number").first()
        begin = last.until_xid if last and last.cluster == cluster else 0
        waiting = _unsealed().filter(xid__gte=begin, xid__lt=horizon).order_by("xid", "id")
        events = list(waiting[:_MOST_AT_ONCE])
        if not events:
            return 0
        # Of a batch that is full, the last transaction may have more.
        until = horizon if len(events) < _MOST_AT_ONCE else events[-1].xid
        _seal(events, last, until_xid=until, cluster=cluster, at=at)
    return len(events)


def seal_all(*, at: datetime) -> int:
    """Seal until there is nothing left, and return the number of events."""
    total = 0
    while sealed := seal_once(at=at):
        total += sealed
    return total


def verify() -> Iterator[Broken]:
    """Recompute every seal, and return what does not hold."""
    previous, expected = _NOTHING, 1
    numbers = AuditSeal.objects.order_by("number")
    while batch := list(numbers.filter(number__gte=expected)[:_VERIFIED_AT_ONCE]):
        leaves = _leaves_of(batch)
        events = AuditEvent.objects.in_bulk(
            [one.event_id for rows in leaves.values() for one in rows]
        )
        for row in batch:
            if row.number != expected:
                yield Broken(expected, "", "The seal is missing.")
            yield from _broken_seal(row, previous)
            yield from _broken_leaves(row, leaves.get(row.number, []), events)
            previous, expected = bytes(row.head), row.number + 1
    yield from _outside(expected - 1)


def head() -> str | None:
    """Return the head of the last seal, in hexadecimal; None before the first one.

    Kept outside of this database it vouches for all events up to it.
    """
    found = AuditSeal.objects.order_by("-number").values_list("head", flat=True).first()
    return None if found is None else bytes(found).hex()


def has_head(head: str) -> bool:
    """Tell whether a seal has a head that was kept elsewhere."""
    return AuditSeal.objects.filter(head=bytes.fromhex(head)).exists()


def public_key() -> bytes:
    """Return the public key of the seals, with which others check them."""
    return _key().public_key().public_bytes_raw()


def leaf_of(event: AuditEvent) -> bytes:
    """Return the hash of an event with all its columns, as the database has it."""
    return merkle.leaf(json.dumps(columns(event), sort_keys=True, separators=(",", ":")).encode())


def columns(event: AuditEvent) -> JsonObject:
    """Return all columns of an event as JSON has them: what is sealed, and exported."""
    row = {field.attname: getattr(event, field.attname) for field in event._meta.concrete_fields}
    return row | {"created_at": _moment(event.created_at)}


def seal_columns(row: AuditSeal) -> JsonObject:
    """Return all columns of a seal as JSON has them."""
    return {
        "number": row.number,
        "until_xid": row.until_xid,
        "cluster": row.cluster,
        "event_count": row.event_count,
        "root": bytes(row.root).hex(),
        "previous": bytes(row.previous).hex(),
        "head": bytes(row.head).hex(),
        "signature": bytes(row.signature).hex(),
        "public_key": bytes(row.public_key).hex(),
        "sealed_at": _moment(row.sealed_at),
    }


def _seal(
    events: Sequence[AuditEvent],
    last: AuditSeal | None,
    *,
    until_xid: int,
    cluster: str,
    at: datetime,
) -> None:
    leaves = [leaf_of(one) for one in events]
    row = AuditSeal(
        number=last.number + 1 if last else 1,
        until_xid=until_xid,
        cluster=cluster,
        event_count=len(events),
        root=merkle.root(leaves),
        previous=bytes(last.head) if last else _NOTHING,
        public_key=public_key(),
        sealed_at=at,
    )
    row.head = _head_of(row)
    row.signature = _key().sign(row.head)
    row.save(force_insert=True)
    AuditLeaf.objects.bulk_create(
        AuditLeaf(event_id=event.id, seal_number=row.number, position=position, leaf=leaf)
        for position, (event, leaf) in enumerate(zip(events, leaves, strict=True))
    )


def _head_of(row: AuditSeal) -> bytes:
    fields = (
        row.number,
        row.until_xid,
        row.cluster,
        row.event_count,
        bytes(row.root).hex(),
        bytes(row.previous).hex(),
        bytes(row.public_key).hex(),
        _moment(row.sealed_at),
    )
    return hashlib.sha256(b"\x02" + json.dumps(fields).encode()).digest()


def _broken_seal(row: AuditSeal, previous: bytes) -> Iterator[Broken]:
    if bytes(row.previous) != previous:
        yield Broken(row.number, "", "It does not hang on the seal before it.")
    if bytes(row.head) != _head_of(row):
        yield Broken(row.number, "", "The seal itself was changed.")
    if bytes(row.public_key) not in _known_keys():
        yield Broken(row.number, "", "It is signed with a key that is not this installation's.")
        return
    try:
        Ed25519PublicKey.from_public_bytes(bytes(row.public_key)).verify(
            bytes(row.signature), bytes(row.head)
        )
    except InvalidSignature:
        yield Broken(row.number, "", "Its signature does not hold.")


def _broken_leaves(
    row: AuditSeal, leaves: Sequence[AuditLeaf], events: dict[str, AuditEvent]
) -> Iterator[Broken]:
    if [one.position for one in leaves] != list(range(row.event_count)):
        yield Broken(row.number, "", f"{row.event_count} events were sealed, in another order.")
    elif merkle.root([bytes(one.leaf) for one in leaves]) != bytes(row.root):
        yield Broken(row.number, "", "What was sealed is not what stands here.")
    for one in leaves:
        event = events.get(one.event_id)
        if event is None:
            yield Broken(row.number, one.event_id, "The event is missing.")
        elif leaf_of(event) != bytes(one.leaf):
            yield Broken(row.number, one.event_id, "The event was changed.")


def _outside(last_number: int) -> Iterator[Broken]:
    """Find leaves of no seal, and events that were put beside what was sealed long ago."""
    for one in AuditLeaf.objects.exclude(
        Exists(AuditSeal.objects.filter(number=OuterRef("seal_number")))
    ):
        yield Broken(one.seal_number, one.event_id, "The seal of this event is missing.")
    last = AuditSeal.objects.filter(number=last_number).first()
    if last is None:
        return
    with transactions.atomic():
        _, cluster = transactions.execute(_HORIZON, ())[0]
    if last.cluster == cluster:
        for event in _unsealed().filter(xid__lt=last.until_xid):
            yield Broken(0, event.id, "The event is older than the last seal and in none.")


def _leaves_of(batch: Sequence[AuditSeal]) -> dict[int, list[AuditLeaf]]:
    found: dict[int, list[AuditLeaf]] = {}
    rows = AuditLeaf.objects.filter(seal_number__in=[row.number for row in batch])
    for leaf in rows.order_by("seal_number", "position"):
        found.setdefault(leaf.seal_number, []).append(leaf)
    return found


def _unsealed() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.exclude(Exists(AuditLeaf.objects.filter(event_id=OuterRef("id"))))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def old_public_keys() -> list[bytes]:
    """Return the public keys that followed from the encryption keys before today's."""
    _, *old = derived_keys.all_secrets()
    return [_private(secret).public_key().public_bytes_raw() for secret in old]


def _known_keys() -> set[bytes]:
    """Return the public keys that seals may be signed with."""
    kept = {bytes.fromhex(one) for one in settings.RIALTO_OLD_SEAL_KEYS}
    return {public_key(), *old_public_keys(), *kept}


def _key() -> Ed25519PrivateKey:
    return _private(derived_keys.all_secrets()[0])


def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived_keys.derive_from(secret, "audit seals"))
