"""Papers that sellers and disputes brought, shown as what they are and never as a page."""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import catalog, queries
from accounts.audit import trail
from core.database.transactions import atomic
from core.security.roles import has_right
from core.security.visibility import livemode_of

# What browsers draw without running anything; whatever else it is, is saved.
_SHOWN: Final = ("jpg", "png", "gif", "pdf")
# It runs nothing and loads nothing, and stands in no page but ours.
_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
def document(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """Show a document, and record who looked."""
    if not has_right(request.user, "document.read"):
        raise PermissionDenied
    row = queries.any_file(file_id, request.user)
    if row is None or row.livemode != livemode_of(request):
        raise Http404
    if queries.is_gone(row, timezone.now()):
        raise Http404
    with atomic():
        trail.record("document.viewed", row)
    answer = StreamingHttpResponse(queries.content(row), content_type=catalog.MEDIA_TYPES[row.type])
    way = "inline" if row.type in _SHOWN else "attachment"
    answer["Content-Disposition"] = f'{way}; filename="{row.id}.{row.type}"'
    answer["Content-Length"] = str(row.size_bytes)
    answer["Content-Security-Policy"] = _POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer
