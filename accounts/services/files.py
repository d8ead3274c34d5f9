"""Keeping files that were uploaded, and making links to them."""

import os
from datetime import datetime, timedelta
from typing import IO, Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum

from accounts import catalog, queries
from accounts.models import File, FileChunk, FileLink
from accounts.services import consents
from core import request_context
from core.database.locking import lock_one
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply

_CHUNK_BYTES: Final = 262_144


def create(
    *,
    tenant: Tenant,
    purpose: str,
    filename: str,
    content: IO[bytes],
    sha256: str,
    link: JsonObject | None = None,
    at: datetime,
) -> File:
    """Keep a file.

    Args:
        tenant: Whose file.
        purpose: A key of `catalog.PURPOSES`.
        filename: The filename, for people; it is kept with the ending of what the bytes are.
        content: The whole file, received already: no transaction waits for a slow sender.
        sha256: The SHA-256 digest of the content, in hex.
        link: `create` and, if that is true, `expires_at` and `metadata` of a first link.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the file is empty, too large or of a kind that the purpose does not
            take, if the account keeps as much as it may, or if it may not be linked to.
    """
    file_id = request_context.reserved_id("file")
    if request_context.current().is_recovery and File.objects.filter(id=file_id).exists():
        return queries.file(tenant, file_id)
    size_bytes = content.seek(0, os.SEEK_END)
    kind = _check(purpose, filename, content, size_bytes)
    lifetime = catalog.PURPOSES[purpose].lifetime
    row = File(
        id=file_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        purpose=purpose,
        filename=catalog.name_for(filename, kind),
        type=kind,
        size_bytes=size_bytes,
        sha256=sha256,
        created_at=at,
        expires_at=at + lifetime if lifetime else None,
    )
    wants_link = link is not None and link.pop("create")
    if link and wants_link:
        _check_link(row, link.get("expires_at"), at, "file_link_data")
    with atomic():
        _check_room(row)
        row.save(force_insert=True)
        _write(row, content)
        if link is not None and wants_link:
            _insert_link(row, at=at, **link)
    return queries.file(tenant, file_id)


def create_link(
    *,
    tenant: Tenant,
    file_id: str,
    expires_at: datetime | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> FileLink:
    """Make an address at which anybody gets a file.

    Raises:
        Missing: If the account has no such file.
        InvalidRequest: If files of its purpose are not given out, or the end is past.
    """
    link_id = request_context.reserved_id("link")
    if request_context.current().is_recovery:
        if done := FileLink.objects.filter(id=link_id).first():
            return done
    row = queries.file(tenant, file_id, param="file")
    if queries.is_gone(row, at):
        raise missing("file", file_id, param="file")
    _check_link(row, expires_at, at)
    with atomic():
        return _insert_link(row, id=link_id, expires_at=expires_at, metadata=metadata, at=at)


def update_link(*, tenant: Tenant, link_id: str, changes: JsonObject, at: datetime) -> FileLink:
    """Change when a link ends, or what is said of it. What has ended stays so.

    Args:
        tenant: Whose link.
        link_id: `link_...`.
        changes: `expires_at`, a moment or `"now"` or None for as late as may be, and `metadata`.
        at: The moment of the request.

    Raises:
        Missing: If the account has no such link.
        InvalidRequest: If it has expired, or the new end is past.
    """
    with atomic():
        row = lock_one(queries.file_links(tenant), link_id, kind="file link")
        if row.expires_at <= at:
            raise InvalidRequest("This link has expired and can no longer be changed.")
        if changes.get("expires_at") == "now":
            changes = {**changes, "expires_at": at}
        elif "expires_at" in changes:
            changes = {**changes, "expires_at": _end(changes["expires_at"], at)}
        apply(row, changes)
        row.save()
    return row


def end_links(platform_id: str, tenant: Tenant, at: datetime) -> None:
    """End the links that a platform has made for an account in one mode."""
    require_transaction()
    links = queries.file_links(tenant).filter(platform_id=platform_id, expires_at__gt=at)
    links.update(expires_at=at)


def _check_room(row: File) -> None:
    """Refuse more than an account may keep, also to uploads at the same time."""
    require_transaction()
    key = f"files:{row.account_id}:{row.livemode}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    kept = File.objects.filter(
        account_id=row.account_id, livemode=row.livemode, removed_at=None
    ).aggregate(count=Count("id"), size=Sum("size_bytes"))
    for had, more, most, words in (
        (kept["count"], 1, settings.FILES_MOST, "files"),
        (kept["size"] or 0, row.size_bytes, settings.FILES_MOST_BYTES, "bytes of files"),
    ):
        if had + more > most:
            mode = "live" if row.livemode else "test"
            raise InvalidRequest(
                f"This account keeps {had:,} {words} in {mode} mode, and may keep {most:,}. Files "
                "that have expired or that nothing names are removed in time; ask whoever runs "
                "this service for more room.",
                code="file_quota_exceeded",
                param="file",
            )


