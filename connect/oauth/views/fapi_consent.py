"""The page on which an owner agrees to what a FAPI client has pushed."""

import secrets
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from accounts.models import OAuthPushedRequest, User
from connect.oauth import consent_words, fapi_scopes
from connect.oauth.services import fapi_tokens, pushed_requests
from connect.oauth.services.protocol import ProtocolError, issuer
from connect.oauth.views.oauth import shareable_accounts
from connect.pages import form_of, is_own_form, protect
from core.database.transactions import atomic
from core.types import JsonObject

_TEMPLATE = "connect/consent.html"


class FapiConsentView(LoginRequiredMixin, View):
    """Show what was pushed, and nothing of what the address or the form says beside it."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.nonce = secrets.token_urlsafe(16)
        try:
            # Opened before anybody logs in: that may take longer than a reference lasts.
            self.pushed = _find(request)
        except ProtocolError as error:
            return protect(self._render_broken(error.description), self.nonce)
        answer = super().dispatch(request, *args, **kwargs)
        return protect(answer, self.nonce, self.pushed.params["redirect_uri"])

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._render()

    def post(self, request: HttpRequest) -> HttpResponse:
        if not is_own_form(request):
            return self._render_broken(
                "Somebody else has signed in since this page was opened, perhaps in another tab.",
                status=409,
            )
        allows = request.POST.get("allow") == "true"
        mine = {one.id for one in shareable_accounts(request, self.pushed.application)}
        account_id = request.POST.get("account") or (min(mine) if len(mine) == 1 else "")
        if allows and account_id not in mine:
            return self._render("Choose the account that you want to share.")
        try:
            return self._decide(account_id if allows else "")
        except ProtocolError as error:
            return self._render_broken(error.description)

    def _decide(self, account_id: str) -> HttpResponse:
        at, user = timezone.now(), self.request.user
        assert isinstance(user, User)
        client_id, reference = _named(self.request)
        with atomic():
            pushed = pushed_requests.take(client_id=client_id, request_uri=reference, at=at)
            params = {"iss": issuer()}
            if account_id:
                params["code"] = fapi_tokens.give_code(
                    pushed=pushed, account_id=account_id, user=user, at=at
                )
            else:
                params |= {
                    "error": "access_denied",
                    "error_description": "The owner does not share the account.",
                }
        if "state" in pushed.params:
            params["state"] = pushed.params["state"]
        target = pushed.params["redirect_uri"]
        mark = "&" if "?" in target else "?"
        # 303: no browser sends the form on to the client.
        return HttpResponse(status=303, headers={"Location": f"{target}{mark}{urlencode(params)}"})

    def _render(self, problem: str = "") -> HttpResponse:
        pushed, application = self.pushed, self.pushed.application
        resources = fapi_scopes.permissions_of(pushed.params["scope"])
        client_id, reference = _named(self.request)
        context: JsonObject = {
            "nonce": self.nonce,
            "application": application,
            "may_write": False,
            "shared": consent_words.describe_allowed(resources, writes=False),
            "denied": consent_words.describe_denied(resources),
            "accounts": shareable_accounts(self.request, application),
            "form_of": form_of(self.request),
            "hidden": {"client_id": client_id, "request_uri": reference},
            "problem": problem,
        }
        return render(self.request, _TEMPLATE, context)

    def _render_broken(self, description: str, *, status: int = 400) -> HttpResponse:
        context = {"nonce": self.nonce, "error": {"error": "", "description": description}}
        return render(self.request, _TEMPLATE, context, status=status)


def _find(request: HttpRequest) -> OAuthPushedRequest:
    query = request.POST if request.method == "POST" else request.GET
    for name in ("client_id", "request_uri"):
        if len(query.getlist(name)) != 1 or "\0" in query[name]:
            raise ProtocolError(
                "invalid_request",
                "It has to name its application and the request that this one has pushed "
                "(client_id and request_uri), once each.",
            )
    client_id, reference = _named(request)
    return pushed_requests.open_request(
        client_id=client_id, request_uri=reference, at=timezone.now()
    )


def _named(request: HttpRequest) -> tuple[str, str]:
    query = request.POST if request.method == "POST" else request.GET
    return query["client_id"][:100], query["request_uri"][:200]
