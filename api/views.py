"""The life of a request, once for all endpoints."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import ClassVar, Final, cast

import orjson
from django.conf import settings
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework.views import APIView

from api import dated, idempotency, request_log
from api.access import browsers, permissions, usage
from api.access.caller import Caller
from api.answers import errors, expand
from api.limits import admission, signs, wrong_keys
from api.lists import search, totals
from api.older import versions
from api.refused import unsupported
from api.responses import Answer, failure, printable, render
from api.wire import bodies, card_data, logged
from api.wire.params import NoParams, Params
from core import request_context
from core.database import time_limits
from core.database.time_limits import Work
from core.detection import signals
from core.detection.networks import network_of
from core.detection.signals import Source
from core.errors import (
    Busy,
    IdempotencyInUse,
    InvalidRequest,
    RialtoError,
    ServiceFailure,
    TooManyRequests,
    Unauthenticated,
)
from core.ids import new_id
from core.limits.counts import Stay
from core.request_context import RequestContext
from core.types import Fields, JsonObject

logger = logging.getLogger(__name__)

# Failures after which the same request may yet succeed, so that they are not kept.
_NOT_KEPT: Final = (Unauthenticated, TooManyRequests, Busy, IdempotencyInUse, ServiceFailure)
_HANDLED: Final = frozenset({"GET", "HEAD", "POST", "DELETE"})

Wire = JsonObject


class UnknownUrl(InvalidRequest):
    """An unknown URL, or one that does not take this method."""


class ApiRequest(HttpRequest):
    """Django's request, with the caller and the moment."""

    caller: Caller
    at: datetime
    id: str
    # What was sent, once it is read, and what the log keeps of it.
    sent: JsonObject
    logged: JsonObject | None
    # Its place among the requests that its account may have under way.
    stay: Stay | None


class ApiView(APIView):
    """An endpoint: authenticate → version → parameters → idempotency → handler → render.

    Subclasses have handlers named by method, which take the request and the checked
    parameters and return a wire object, and say in `params` what each method takes.
    None of DRF's own steps is taken: they would cost more than the rest.
    """

    resource: ClassVar[str] = ""
    params: ClassVar[Mapping[str, type[Params]]] = {}
    # The permission that an application needs besides, since no scope of OAuth includes it.
    separate: ClassVar[str] = ""
    # Methods that a publishable key may use, with the object's client secret.
    publishable: ClassVar[frozenset[str]] = frozenset()
    # Methods whose answer is kept under an `Idempotency-Key`.
    keyed: ClassVar[frozenset[str]] = frozenset({"POST"})
    # Methods that a customer's own short-lived key may use, about that customer.
    ephemeral: ClassVar[frozenset[str]] = frozenset()
    # What methods answer with that the official package does not have: its class for an object,
    # by the wire's word or `list of` it, a TypedDict, or `bytes`. Only the OpenAPI document asks.
    answers: ClassVar[Mapping[str, str | type]] = {}
    # The parameter of a POST that is a file, so that the body is multipart. The document asks.
    file: ClassVar[str | None] = None
    # Whether a POST tries a payment method on what the URL names: tries are counted.
    tries_card: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: str) -> HttpResponse:
        started = time.perf_counter()
        api_request = cast(ApiRequest, request)
        api_request.id = new_id("req")
        api_request.at = timezone.now()
        api_request.sent, api_request.logged, api_request.stay = {}, None, None
        if request.method == "OPTIONS":
            return self._options()
        answer = self._answer(api_request, kwargs)
        if request.method in self.publishable:
            caller: Caller | None = getattr(api_request, "caller", None)
            answer.headers |= browsers.readable(caller.key_kind if caller else None)
        response = render(api_request, answer)
        _note(api_request, answer, time.perf_counter() - started)
        return response

    def _answer(self, request: ApiRequest, kwargs: Mapping[str, str]) -> Answer:
        try:
            return self._carry_out(request, kwargs)
        except Exception as error:
            return explain(error, request)
        finally:
            if request.stay:
                request.stay.leave()

    def _carry_out(self, request: ApiRequest, kwargs: Mapping[str, str]) -> Answer:
        method = request.method or ""
        handler = self._handler(method)
        # No text in the database holds a NUL, so no URL with one leads anywhere.
        if handler is None or "\0" in request.path:
            raise unknown_path(request)
        payload_with_key = self._payload_with_key(request)
        request.caller = self._caller(request, method)
        request.stay = admission.enter(
            request, request.caller, kwargs, at=request.at, tries_card=self.tries_card
        )
        if version := request.META.get("HTTP_STRIPE_VERSION"):
            versions.check(version, today=request.at.date())
        permissions.check(
            request.caller,
            self.resource,
            method=method,
            publishable=self.publishable,
            ephemeral=self.ephemeral,
        )
        permissions.check_reach(request.caller, kwargs)
        permissions.check_separate(request.caller, self.separate or self.resource, method=method)
        usage.note_permissions(request.caller, self.resource, method, request.at)
        payload = self.payload(request) if payload_with_key is None else payload_with_key
        dated.bring_up(payload, version_of(request), request)
        paths = expand.paths_of(payload.pop("expand", None))
        takes = self.params.get("GET" if method == "HEAD" else method, NoParams)
        if settings.REQUEST_LOG_ENABLED and payload:
            request.sent = payload
            request.logged = logged.parameters(takes.fields, payload)
        total = totals.total_of(takes, payload, paths, request.caller.tenant)
        params = unsupported.read(takes, payload, request) | total
        permissions.check_reach(request.caller, params)
        self.check_access(request.caller, {**params, **kwargs}, method)
        if request.caller.key_kind == "ephemeral":
            about = self.customer_of(request.caller, params, kwargs)
            permissions.check_customer(request.caller, about)
        key = request.META.get("HTTP_IDEMPOTENCY_KEY") if method in self.keyed else None
        card_data.check(payload, key)
        run = _Run(request, handler, params, kwargs, paths)
        return run.once(key, payload) if key else run.now()

    def _caller(self, request: ApiRequest, method: str) -> Caller:
        try:
            return authenticate(request, search.work_of(method, self.params.get("GET")))
        except Unauthenticated as error:
            if too_many := wrong_keys.note(request):
                raise too_many from error
            raise

    def check_access(self, caller: Caller, params: Fields, method: str) -> None:
        """Refuse what the caller may not do on the account that a request names."""

    def customer_of(self, caller: Caller, params: Fields, kwargs: Mapping[str, str]) -> str | None:
        """Return the customer that a request is about."""
        return kwargs.get("customer_id") or params.get("customer")

    def payload(self, request: ApiRequest) -> Wire:
        """Read what the request says, from its URL and its body."""
        return bodies.read(request)

    def _payload_with_key(self, request: ApiRequest) -> Wire | None:
        """Read what a page says before it is known who asks: its key is among the parameters."""
        if request.method not in self.publishable or "HTTP_AUTHORIZATION" in request.META:
            return None
        return browsers.with_key(request, self.payload(request))

    def _handler(self, method: str) -> Callable[..., Wire] | None:
        if method not in _HANDLED:
            return None
        return cast(Callable[..., Wire] | None, getattr(self, method.lower(), None))

    def _options(self) -> HttpResponse:
        response = HttpResponse(status=204)
        methods = sorted(method for method in _HANDLED if self._handler(method))
        response["Allow"] = ", ".join([*methods, "OPTIONS"])
        for name, value in browsers.preflight(self.publishable).items():
            response[name] = value
        return response


