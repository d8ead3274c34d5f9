"""How the ids of files become objects, for `expand`."""

from collections.abc import Sequence
from datetime import datetime

from accounts import queries, resources
from api.answers import expand
from core.tenant import Tenant
from core.types import Fields


def register() -> None:
    """Register the expansions of this room, once it is ready."""
    expand.register(["file"], _files, resource="files")


def _files(ids: Sequence[str], tenant: Tenant, at: datetime) -> Fields:
    rows = queries.files(tenant).filter(id__in=ids)
    return {row.id: resources.file(row, at) for row in rows}
