"""The pictures of merchants, for pages that load nothing from elsewhere."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts import catalog
from accounts import queries as account_queries
from accounts.models import File
from checkout import pages
from checkout.sessions import pictures
from core.browsers.content_policies import OF_FILES


@require_safe
def picture_view(request: HttpRequest, file_id: str, key: str) -> HttpResponse:
    """Serve an icon or a logo to whoever sees a page that shows it."""
    row = File.objects.filter(id=file_id).first() if pages.is_key_of_picture(file_id, key) else None
    if row is None or not pictures.is_shown(row):
        raise Http404
    answer = HttpResponse(
        b"".join(account_queries.content(row)), content_type=catalog.MEDIA_TYPES[row.type]
    )
    # Somebody uploaded it: it is a picture, and never a page.
    answer["Content-Security-Policy"] = OF_FILES
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "inline"
    # A file never changes; another picture is another file.
    answer["Cache-Control"] = "public, max-age=86400, immutable"
    return answer
