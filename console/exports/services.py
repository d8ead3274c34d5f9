"""Exports of lists: asked for, written piece by piece in the background, and gone after a day."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from psycopg import ClientCursor

from accounts.audit import trail
from console.exports import csv_rows
from console.exports.writers import WRITERS, write_whole
from console.models import Export, ExportChunk, ExportStatus
from console.models.exports import OPEN
from console.site import ConsoleSite
from core.database.transactions import atomic, with_retries
from core.detection import signals
from core.detection.signals import Observation, Signal
from core.ids import new_id
from core.jobs import enqueue

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 2
MOST_ROWS: Final = 1_000_000
KEPT_FOR: Final = timedelta(days=1)
PIECE_ROWS: Final = 2_000
_WORKING_SECONDS: Final = 30
_MOST_FAILURES: Final = 5
_WRITTEN: Final = (
    "status", "after", "row_count", "chunk_count", "size_bytes", "is_cut_off", "finished_at",
)  # fmt: skip


class TooMany(Exception):
    """Somebody has as many unfinished exports as one person may."""


def create(
    *, user_id: str, page: "ModelAdmin[Any]", query: str, rows: QuerySet[Any], at: datetime
) -> Export:
    """Ask for an export of what is on a list.

    Args:
        user_id: Who asks, and who may download it.
        page: The page of the list.
        query: The list's address behind the question mark.
        rows: What is on the list, of all its pages.
        at: Now.

    Raises:
        TooMany: If the person has enough of them under way.
    """
    name = f"{page.model._meta.app_label}_{page.model._meta.model_name}"
    return _create(user_id=user_id, name=name, query=query, selection=_selection(rows), at=at)


def create_written(*, user_id: str, name: str, query: str, at: datetime) -> Export:
    """Ask for an export that a writer writes.

    Args:
        user_id: Who asks, and who may download it.
        name: A key of `WRITERS`.
        query: What it is asked for, as in an address.
        at: Now.

    Raises:
        TooMany: If the person has enough of them under way.
    """
    return _create(user_id=user_id, name=name, query=query, selection="", at=at)


def _create(*, user_id: str, name: str, query: str, selection: str, at: datetime) -> Export:
    with atomic():
        unfinished = Export.objects.filter(user_id=user_id, status__in=OPEN)
        if len(unfinished.values("pk")[:MOST_AT_ONCE]) == MOST_AT_ONCE:
            raise TooMany
        export: Export = Export.objects.create(
            id=new_id("exp"),
            user_id=user_id,
            page=name,
            query=query,
            selection=selection,
            created_at=at,
            expires_at=at + KEPT_FOR,
        )
        enqueue("console.export")
        what = "books" if name in WRITERS else "list"
        signals.note(Observation(Signal.STAFF_EXPORTED, person_id=user_id))
        trail.record(f"{what}.exported", export, changes={what: (None, f"{name}?{query}")})
    return export


def _selection(rows: QuerySet[Any]) -> str:
    """Write the statement that selects the rows' keys: whose they are stays what it was."""
    if not rows.query.where:
        return ""
    statement, values = rows.order_by().values("pk").query.sql_with_params()
    connection.ensure_connection()
    return ClientCursor(connection.connection).mogrify(statement, values)


def make_due(*, at: datetime) -> None:
    """Write pieces of exports for a while, the oldest export first."""
    end = time.monotonic() + _WORKING_SECONDS
    while time.monotonic() < end:
        if not with_retries(lambda: make_piece(at=at)):
            return
    enqueue("console.export")


def make_piece(*, at: datetime) -> bool:
    """Write the next piece; return False if nothing is to be done."""
    failed_id = ""
    try:
        with atomic():
            export = (
                Export.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("user")
                .filter(status__in=OPEN)
                .order_by("id")
                .first()
            )
            if export is None:
                return False
            failed_id = export.id
            if export.page in WRITERS:
                export.status = ExportStatus.RUNNING
                export.save(update_fields=["status"])
            else:
                _write_piece(export, at)
        if export.page in WRITERS:
            is_written = write_whole(export)
            _end(export, ExportStatus.DONE if is_written else ExportStatus.FAILED, at)
    except Exception:
        if not failed_id:
            raise
        logger.exception("A piece of the export %s could not be written.", failed_id)
        _count_failure(failed_id)
    return True


def _end(export: Export, status: ExportStatus, at: datetime) -> None:
    with atomic():
        rows = Export.objects.filter(pk=export.pk, status=ExportStatus.RUNNING)
        rows.update(status=status, finished_at=at)


def _count_failure(export_id: str) -> None:
    with atomic():
        Export.objects.filter(id=export_id).update(failure_count=F("failure_count") + 1)
        Export.objects.filter(
            id=export_id, failure_count__gte=_MOST_FAILURES, status__in=OPEN
        ).update(status=ExportStatus.FAILED)


def _write_piece(export: Export, at: datetime) -> None:
    page = page_named(export.page)
    request = HttpRequest()
    request.user = export.user
    if page is None or not export.user.is_active or not page.has_view_permission(request):
        export.status = ExportStatus.FAILED
        export.save(update_fields=["status"])
        return
    rows = list(_rows(export, page)[:PIECE_ROWS])
    sheet = csv_rows.Sheet(page, request)
    lines = [] if export.chunk_count else [sheet.header()]
    content = csv_rows.write([*lines, *(sheet.cells(row) for row in rows)])
    if content:
        ExportChunk.objects.create(export=export, position=export.chunk_count, content=content)
        export.chunk_count += 1
    export.row_count += len(rows)
    export.size_bytes += len(content)
    export.status = ExportStatus.RUNNING
    if rows:
        export.after = str(rows[-1].pk)
    export.is_cut_off = len(rows) == PIECE_ROWS and export.row_count >= MOST_ROWS
    if len(rows) < PIECE_ROWS or export.is_cut_off:
        export.status = ExportStatus.DONE
        export.finished_at = at
    export.save(update_fields=_WRITTEN)


def _rows(export: Export, page: "ModelAdmin[Any]") -> QuerySet[Any]:
    rows: QuerySet[Any] = page.model.objects.order_by("-pk")
    if related := page.list_select_related:
        rows = rows.select_related(*related) if not isinstance(related, bool) else rows
    if export.selection:
        # Our own statement, with its values inside.
        rows = rows.filter(pk__in=RawSQL(export.selection.replace("%", "%%"), ()))  # noqa: S611
    return rows if export.after is None else rows.filter(pk__lt=export.after)


def remove_due(*, at: datetime) -> None:
    """Delete the content of exports that have expired."""
    with atomic():
        ids = list(
            Export.objects.filter(expires_at__lte=at)
            .exclude(status=ExportStatus.EXPIRED)
            .values_list("pk", flat=True)[:100]
        )
        ExportChunk.objects.filter(export_id__in=ids).delete()
        Export.objects.filter(pk__in=ids).update(status=ExportStatus.EXPIRED)


def content(export: Export) -> Iterator[bytes]:
    """Return an export's bytes, piece by piece."""
    for position in range(export.chunk_count):
        piece = ExportChunk.objects.values_list("content", flat=True).get(
            export_id=export.id, position=position
        )
        yield bytes(piece)


def page_named(name: str) -> "ModelAdmin[Any] | None":
    """Return the pages of a table by the admin's name."""
    for page in cast(ConsoleSite, admin.site).pages:
        if f"{page.model._meta.app_label}_{page.model._meta.model_name}" == name:
            return page
    return None
