"""Why a parameter of the wire is not taken: asked only when a request says an unknown one."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from django.http import HttpRequest

from api.older import older_requests
from api.refused.parameters import REFUSALS
from api.wire.params import Params
from core.errors import InvalidRequest
from core.types import Fields, JsonObject

_ITEM: Final = re.compile(r"\[[0-9]+\]")
_PLACE: Final = re.compile(r"<\w+:\w+>")


@cache
def reasons() -> dict[tuple[str, str], str]:
    """Return the reasons by call and parameter."""
    return {(call, param): why for call, param, why in rows()}


def rows() -> Iterator[tuple[str, str, str]]:
    """Return every parameter that is refused: call, parameter, reason."""
    for refusal in REFUSALS:
        for call in refusal.calls:
            yield from ((call, param, refusal.why) for param in refusal.params)


def call_of(request: HttpRequest) -> str:
    """Return what a request calls, such as `"POST /v1/customers/{}"`; empty if nobody knows."""
    match = request.resolver_match
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} /{_PLACE.sub('{}', match.route)}" if match else ""


def read(takes: type[Params], payload: Fields, request: HttpRequest) -> JsonObject:
    """Check what a request said, and say why a parameter of the wire is not taken.

    Raises:
        InvalidRequest: For the first that is unknown, not taken, missing or malformed.
    """
    try:
        return takes.read(payload)
    except InvalidRequest as error:
        raise _explain(error, request) from None


def _explain(error: InvalidRequest, request: HttpRequest) -> InvalidRequest:
    param = error.param or ""
    if error.code != "parameter_unknown":
        return error
    call = call_of(request)
    why = reasons().get((call, _ITEM.sub("[]", param)))
    if why is not None:
        return InvalidRequest(f"{param}: {why}", code="feature_not_supported", param=param)
    if now := older_requests.hint(call, param):
        return InvalidRequest(
            f"Received unknown parameter: {param}. {now}", code=error.code, param=param
        )
    return error
