"""Storing the identity documents that sellers upload."""

import hashlib
from datetime import datetime
from typing import Any, Final

from accounts.services import files
from core.errors import InvalidRequest
from core.tenant import Tenant

PURPOSE: Final = "identity_document"


def store(paper: Any, side: str, *, tenant: Tenant, at: datetime) -> str:
    """Store one side of a document, and return the id of its file.

    Args:
        paper: The upload, as Django has it.
        side: `front` or `back`: the field that a refusal is about.
        tenant: The seller.
        at: The moment of the request.

    Raises:
        InvalidRequest: If it is no picture or scan, or is too large.
    """
    digest = hashlib.sha256()
    for chunk in paper.chunks():
        digest.update(chunk)
    try:
        row = files.create(
            tenant=tenant,
            purpose=PURPOSE,
            filename=paper.name[:255],
            content=paper.file,
            sha256=digest.hexdigest(),
            at=at,
        )
    except InvalidRequest as error:
        error.param = side
        raise
    return str(row.id)
