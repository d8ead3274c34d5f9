"""What writes exports that are of no list, such as the books: named, and found by its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Final
from urllib.parse import parse_qsl

from console.models import Export, ExportChunk, ExportStatus
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.security.roles import has_right

_IN_MEMORY: Final = 8 * 1_048_576
_CHUNK_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Writer:
    """A kind of export.

    Args:
        title: What it is, for people.
        permission: Whoever asks must have it, and have it still when it is written.
        ending: Of the file's name.
        page: The admin's name of the page on which it is asked for.
        write: Gives the texts of the file, by what was asked.
    """

    title: str
    permission: str
    ending: str
    page: str
    write: Callable[[Mapping[str, str]], Iterator[str]]


WRITERS: Final[dict[str, Writer]] = {}


def register(name: str, writer: Writer) -> None:
    """Register a kind of export under a name that is no list's."""
    WRITERS[name] = writer


def write_whole(export: Export) -> bool:
    """Write a whole export, and keep it; return False if its owner may not have it any more.

    The text is written down outside of any transaction that keeps it: the books are read at one
    moment, which may take a while. Whoever has kept it first is right.
    """
    writer = WRITERS[export.page]
    user = export.user
    if not (user.is_active and has_right(user, "export") and user.has_perm(writer.permission)):
        return False
    lines = 0
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        for text in writer.write(dict(parse_qsl(export.query))):
            file.write(text.encode())
            lines += text.count("\n")
        size = file.tell()
        file.seek(0)
        with atomic():
            open_rows = Export.objects.filter(pk=export.pk, status=ExportStatus.RUNNING)
            if lock_rows(open_rows).first() is None:
                return True
            ExportChunk.objects.filter(export_id=export.pk).delete()
            position = 0
            while content := file.read(_CHUNK_BYTES):
                ExportChunk.objects.create(export=export, position=position, content=content)
                position += 1
            export.chunk_count, export.size_bytes, export.row_count = position, size, lines
            export.save(update_fields=["chunk_count", "size_bytes", "row_count"])
    return True
