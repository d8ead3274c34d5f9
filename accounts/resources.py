"""Wire objects of files: plain functions from row to dict, without queries."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from accounts import catalog
from accounts.models import File, FileLink
from accounts.queries import is_gone, token_of
from core.types import JsonObject

_LINKS_SHOWN = 10


def file(row: File, at: datetime) -> JsonObject:
    """Render a file that `queries.files` returned. What is not given out has no address."""
    purpose = catalog.PURPOSES.get(row.purpose)
    is_downloadable = purpose is not None and purpose.is_downloadable
    links: Sequence[FileLink] = getattr(row, "newest_links", ())
    return {
        "id": row.id,
        "object": "file",
        "created": int(row.created_at.timestamp()),
        "expires_at": int(row.expires_at.timestamp()) if row.expires_at else None,
        "filename": catalog.name_for(row.filename, row.type),
        "links": {
            "object": "list",
            "data": [
                file_link(link, at, is_expired=is_gone(row, at)) for link in links[:_LINKS_SHOWN]
            ],
            "has_more": len(links) > _LINKS_SHOWN,
            "url": f"/v1/file_links?file={row.id}",
        }
        if is_downloadable
        else None,
        "purpose": row.purpose,
        "size": row.size_bytes,
        "title": None,
        "type": row.type,
        "url": f"{settings.PUBLIC_URL}/v1/files/{row.id}/contents"
        if is_downloadable and not is_gone(row, at)
        else None,
    }


def file_link(row: FileLink, at: datetime, *, is_expired: bool = False) -> JsonObject:
    """Render a link as it is at a moment.

    Args:
        row: The link.
        at: The moment.
        is_expired: Whether its file has expired, which ends the link too.
    """
    return {
        "id": row.id,
        "object": "file_link",
        "created": int(row.created_at.timestamp()),
        "expired": is_expired or row.expires_at <= at,
        "expires_at": int(row.expires_at.timestamp()),
        "file": row.file_id,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "url": f"{settings.PUBLIC_URL}/links/{token_of(row.id)}",
    }