def _check(purpose: str, filename: str, content: IO[bytes], size_bytes: int) -> str:
    """Return what a file is, if the purpose takes it."""
    rules = catalog.PURPOSES[purpose]
    if size_bytes == 0:
        raise InvalidRequest("The file is empty.", param="file")
    if size_bytes > rules.most_bytes:
        raise InvalidRequest(
            f"The file has {size_bytes} bytes. Files for {purpose} have at most "
            f"{rules.most_bytes} bytes.",
            code="file_too_large",
            param="file",
        )
    content.seek(0)
    head = content.read(catalog.HEAD_BYTES)
    content.seek(max(0, size_bytes - catalog.TAIL_BYTES))
    kind = catalog.kind_of(head, content.read(catalog.TAIL_BYTES), filename)
    if kind not in rules.kinds:
        raise InvalidRequest(
            f"Files for {purpose} must be {', '.join(sorted(rules.kinds))}. "
            f"By its content this is {kind or 'none of the kinds that are taken'}.",
            code="invalid_file_type",
            param="file",
        )
    return kind


def _write(row: File, content: IO[bytes]) -> None:
    require_transaction()
    content.seek(0)
    position = 0
    while piece := content.read(_CHUNK_BYTES):
        FileChunk.objects.create(file=row, position=position, content=piece)
        position += 1


def _insert_link(
    row: File,
    *,
    id: str | None = None,
    expires_at: datetime | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> FileLink:
    require_transaction()
    return FileLink.objects.create(
        id=id or request_context.reserved_id("link"),
        account_id=row.account_id,
        livemode=row.livemode,
        file=row,
        expires_at=_end(expires_at, at),
        platform_id=consents.maker_for(row.tenant),
        metadata=metadata or {},
        created_at=at,
    )


def _check_link(row: File, expires_at: datetime | None, at: datetime, parent: str = "") -> None:
    if not catalog.PURPOSES[row.purpose].is_downloadable:
        raise InvalidRequest(
            f"Files for {row.purpose} are not given out, so there are no links to them.",
            param=f"{parent}[create]" if parent else "file",
        )
    _check_end(expires_at, at, f"{parent}[expires_at]" if parent else "expires_at")


def _check_end(expires_at: datetime | None, at: datetime, param: str = "expires_at") -> None:
    if expires_at is None:
        return
    if expires_at <= at:
        raise InvalidRequest("The link must end in the future.", param=param)
    if expires_at > at + timedelta(days=settings.FILE_LINKS_DAYS):
        raise InvalidRequest(
            f"A link lasts at most {settings.FILE_LINKS_DAYS} days. Name an earlier end, or none.",
            param=param,
        )


def _end(expires_at: datetime | None, at: datetime) -> datetime:
    """Return when a link ends that is to end then, or as late as may be."""
    _check_end(expires_at, at)
    return expires_at or at + timedelta(days=settings.FILE_LINKS_DAYS)
