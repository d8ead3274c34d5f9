"""Answers of the wire protocol: bodies, and the headers that every one of them has."""

from typing import Final

import orjson
from django.http import HttpResponse

from api import versions
from api.errors import Unexpected, body_of, status_of
from api.idempotency import Replay
from api.requests import ApiRequest
from core.errors import Busy, IdempotencyInUse, RialtoError

_JSON: Final = "application/json"
_SAFE: Final = frozenset({"GET", "HEAD"})


def json(status: int, body: bytes) -> HttpResponse:
    """Answer with rendered JSON."""
    return HttpResponse(body, status=status, content_type=_JSON)


def replay(first: Replay) -> HttpResponse:
    """Answer as the first request with this idempotency key was answered."""
    response = json(first.status, first.body)
    response.headers["Idempotent-Replayed"] = "true"
    response.headers["Original-Request"] = first.request_id
    return response


def error_body(told: RialtoError, asked: ApiRequest) -> tuple[int, bytes]:
    """Render an error: its status and body, in the caller's version."""
    body = body_of(told)
    if asked.is_known:
        versions.render(body, asked.caller.api_version)
    return status_of(told, asked.params), orjson.dumps(body)


def refusal(told: RialtoError, asked: ApiRequest) -> HttpResponse:
    """Answer with an error."""
    status, body = error_body(told, asked)
    response = json(status, body)
    if status in {409, 429} or status >= 500:
        should = _should_retry(told, status, asked)
        response.headers["Stripe-Should-Retry"] = "true" if should else "false"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Rialto"'
    return response


def add_headers(response: HttpResponse, asked: ApiRequest) -> None:
    """Add what every answer has, and echo what the caller sent."""
    headers = response.headers
    headers["Request-Id"] = asked.request_id
    headers["Cache-Control"] = "no-cache, no-store"
    if asked.idempotency_key is not None:
        headers["Idempotency-Key"] = asked.idempotency_key
    if asked.is_known:
        headers["Stripe-Version"] = asked.caller.api_version
        if asked.caller.platform is not None:
            headers["Stripe-Account"] = asked.caller.account_id


def _should_retry(told: RialtoError, status: int, asked: ApiRequest) -> bool:
    if status < 500:
        # A rate limit says when to come back; these two are over in a moment.
        return isinstance(told, Busy | IdempotencyInUse)
    if asked.http.method in _SAFE:
        return True
    # What a bug left is stored under its key, and would only be replayed.
    return asked.idempotency_key is not None and not isinstance(told, Unexpected)
