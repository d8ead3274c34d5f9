"""The page of exports, the download, and saved filters."""

from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlencode

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.people.step_up import step_up
from console.exports import services
from console.exports.services import TooMany
from console.exports.writers import WRITERS
from console.models import Export, ExportStatus, SavedFilter
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.ids import new_id
from core.operator_pages import texts
from core.operator_pages.lists import AFTER, BEFORE
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.types import JsonObject

_MOST_SHOWN: Final = 20
_LONGEST_QUERY: Final = 2_000
_LONGEST_NAME: Final = 60


def exports(request: HttpRequest) -> HttpResponse:
    """List the person's exports with their progress, or ask for another one."""
    if not has_right(request.user, "export"):
        raise PermissionDenied
    if request.method == "POST":
        return _create(request)
    rows = Export.objects.filter(user_id=_user(request)).order_by("-id")[:_MOST_SHOWN]
    shown = [_render(row) for row in rows]
    context = admin.site.each_context(request) | {
        "title": gettext("Exports"),
        "rows": shown,
        "is_working": any(row["is_open"] for row in shown),
    }
    return TemplateResponse(request, "admin/console/exports.html", context)


@step_up()
def _create(request: HttpRequest) -> HttpResponse:
    page = _page(request)
    try:
        query = _query(request)
    except InvalidRequest as error:
        messages.error(request, explain(error))
        return redirect("admin:console_exports")
    # The list reads its filters from the address.
    request.GET = QueryDict(query)
    try:
        rows = page.get_changelist_instance(request).queryset
        services.create(
            user_id=_user(request), page=page, query=query, rows=rows, at=timezone.now()
        )
    except IncorrectLookupParameters:
        messages.error(
            request, gettext("This list cannot be read. Clear its filters and try again.")
        )
    except TooMany:
        most = services.MOST_AT_ONCE
        messages.error(
            request,
            gettext("%(most)s of your exports are under way. Wait until one is done.")
            % {"most": most},
        )
    return redirect("admin:console_exports")


def download(request: HttpRequest, id: str) -> StreamingHttpResponse:
    """Send a finished export to the person who asked for it."""
    row = Export.objects.filter(
        pk=id, user_id=_user(request), status=ExportStatus.DONE, expires_at__gt=timezone.now()
    ).first()
    if row is None:
        raise Http404
    if not _may_see(request, row):
        raise PermissionDenied
    ending = WRITERS[row.page].ending if row.page in WRITERS else "csv"
    answer = StreamingHttpResponse(services.content(row), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="{row.page}-{row.created_at:%Y%m%d-%H%M}.{ending}"'
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _may_see(request: HttpRequest, row: Export) -> bool:
    """Tell whether the person may see now what an export is of.

    Raises:
        Http404: If this release has no such page.
    """
    if writer := WRITERS.get(row.page):
        return bool(request.user.has_perm(writer.permission))
    page = services.page_named(row.page)
    if page is None:
        raise Http404
    return bool(page.has_view_permission(request))


@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a list under a name, or forget them."""
    page, query = _page(request), ""
    try:
        query = _query(request)
        if request.POST.get("do") == "forget":
            _mine(request, page).filter(pk=request.POST.get("id", "").replace("\x00", "")).delete()
        else:
            _save(request, page, query)
    except InvalidRequest as error:
        messages.error(request, explain(error))
    address = reverse(f"admin:{_name(page)}_changelist")
    return redirect(f"{address}?{query}" if query else address)


def _mine(request: HttpRequest, page: "ModelAdmin[Any]") -> "QuerySet[SavedFilter]":
    return SavedFilter.objects.filter(user_id=_user(request), page=_name(page))


def _save(request: HttpRequest, page: "ModelAdmin[Any]", query: str) -> None:
    """Keep filters under the name that was typed.

    Raises:
        InvalidRequest: If there are none, or the name is missing, too long or taken.
    """
    one_line = " ".join(request.POST.get("name", "").replace("\x00", "").split())
    name = texts.read(one_line, most=_LONGEST_NAME, param="name")
    if not name or not query:
        raise InvalidRequest(gettext("Apply filters and give them a name, then save them."))
    try:
        with atomic():
            SavedFilter.objects.create(
                id=new_id("filt"),
                user_id=_user(request),
                page=_name(page),
                name=name,
                query=query,
                created_at=timezone.now(),
            )
    except IntegrityError as error:
        raise InvalidRequest(
            gettext("“%(name)s” is taken. Give these filters another name.") % {"name": name},
            param="name",
        ) from error


def _user(request: HttpRequest) -> str:
    return str(request.user.pk)


def _page(request: HttpRequest) -> "ModelAdmin[Any]":
    page = services.page_named(request.POST.get("page", ""))
    if page is None:
        raise Http404
    if not page.has_view_permission(request):
        raise PermissionDenied
    return page


def _name(page: "ModelAdmin[Any]") -> str:
    return f"{page.model._meta.app_label}_{page.model._meta.model_name}"


def _query(request: HttpRequest) -> str:
    """Return the list's address without the place in it.

    Raises:
        InvalidRequest: If it is too long to be kept: with less of it, other rows would be meant.
    """
    pairs = parse_qsl(request.POST.get("query", "").lstrip("?"))
    query = urlencode([(name, value) for name, value in pairs if name not in (AFTER, BEFORE)])
    if len(query) > _LONGEST_QUERY:
        raise InvalidRequest(
            gettext("These are too many filters to be kept. Take some away."), param="query"
        )
    return query


def _render(row: Export) -> JsonObject:
    title, address = _source(row)
    is_written = row.page in WRITERS
    return {
        "id": row.id,
        "title": title,
        "source": gettext("The page") if is_written else gettext("The list"),
        "list": f"{address}?{row.query}" if row.query and not is_written else address,
        "query": unquote_plus(row.query).replace("&", ", ") if is_written else row.query,
        "status": gettext(row.status),
        "rows": row.row_count,
        "size": row.size_bytes,
        "is_open": row.status in (ExportStatus.WAITING, ExportStatus.RUNNING),
        "is_done": row.status == ExportStatus.DONE,
        "is_failed": row.status == ExportStatus.FAILED,
        "is_cut_off": row.is_cut_off,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
    }


def _source(row: Export) -> tuple[str, str]:
    """Return what an export is of, and the address of the page on which it was asked for."""
    if writer := WRITERS.get(row.page):
        return writer.title, reverse(f"admin:{writer.page}")
    page = services.page_named(row.page)
    title = str(page.model._meta.verbose_name_plural).capitalize() if page else row.page
    return title, reverse(f"admin:{row.page}_changelist")
