"""Keeping files that were uploaded, and making links to them."""

import os
from datetime import datetime
from typing import IO, Any, Final

from accounts import catalog, queries
from accounts.models import File, FileChunk, FileLink
from core import context
from core.changes import apply
from core.db import atomic, require_transaction
from core.errors import InvalidRequest, missing
from core.tenant import Tenant

_CHUNK_BYTES: Final = 262_144


def create(
    *,
    tenant: Tenant,
    purpose: str,
    filename: str,
    content: IO[bytes],
    sha256: str,
    link: dict[str, Any] | None = None,
    at: datetime,
) -> File:
    """Keep a file.

    Args:
        tenant: Whose file.
        purpose: A key of `catalog.PURPOSES`.
        filename: For people: only its ending is looked at, and only where the bytes do not tell.
        content: The whole file, received already: no transaction waits for a slow sender.
        sha256: Of the content, in hex.
        link: `create` and, if that is true, `expires_at` and `metadata` of a first link.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the file is empty, too large or of a kind that the purpose does not
            take, or if it may not be linked to.
    """
    file_id = context.reserved_id("file")
    if context.current().is_recovery and File.objects.filter(id=file_id).exists():
        return queries.file(tenant, file_id)
    size_bytes = content.seek(0, os.SEEK_END)
    row = File(
        id=file_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        purpose=purpose,
        filename=filename,
        type=_checked(purpose, filename, content, size_bytes),
        size_bytes=size_bytes,
        sha256=sha256,
        created_at=at,
    )
    wants_link = link is not None and link.pop("create")
    if link and wants_link:
        _check_link(row, link.get("expires_at"), at, "file_link_data")
    with atomic():
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
    link_id = context.reserved_id("link")
    if context.current().is_recovery:
        if done := FileLink.objects.filter(id=link_id).first():
            return done
    row = queries.file(tenant, file_id, param="file")
    _check_link(row, expires_at, at)
    with atomic():
        return _insert_link(row, id=link_id, expires_at=expires_at, metadata=metadata, at=at)


def update_link(*, tenant: Tenant, link_id: str, changes: dict[str, Any], at: datetime) -> FileLink:
    """Change when a link ends, or what is said of it. What has ended stays so.

    Args:
        tenant: Whose link.
        link_id: `link_...`.
        changes: `expires_at`, a moment or `"now"` or None for never, and `metadata`.
        at: The moment of the request.

    Raises:
        Missing: If the account has no such link.
        InvalidRequest: If it has expired, or the new end is past.
    """
    with atomic():
        row = queries.file_links(tenant).select_for_update(of=("self",)).filter(id=link_id).first()
        if row is None:
            raise missing("file link", link_id)
        if row.expires_at is not None and row.expires_at <= at:
            raise InvalidRequest("This link has expired and can no longer be changed.")
        if changes.get("expires_at") == "now":
            changes = {**changes, "expires_at": at}
        else:
            _check_end(changes.get("expires_at"), at)
        apply(row, changes)
        row.save()
    return row


def _checked(purpose: str, filename: str, content: IO[bytes], size_bytes: int) -> str:
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
    kind = catalog.kind_of(content.read(catalog.HEAD_BYTES), filename)
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
        id=id or context.reserved_id("link"),
        account_id=row.account_id,
        livemode=row.livemode,
        file=row,
        expires_at=expires_at,
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
    if expires_at is not None and expires_at <= at:
        raise InvalidRequest("The link must end in the future.", param=param)