class _Run:
    """One request with everything that is needed to carry it out."""

    def __init__(
        self,
        request: ApiRequest,
        handler: Callable[..., Wire],
        params: Wire,
        kwargs: Mapping[str, str],
        paths: list[str],
    ) -> None:
        self.request = request
        self.handler = handler
        self.params = params
        self.kwargs = kwargs
        self.paths = paths

    def now(self, key: str | None = None, claim: idempotency.Claim | None = None) -> Answer:
        request = self.request
        version = version_of(request)
        about = RequestContext(
            request.id,
            key,
            version,
            claim.id_suffix if claim else None,
            claim.is_recovery if claim else False,
            request.caller.actor_id,
        )
        with request_context.working_for(about), signals.coming_from(_source(request)):
            result = self.handler(request, self.params, **self.kwargs)
            if total := self.params.get(totals.TOTAL):
                total.add_to(result)
            if self.paths:
                # They may lead through what older versions have inside.
                dated.embed_lists(result, version, request.caller, request.at)
                self._expand(result)
        dated.render(result, version, request.caller, request.at)
        return Answer(200, orjson.dumps(result))

    def once(self, key: str, payload: Fields) -> Answer:
        request = self.request
        print = idempotency.fingerprint(request.method or "", request.path, [payload, self.paths])
        claim = idempotency.claim(
            request.caller.tenant, key, print, at=request.at, scope=request.caller.key_scope
        )
        if claim.answer:
            return self._again(*claim.answer)
        try:
            answer = self.now(key, claim)
        except (*_NOT_KEPT, DatabaseFailure) as error:
            if not _is_bug(error):
                _quietly(lambda: idempotency.release(claim))
                raise
            answer = explain(error, request)
        except Exception as error:
            # A bug as well: how far the operation got is not known, so it is not repeated.
            answer = explain(error, request)
        except BaseException:
            # The worker is being stopped. A retry goes on from what is there.
            _quietly(lambda: idempotency.release(claim))
            raise
        _quietly(lambda: idempotency.finish(claim, answer.status, answer.body))
        return answer

    def _again(self, status: int, body: bytes) -> Answer:
        """Return a stored answer, without what its caller may no longer see."""
        if self.paths and status == 200:
            result = orjson.loads(body)
            expand.collapse(result, self.paths, self._guard)
            body = orjson.dumps(result)
        answer = Answer(status, body)
        answer.headers["Idempotent-Replayed"] = "true"
        return answer

    def _guard(self, resource: str) -> None:
        permissions.check_expansion(self.request.caller, resource)
        usage.note_permissions(self.request.caller, resource, "GET", self.request.at)

    def _expand(self, result: Wire) -> None:
        try:
            tenant = self.request.caller.tenant
            expand.expand(result, self.paths, tenant, self.request.at, self._guard)
        except InvalidRequest:
            # What was asked for is done: to refuse now would say that it is not.
            if self.request.method == "GET":
                raise


