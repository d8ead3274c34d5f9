"""From bytes to nested parameters, within limits."""

from typing import Any, Final

from django.http import HttpRequest, UnreadablePostError

from api.errors import InvalidParams, UnsupportedMedia
from api.parsers import forms, json
from api.parsers.limits import MAX_BODY_BYTES, body_too_large

__all__ = ["MAX_BODY_BYTES", "parse"]

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"


def parse(request: HttpRequest) -> dict[str, Any]:
    """Read the parameters of a request: the query's, and the body's unless it only reads.

    Returns:
        Dicts, lists and scalars. Values of a form are strings; `a[0]=x` becomes a dict with
        the key `"0"`, since only the parameter's type can tell a list from a map.

    Raises:
        InvalidParams: If something is malformed or beyond a limit.
        UnsupportedMedia: If the body is compressed or of an unknown type.
    """
    query = request.META.get("QUERY_STRING", "")
    found = forms.parse(query.encode("latin-1")) if query else {}
    if request.method in {"GET", "HEAD"}:
        return found
    body = _read(request)
    if not body:
        return found
    sent = _parse_body(request, body)
    if not found:
        return sent
    both = found.keys() & sent.keys()
    if both:
        name = min(both)
        raise InvalidParams(f"The parameter {name} is both in the URL and in the body.", param=name)
    return found | sent


def _read(request: HttpRequest) -> bytes:
    meta = request.META
    if meta.get("HTTP_CONTENT_ENCODING", "identity").lower() not in {"", "identity"}:
        raise UnsupportedMedia("Compressed bodies are not accepted. Send the body as it is.")
    # Looked at before reading, so that a large body is refused without being taken in.
    length = meta.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:20]) > MAX_BODY_BYTES:
        raise body_too_large()
    try:
        body = request.body
    except UnreadablePostError:
        raise InvalidParams("The request body ended too early.") from None
    if len(body) > MAX_BODY_BYTES:
        raise body_too_large()
    return body


def _parse_body(request: HttpRequest, body: bytes) -> dict[str, Any]:
    kind = request.META.get("CONTENT_TYPE", "")
    if kind != _FORM:
        kind = kind.partition(";")[0].strip().lower()
    if kind == _FORM or not kind:
        return forms.parse(body)
    if kind == _JSON:
        return json.parse(body)
    raise UnsupportedMedia(f"Send the body as {_FORM} or {_JSON}.")
