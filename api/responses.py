"""A finished answer, before it is a response."""

import orjson

from api.answers import errors
from core.errors import RialtoError, TooManyRequests, Unauthenticated


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
        answer.headers["Retry-After"] = "1"
    if isinstance(error, Unauthenticated):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Rialto"'
    return answer
