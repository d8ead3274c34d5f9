"""The life of a request, once for all endpoints."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, cast

import orjson
from django.conf import settings
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework.views import APIView

from api import decode, errors, expand, idempotency, request_log, versions
from api.caller import Caller
from api.models import RequestLog
from api.params import NoParams, Params
from core import context
from core.context import RequestContext
from core.errors import (
    Busy,
    Forbidden,
    IdempotencyInUse,
    InvalidRequest,
    RialtoError,
    ServiceFailure,
    TooManyRequests,
    Unauthenticated,
)
from core.ids import new_id

logger = logging.getLogger(__name__)

# Refusals after which the same key may be used for a request that is mended.
_NOT_KEPT = (Unauthenticated, TooManyRequests, Busy, IdempotencyInUse)
_JSON = "application/json"


class UnknownUrl(InvalidRequest):
    """There is no such URL, or not for this method."""


class ApiRequest(HttpRequest):
    """What handlers see: Django's request, with who asks and when."""

    caller: Caller
    at: datetime
    id: str


class Answer:
    """A finished answer and what its headers say."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        self.body = body
        self.headers: dict[str, str] = {}
        self.error_code: str | None = None


class ApiView(APIView):
    """An endpoint: authenticate → version → parameters → idempotency → handler → render.

    Subclasses have handlers named by method, which take the request and the checked
    parameters and return a wire object, and say in `params` what each method takes.
    """

    resource: ClassVar[str] = ""
    params: ClassVar[Mapping[str, type[Params]]] = {}
    # Methods that a publishable key may use, with the object's client secret.
    publishable: ClassVar[frozenset[str]] = frozenset()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        started = time.perf_counter()
        asked = cast(ApiRequest, request)
        asked.id = new_id("req")
        asked.at = timezone.now()
        answer = self._answer(asked, kwargs)
        response = HttpResponse(answer.body, status=answer.status, content_type=_JSON)
        for name, value in (_headers(asked, answer.status) | answer.headers).items():
            response[name] = value
        _note(asked, answer, time.perf_counter() - started)
        return response

    def _answer(self, request: ApiRequest, kwargs: Mapping[str, str]) -> Answer:
        try:
            return self._carry_out(request, kwargs)
        except UnknownUrl as error:
            return failed(error, 404, request_id=request.id)
        except RialtoError as error:
            return failed(error, request_id=request.id)
        except (OperationalError, InterfaceError) as error:
            explained = errors.of_database(cast(OperationalError, error))
            if explained is None:
                return self._broken(request)
            if explained[1] == 503:
                logger.warning("The database is away: %s", error)
            return failed(*explained, request_id=request.id)
        except Exception:
            return self._broken(request)

    def _broken(self, request: ApiRequest) -> Answer:
        logger.exception("Request %s failed", request.id)
        error = ServiceFailure(
            f"Something went wrong on our side. Tell your operator the request id {request.id}."
        )
        return failed(error, request_id=request.id)

    def _carry_out(self, request: ApiRequest, kwargs: Mapping[str, str]) -> Answer:
        method = request.method or ""
        handler = getattr(self, method.lower(), None) if method in ("GET", "POST", "DELETE") else None
        if handler is None:
            raise unknown_path(request)
        request.caller = authenticate(request)
        if version := request.headers.get("Stripe-Version"):
            versions.checked(version)
        self._check_permission(request.caller, method)
        said = _said(request)
        paths = _paths(said.pop("expand", None))
        params = self.params.get(method, NoParams).read(said)
        key = request.headers.get("Idempotency-Key") if method == "POST" else None
        run = _Run(request, handler, params, kwargs, paths)
        return run.once(key, said) if key else run.now(RequestContext(request.id))

    def _check_permission(self, caller: Caller, method: str) -> None:
        if caller.key_kind == "secret":
            return
        if caller.key_kind == "publishable":
            if method not in self.publishable:
                raise Forbidden(
                    "This API call cannot be made with a publishable API key. Please use a secret "
                    "API key.",
                    code="secret_key_required",
                )
            return
        needed = "read" if method == "GET" else "write"
        granted = caller.permissions.get(self.resource, "none")
        if granted != "write" and granted != needed:
            raise Forbidden(
                "The provided key does not have the required permissions for this endpoint. "
                f"Having the '{self.resource}_{needed}' permission would allow this request to "
                "continue.",
                code="more_permissions_required",
            )


class _Run:
    """One request with everything that is needed to carry it out."""

    def __init__(
        self,
        request: ApiRequest,
        handler: Callable[..., dict[str, Any]],
        params: dict[str, Any],
        kwargs: Mapping[str, str],
        paths: list[str],
    ) -> None:
        self.request = request
        self.handler = handler
        self.params = params
        self.kwargs = kwargs
        self.paths = paths

    def now(self, about: RequestContext) -> Answer:
        with context.working_for(about):
            result = self.handler(self.request, self.params, **self.kwargs)
        if self.paths:
            expand.expand(result, self.paths, self.request.caller.tenant, self.request.at)
        versions.walk_back(result, version_of(self.request))
        return Answer(200, orjson.dumps(result))

    def once(self, key: str, said: Mapping[str, Any]) -> Answer:
        request = self.request
        print = idempotency.fingerprint(request.method or "", request.path, [said, self.paths])
        claim = idempotency.claim(request.caller.tenant, key, print, at=request.at)
        if claim.answer:
            answer = Answer(*claim.answer)
            answer.headers["Idempotent-Replayed"] = "true"
            return answer
        about = RequestContext(
            request.id, key, version_of(request), claim.id_suffix, claim.is_recovery
        )
        try:
            answer = self.now(about)
        except _NOT_KEPT:
            idempotency.release(claim)
            raise
        except RialtoError as error:
            answer = failed(error, request_id=request.id)
        idempotency.finish(claim, answer.status, answer.body)
        return answer


def authenticate(request: HttpRequest) -> Caller:
    """Ask the room that knows keys who this is."""
    return cast(Caller, import_string(settings.API_AUTHENTICATION)(request))


def version_of(request: ApiRequest) -> str:
    """Return the version that the caller speaks: its header, or its account's."""
    return request.headers.get("Stripe-Version") or request.caller.api_version


