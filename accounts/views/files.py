from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts import catalog, queries, resources
from accounts import params as p
from accounts.models import File
from accounts.services import files
from api.lists import pagination
from api.views import ApiRequest, ApiView, unknown_url
from api.wire import uploads
from core.browsers.content_policies import OF_FILES
from core.errors import InvalidRequest, missing
from core.types import JsonObject

Wire = JsonObject


class _FileRequest(ApiRequest):
    upload: uploads.Upload
    found: File


class FilesView(ApiView):
    resource = "files"
    params = {"POST": p.CreateFileParams, "GET": p.ListFilesParams}
    file = "file"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            if upload := getattr(request, "upload", None):
                upload.content.close()

    def payload(self, request: ApiRequest) -> Wire:
        if request.method != "POST":
            return super().payload(request)
        payload, upload = uploads.read(request, most_bytes=catalog.MOST_BYTES)
        if "file" in payload:
            raise InvalidRequest("The parameter file must be a file, with a name.", param="file")
        if upload:
            cast(_FileRequest, request).upload = upload
            # What tells two requests with one idempotency key apart.
            payload["file"] = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
        return payload

    def post(self, request: _FileRequest, params: Wire) -> Wire:
        row = files.create(
            tenant=request.caller.tenant,
            purpose=params["purpose"],
            filename=params["file"]["name"],
            content=request.upload.content,
            sha256=request.upload.sha256,
            link=params.get("file_link_data"),
            at=request.at,
        )
        return resources.file(row, request.at)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.files(request.caller.tenant), params.get("created")
        )
        if "purpose" in params:
            rows = rows.filter(purpose=params["purpose"])
        return pagination.list_page(
            rows, params, lambda row: resources.file(row, request.at), kind="file", url=request.path
        )


class FileView(ApiView):
    resource = "files"

    def get(self, request: ApiRequest, params: Wire, file_id: str) -> Wire:
        return resources.file(queries.file(request.caller.tenant, file_id), request.at)


class FileContentsView(ApiView):
    """The file itself, after the checks that every endpoint makes."""

    resource = "files"
    answers = {"GET": bytes}

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponse:
        checked = super().dispatch(request, *args, **kwargs)
        if checked.status_code != 200:
            return checked
        answer = _download(cast(_FileRequest, request).found, request)
        for name in ("Request-Id", "Stripe-Version", "Stripe-Account"):
            if name in checked.headers:
                answer.headers[name] = checked.headers[name]
        return cast(HttpResponse, answer)

    def get(self, request: _FileRequest, params: Wire, file_id: str) -> Wire:
        row = queries.file(request.caller.tenant, file_id)
        if not catalog.PURPOSES[row.purpose].is_downloadable:
            raise InvalidRequest(f"Files for {row.purpose} are not given out.", param="id")
        if queries.is_gone(row, request.at):
            raise missing("file", file_id)
        request.found = row
        return {"object": "file"}


class FileLinksView(ApiView):
    resource = "file_links"
    params = {"POST": p.CreateFileLinkParams, "GET": p.ListFileLinksParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row = files.create_link(
            tenant=request.caller.tenant, file_id=params.pop("file"), at=request.at, **params
        )
        return resources.file_link(row, request.at)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.file_links(request.caller.tenant), params.get("created")
        )
        if "file" in params:
            rows = rows.filter(file_id=params["file"])
        if "expired" in params:
            rows = queries.narrow_to_expired(rows, request.at, is_expired=params["expired"])
        return pagination.list_page(
            rows,
            params,
            lambda row: resources.file_link(row, request.at),
            kind="file link",
            url=request.path,
        )


class FileLinkView(ApiView):
    resource = "file_links"
    params = {"POST": p.UpdateFileLinkParams}

    def get(self, request: ApiRequest, params: Wire, link_id: str) -> Wire:
        return resources.file_link(queries.file_link(request.caller.tenant, link_id), request.at)

    def post(self, request: ApiRequest, params: Wire, link_id: str) -> Wire:
        row = files.update_link(
            tenant=request.caller.tenant, link_id=link_id, changes=params, at=request.at
        )
        return resources.file_link(row, request.at)


def serve_linked(request: HttpRequest, token: str) -> HttpResponseBase:
    """Serve a file to whoever has a link to it."""
    row = queries.linked_file(token, timezone.now()) if request.method in ("GET", "HEAD") else None
    return _download(row, request) if row else unknown_url(request)


serve_linked.csrf_exempt = True  # type: ignore[attr-defined]  # there is nothing to forge


def _download(row: File, request: HttpRequest) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(
        queries.content(row) if request.method == "GET" else (),
        content_type=catalog.MEDIA_TYPES[row.type],
    )
    headers = answer.headers
    headers["Content-Length"] = str(row.size_bytes)
    # Nothing that somebody uploaded may run, or be shown as if it were a page of ours.
    headers["Content-Disposition"] = (
        content_disposition_header(
            as_attachment=True, filename=catalog.name_for(row.filename, row.type)
        )
        or "attachment"
    )
    headers["Content-Security-Policy"] = OF_FILES
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = "private, no-store"
    headers["Referrer-Policy"] = "no-referrer"
    return answer
