"""A finished answer, and the response that is made of it."""

from typing import Final

import orjson
from django.http import HttpRequest, HttpResponse

from api.access.caller import Caller
from api.answers import errors, shown
from core.errors import RialtoError, TooManyRequests, Unauthenticated
from core.jose.signed import ALGORITHMS

_JSON: Final = "application/json"
_LONGEST_WAIT_SECONDS: Final = 60
# What a token that is bound to a key is refused with (RFC 9449, section 7.1).
_PROOF_CODE: Final = "dpop_proof_invalid"


class Answer:
    """A finished answer and what its headers say."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body
        self.headers: dict[str, str] = {}
        self.error_code: str | None = None


def failure(error: RialtoError, status: int | None = None, *, request_id: str) -> Answer:
    """Make the answer that tells of an error."""
    body = errors.body_of(error, request_id=request_id)
    answer = Answer(status or errors.status_of(error), orjson.dumps(body))
    answer.error_code = error.code or error.type
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.seconds)
        if error.reason:
            answer.headers["Stripe-Rate-Limited-Reason"] = error.reason
    if isinstance(error, Unauthenticated):
        answer.headers["WWW-Authenticate"] = _challenge(error)
    return answer


def _challenge(error: Unauthenticated) -> str:
    if error.code != _PROOF_CODE:
        return 'Bearer realm="Rialto"'
    algorithms = " ".join(ALGORITHMS)
    return f'DPoP realm="Rialto", error="invalid_dpop_proof", algs="{algorithms}"'


def render(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Make the response to a request, with what its caller may see and the wire's headers.

    Args:
        request: The request, with its `id`, and its `caller` if anybody knows it.
        answer: The answer.
    """
    caller: Caller | None = getattr(request, "caller", None)
    body = shown.to_caller(caller, answer.body) if caller else answer.body
    response = HttpResponse(body, status=answer.status, content_type=_JSON)
    headers = response.headers
    # Without it the server would send the body in chunks.
    headers["Content-Length"] = str(len(body))
    for name, value in _headers(request, answer).items():
        headers[name] = value
    # Django would log every refusal as a warning; the request log has it already.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _headers(request: HttpRequest, answer: Answer) -> dict[str, str]:
    meta = request.META
    headers = {
        "Request-Id": getattr(request, "id", ""),
        "Cache-Control": "no-cache, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    caller: Caller | None = getattr(request, "caller", None)
    if caller is not None:
        headers["Stripe-Version"] = printable(meta.get("HTTP_STRIPE_VERSION")) or caller.api_version
    for name, sent in (
        ("Idempotency-Key", meta.get("HTTP_IDEMPOTENCY_KEY")),
        ("Stripe-Account", meta.get("HTTP_STRIPE_ACCOUNT")),
    ):
        if shown := printable(sent):
            headers[name] = shown
    if answer.status in errors.RETRY:
        # Without a key nothing tells a second try from a second payment.
        is_safe = request.method in ("GET", "HEAD") or "HTTP_IDEMPOTENCY_KEY" in meta
        # Packages wait for no longer than that, and would come back too early.
        is_soon = int(answer.headers.get("Retry-After", "1")) <= _LONGEST_WAIT_SECONDS
        should = is_soon and (answer.status in (409, 429) or is_safe)
        headers["Stripe-Should-Retry"] = "true" if should else "false"
    return headers | answer.headers


def printable(sent: str | None) -> str | None:
    """Return what a header says, unless it could not stand in one."""
    return sent if sent and len(sent) <= 400 and sent.isprintable() else None