def failed(error: RialtoError, status: int | None = None, *, request_id: str) -> Answer:
    """Make the answer that tells of an error."""
    body = errors.body_of(error, request_id=request_id)
    answer = Answer(status or errors.status_of(error), orjson.dumps(body))
    answer.error_code = error.code or error.type
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = "1"
    return answer


def unknown_path(request: HttpRequest) -> UnknownUrl:
    """Make the error for a URL, or a method of one, that does not exist."""
    return UnknownUrl(
        f"Unrecognized request URL ({request.method}: {request.path}). If you are trying to list "
        "objects, remove the trailing slash. If you are trying to retrieve an object, make sure "
        "you passed a valid (non-empty) identifier in your code.",
    )


def unknown_url(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Answer for every URL below /v1/ that does not exist."""
    id = new_id("req")
    answer = failed(unknown_path(request), 404, request_id=id)
    response = HttpResponse(answer.body, status=404, content_type=_JSON)
    response["Request-Id"] = id
    return response


def _said(request: ApiRequest) -> dict[str, Any]:
    if request.headers.get("Content-Encoding"):
        raise InvalidRequest("Compressed request bodies are not supported. Send the body plain.")
    query = decode.form((request.META.get("QUERY_STRING") or "").encode("latin-1"))
    if request.method == "GET":
        return query
    if int(request.META.get("CONTENT_LENGTH") or 0) > decode.MAX_BODY:
        raise InvalidRequest("The request is over the limit of 1 MiB.")
    body = request.read()
    if (request.content_type or "").endswith("json"):
        return query | decode.json(body)
    if body and request.content_type == "multipart/form-data":
        raise InvalidRequest(
            "Send parameters as application/x-www-form-urlencoded or application/json."
        )
    return query | decode.form(body)


def _paths(said: Any) -> list[str]:
    if said is None:
        return []
    if isinstance(said, dict):
        said = list(said.values())
    paths = said if isinstance(said, list) else [said]
    if not all(isinstance(path, str) for path in paths) or len(paths) > 20:
        raise InvalidRequest("Invalid array: expand takes up to 20 property names.", param="expand")
    return paths


def _headers(request: ApiRequest, status: int) -> dict[str, str]:
    headers = {
        "Request-Id": request.id,
        "Cache-Control": "no-cache, no-store",
        "X-Content-Type-Options": "nosniff",
        "Stripe-Version": request.headers.get("Stripe-Version") or _pinned(request),
    }
    for name in ("Idempotency-Key", "Stripe-Account"):
        if value := request.headers.get(name):
            headers[name] = value
    if status in errors.RETRY:
        headers["Stripe-Should-Retry"] = "true"
    return headers


def _pinned(request: ApiRequest) -> str:
    caller = getattr(request, "caller", None)
    return caller.api_version if caller else str(settings.API_VERSION)


def _note(request: ApiRequest, answer: Answer, seconds: float) -> None:
    caller: Caller | None = getattr(request, "caller", None)
    request_log.note(
        RequestLog(
            id=request.id,
            account_id=caller.tenant.account_id if caller else None,
            livemode=caller.tenant.livemode if caller else None,
            key_id=caller.key_id if caller else None,
            method=(request.method or "")[:8],
            path=request.path[:300],
            status_code=answer.status,
            duration_ms=round(seconds * 1000),
            api_version=(request.headers.get("Stripe-Version") or "")[:40],
            idempotency_key=(request.headers.get("Idempotency-Key") or "")[:255] or None,
            error_code=answer.error_code,
            address=request.META.get("REMOTE_ADDR") or None,
            created_at=request.at,
        )
    )
