"""The endpoints of FAPI clients: pushed requests, tokens, and what is known about them."""

import time
from collections.abc import Callable
from typing import Final

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.models import OAuthApplication
from accounts.services.possession import address_of
from connect.oauth import fapi_scopes
from connect.oauth.services import client_assertions, fapi_tokens, pushed_requests
from connect.oauth.services.protocol import ProtocolError, issuer, unavailable
from core.jose import dpop, once
from core.jose.signed import ALGORITHMS, Untrusted
from core.types import JsonObject

_METHODS: Final = ["private_key_jwt"]
_FORM: Final = "application/x-www-form-urlencoded"

Params = dict[str, str]
Step = Callable[[HttpRequest, OAuthApplication, Params], JsonObject]


def _push(request: HttpRequest, application: OAuthApplication, params: Params) -> JsonObject:
    thumbprint = _prove(request) if "HTTP_DPOP" in request.META else None
    reference = pushed_requests.push(
        application=application, params=params, thumbprint=thumbprint, at=timezone.now()
    )
    lifetime = int(pushed_requests.LIFETIME.total_seconds())
    return {"expires_in": lifetime, "request_uri": reference}


def _token(request: HttpRequest, application: OAuthApplication, params: Params) -> JsonObject:
    grants = {"authorization_code": fapi_tokens.redeem, "refresh_token": fapi_tokens.refresh}
    grant = grants.get(params.get("grant_type", ""))
    if grant is None:
        raise ProtocolError(
            "unsupported_grant_type", "grant_type must be authorization_code or refresh_token."
        )
    issued = grant(
        application=application, params=params, thumbprint=_prove(request), at=timezone.now()
    )
    return {
        "access_token": issued.access_token,
        "account_id": issued.account_id,
        "expires_in": int(fapi_tokens.TOKEN_LIFETIME.total_seconds()),
        "refresh_token": issued.refresh_token,
        "scope": issued.scope,
        "token_type": "DPoP",
    }


def _introspect(_: HttpRequest, application: OAuthApplication, params: Params) -> JsonObject:
    token = _require(params, "token")
    return fapi_tokens.introspect(application=application, token=token, at=timezone.now())


def _revoke(_: HttpRequest, application: OAuthApplication, params: Params) -> JsonObject:
    token = _require(params, "token")
    fapi_tokens.revoke(application=application, token=token, at=timezone.now())
    return {}


def _endpoint(step: Step, *, status: int = 200) -> Callable[[HttpRequest], HttpResponse]:
    """Make the view of an endpoint that only a client that has proven itself may ask."""

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        try:
            params = _params_of(request)
            application = client_assertions.authenticate(params, at=timezone.now())
            return _respond(step(request, application, params), status=status)
        except ProtocolError as error:
            payload = {"error": error.error, "error_description": error.description}
            return _respond(payload, status=error.status)

    return view


push = _endpoint(_push, status=201)
token = _endpoint(_token)
introspect = _endpoint(_introspect)
revoke = _endpoint(_revoke)


def metadata(request: HttpRequest) -> HttpResponse:
    """Publish what the server takes (RFC 8414)."""
    at = issuer()
    answer = JsonResponse(
        {
            "issuer": at,
            "authorization_endpoint": f"{at}/oauth2/authorize",
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
            "dpop_signing_alg_values_supported": ALGORITHMS,
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "introspection_endpoint": f"{at}/oauth2/introspect",
            "introspection_endpoint_auth_methods_supported": _METHODS,
            "introspection_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "pushed_authorization_request_endpoint": f"{at}/oauth2/par",
            "require_pushed_authorization_requests": True,
            "response_modes_supported": ["query"],
            "response_types_supported": ["code"],
            "revocation_endpoint": f"{at}/oauth2/revoke",
            "revocation_endpoint_auth_methods_supported": _METHODS,
            "revocation_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
            "scopes_supported": fapi_scopes.READABLE,
            "token_endpoint": f"{at}/oauth2/token",
            "token_endpoint_auth_methods_supported": _METHODS,
            "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        }
    )
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


def _params_of(request: HttpRequest) -> Params:
    """Return the parameters of a form.

    Raises:
        ProtocolError: If it is none, or has a parameter twice or in the address.
    """
    if request.method != "POST":
        raise ProtocolError("invalid_request", "Send it as a POST.", status=405)
    if request.content_type != _FORM:
        raise ProtocolError("invalid_request", f"Send it as {_FORM}.")
    try:
        lists = list(request.POST.lists())
    except (SuspiciousOperation, MultiPartParserError):
        raise ProtocolError("invalid_request", "This is no form, or too long a one.") from None
    if request.GET:
        raise ProtocolError("invalid_request", "Parameters belong into the body.")
    if any(len(values) > 1 for _, values in lists):
        raise ProtocolError("invalid_request", "A parameter was sent twice.")
    params = {name: values[0] for name, values in lists if values[0] != ""}
    if any("\0" in text for text in params.values()):
        raise ProtocolError("invalid_request", "A parameter holds a NUL character.")
    if "HTTP_AUTHORIZATION" in request.META:
        raise ProtocolError(
            "invalid_request", "Prove who you are by client_assertion, and in no other way."
        )
    return params


def _prove(request: HttpRequest) -> str:
    try:
        return dpop.check(
            request.META.get("HTTP_DPOP"),
            method=request.method or "",
            url=address_of(request),
            now=time.time(),
        )
    except Untrusted as error:
        raise ProtocolError("invalid_dpop_proof", str(error)) from None
    except once.Away:
        raise unavailable() from None


def _require(params: Params, name: str) -> str:
    if name not in params:
        raise ProtocolError("invalid_request", f"Missing required param: {name}.")
    return params[name]


def _respond(payload: JsonObject, *, status: int = 200) -> HttpResponse:
    answer = JsonResponse(payload, status=status)
    answer["Cache-Control"] = "no-store"
    if status == 405:
        answer["Allow"] = "POST"
    return answer
