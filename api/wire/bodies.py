"""What a request says: in its URL, and in a body of one of two kinds."""

from contextlib import suppress
from typing import Final

from django.http import HttpRequest, UnreadablePostError

from api.wire import decode
from core.errors import InvalidRequest
from core.types import JsonObject

# Bodies up to this many bytes are let pass before they are refused.
_MOST_HEARD: Final = 8 * 1024 * 1024
_PIECE: Final = 64 * 1024


def read(request: HttpRequest) -> JsonObject:
    """Return what a request says in its URL and in its body.

    Raises:
        InvalidRequest: If that cannot be read, says a name twice, or is too large.
    """
    meta = request.META
    query = meta.get("QUERY_STRING")
    query_params = decode.form(query.encode("latin-1", "replace")) if query else {}
    if request.method in ("GET", "HEAD"):
        return query_params
    body = _body(request)
    if not body:
        return query_params
    kind = meta.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        body_params = decode.json(body)
    elif kind in ("application/x-www-form-urlencoded", ""):
        body_params = decode.form(body)
    else:
        raise InvalidRequest(
            "Send parameters as application/x-www-form-urlencoded or application/json."
        )
    if twice := query_params.keys() & body_params.keys():
        name = min(twice)[:100]
        raise InvalidRequest(f"The parameter {name} is in the URL and in the body.", param=name)
    return query_params | body_params


def _body(request: HttpRequest) -> bytes:
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "")
    if encoding.lower() not in ("", "identity"):
        raise InvalidRequest("Compressed request bodies are not supported. Send the body plain.")
    if "HTTP_TRANSFER_ENCODING" in request.META:
        # WSGI tells no end of such a body: it would read as none, and nothing would be asked for.
        raise InvalidRequest("Send the body in one piece, with a Content-Length.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    # Looked at before reading, so that a large body is refused without being taken in.
    if length.isdecimal() and int(length[:20]) > decode.MAX_BODY:
        _hear_out(request, int(length[:20]))
        raise decode.too_large()
    try:
        return request.read(decode.MAX_BODY + 1)
    except UnreadablePostError:
        raise InvalidRequest("The request body ended too early.") from None


def _hear_out(request: HttpRequest, length: int) -> None:
    """Read and discard a body that is a little too large.

    A client that is hung up on while it speaks may never hear why.
    """
    if length > _MOST_HEARD:
        return
    with suppress(UnreadablePostError):
        while request.read(_PIECE):
            pass
