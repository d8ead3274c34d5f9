"""The page of connected applications of a person's accounts."""

import secrets
from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from accounts.models import Account, Connection, OAuthRefreshToken
from connect.models import Person
from connect.oauth import consent_words, fapi_scopes
from connect.oauth.services import applications, detachment, fapi_consents, oauth
from connect.oauth.views.oauth import SHARING_ROLES
from connect.onboarding import account_queries
from connect.pages import protect
from core.errors import InvalidRequest, Missing
from core.tenant import Tenant
from core.types import JsonObject


class SharedView(LoginRequiredMixin, View):
    """List connected applications, and disconnect them."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        self.nonce = secrets.token_urlsafe(16)
        return protect(super().dispatch(request, *args, **kwargs), self.nonce)

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = _connections(request).order_by("account_id", "platform_id", "livemode")
        named = [(row, applications.application_of(row.platform_id)) for row in rows]
        consents = fapi_consents.list_consents(_own_accounts(request))
        context = {
            "connections": named,
            "consents": [(row, _words_of(row)) for row in consents],
            "left": _detached(request),
            "nonce": self.nonce,
        }
        return render(request, "connect/shared.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") in ("keep", "remove"):
            _decide(request)
            return HttpResponseRedirect(request.path)
        if consent_id := _number(request, "consent"):
            fapi_consents.end_consent(_own_accounts(request), consent_id, at=timezone.now())
            return HttpResponseRedirect(request.path)
        number = _number(request, "connection")
        if row := _connections(request).filter(id=number).first():
            platform = Tenant(row.platform_id, row.livemode)
            # It may have been ended meanwhile, which is what was wanted.
            with suppress(oauth.OAuthError):
                oauth.disconnect(platform=platform, account_id=row.account_id, at=timezone.now())
        return HttpResponseRedirect(request.path)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _words_of(consent: OAuthRefreshToken) -> list[str]:
    resources = fapi_scopes.permissions_of(consent.scope)
    return consent_words.describe_allowed(resources, writes=False)


def _connections(request: HttpRequest) -> QuerySet[Connection]:
    """Return the connections by OAuth, without platforms that opened the account."""
    return (
        Connection.objects.filter(
            account__memberships__user_id=request.user.pk,
            account__memberships__role__in=SHARING_ROLES,
            account__closed_at=None,
            ended_at=None,
        )
        .exclude(account__opened_by=F("platform_id"))
        .select_related("account", "platform")
    )


def _detached(request: HttpRequest) -> list[JsonObject]:
    """Return what disconnected applications have added."""
    return [
        {
            "id": row.id,
            "livemode": row.livemode,
            "account_id": row.account_id,
            "account": row.account.name or row.account_id,
            "application": applications.name_of(row.platform_id or ""),
            "name": str(row),
            "is_person": isinstance(row, Person),
        }
        for row in account_queries.detached_rows(_own_accounts(request))
    ]


def _decide(request: HttpRequest) -> None:
    params = request.POST
    tenant = Tenant(params.get("account", ""), params.get("livemode") == "true")
    if not _own_accounts(request).filter(id=tenant.account_id).exists():
        return
    try:
        if params.get("do") == "keep":
            detachment.keep(tenant=tenant, id=params.get("id", ""), at=timezone.now())
        else:
            detachment.remove(tenant=tenant, id=params.get("id", ""), at=timezone.now())
    except Missing:
        # It may have been decided meanwhile, in another tab.
        return
    except InvalidRequest as error:
        messages.warning(request, error.message)


def _own_accounts(request: HttpRequest) -> QuerySet[Account]:
    return Account.objects.filter(
        memberships__user_id=request.user.pk, memberships__role__in=SHARING_ROLES, closed_at=None
    )