def authenticate(request: HttpRequest, work: Work) -> Caller:
    """Ask the room that knows keys who this is, and have the database told what is to come."""
    return cast(Caller, import_string(settings.API_AUTHENTICATION)(request, work))


def _source(request: ApiRequest) -> Source:
    # What a merchant's server sends is from its own address, whoever pays.
    is_public = request.caller.key_kind == "publishable"
    network = network_of(request.META.get("REMOTE_ADDR") or "") if is_public else ""
    return Source(request.caller.key_id, network)


def version_of(request: ApiRequest) -> str:
    """Return the version that the caller speaks: its header, or its account's."""
    return request.META.get("HTTP_STRIPE_VERSION") or request.caller.api_version


def explain(error: Exception, request: ApiRequest) -> Answer:
    """Make the answer to whatever was raised. What is a bug of ours is logged and not told."""
    signs.note(error, request)
    if isinstance(error, RialtoError) and error.extra and hasattr(request, "caller"):
        version = version_of(request)
        _quietly(lambda: dated.render(error.extra, version, request.caller, request.at))
    if isinstance(error, UnknownUrl):
        return failure(error, 404, request_id=request.id)
    if isinstance(error, RialtoError):
        return failure(error, request_id=request.id)
    if isinstance(error, DatabaseFailure) and (explained := errors.of_database(error)):
        if explained[1] == 503:
            logger.error("Request %s had no answer of the database: %s", request.id, error)
        answer = failure(*explained, request_id=request.id)
        if time_limits.is_over(error) and request.method in ("GET", "HEAD"):
            # It would take as long again.
            answer.headers["Stripe-Should-Retry"] = "false"
        return answer
    logger.error("Request %s failed", request.id, exc_info=error)
    bug = ServiceFailure(
        f"Something went wrong on our side. Tell your operator the request id {request.id}."
    )
    answer = failure(bug, request_id=request.id)
    answer.headers["Stripe-Should-Retry"] = "false"
    return answer


def unknown_path(request: HttpRequest) -> UnknownUrl:
    """Make the error for a URL, or a method of one, that does not exist."""
    path = request.path.replace("\0", "%00")[:200]
    return UnknownUrl(
        f"Unrecognized request URL ({request.method}: {path}). If you are trying to list "
        "objects, remove the trailing slash. If you are trying to retrieve an object, make sure "
        "you passed a valid (non-empty) identifier in your code.",
    )


def unknown_url(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Answer for every URL below /v1/ that does not exist."""
    api_request = cast(ApiRequest, request)
    api_request.id = new_id("req")
    return render(api_request, failure(unknown_path(request), 404, request_id=api_request.id))


unknown_url.csrf_exempt = True  # type: ignore[attr-defined]  # there is nothing to forge


def _is_bug(error: BaseException) -> bool:
    return isinstance(error, DatabaseFailure) and errors.of_database(error) is None


def _quietly(write: Callable[[], None]) -> None:
    """Write what a retry will find. When that fails, a retry recovers what was made."""
    try:
        write()
    except DatabaseFailure:
        logger.exception("What became of an idempotent request could not be kept.")


def _note(request: ApiRequest, answer: Answer, seconds: float) -> None:
    if not settings.REQUEST_LOG_ENABLED:
        return
    meta = request.META
    request_log.note(
        id=request.id,
        caller=getattr(request, "caller", None),
        method=request.method or "",
        path=request.path,
        status=answer.status,
        error_code=answer.error_code,
        seconds=seconds,
        api_version=meta.get("HTTP_STRIPE_VERSION", ""),
        idempotency_key=printable(meta.get("HTTP_IDEMPOTENCY_KEY")),
        address=meta.get("REMOTE_ADDR"),
        at=request.at,
        parameters=request.logged,
        answer=logged.answer(answer.status, answer.body, request.sent),
    )
