"""Documents inside of pages: shown once somebody opens them, which is recorded then."""

from typing import Final

from accounts.models import File
from core.types import JsonObject

# What browsers draw inside of a page; whatever else it is, opens by itself.
_PICTURES: Final = ("jpg", "png", "gif")


def render(row: File) -> JsonObject:
    """Return what the template of a document needs."""
    return {
        "id": row.id,
        "name": row.filename,
        "purpose": row.purpose.replace("_", " "),
        "is_picture": row.type in _PICTURES,
        "is_pdf": row.type == "pdf",
        "is_gone": row.removed_at is not None,
    }
