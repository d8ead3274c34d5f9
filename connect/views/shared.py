"""What somebody's accounts share with applications, and the way to end it."""

import secrets
from contextlib import suppress
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from accounts.models import Connection
from connect.pages import guarded
from connect.services import oauth
from connect.views.oauth import MAY_SHARE
from core.tenant import Tenant


class SharedView(LoginRequiredMixin, View):
    """List the applications that were let into somebody's accounts, and shut them out."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.nonce = secrets.token_urlsafe(16)
        return guarded(super().dispatch(request, *args, **kwargs), self.nonce)

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = _connections(request).order_by("account_id", "platform_id", "livemode")
        named = [(row, oauth.application_of(row.platform_id)) for row in rows]
        return render(request, "connect/shared.html", {"connections": named, "nonce": self.nonce})

    def post(self, request: HttpRequest) -> HttpResponse:
        said = request.POST.get("connection", "")
        number = int(said) if said.isdecimal() and len(said) < 19 else 0
        if row := _connections(request).filter(id=number).first():
            platform = Tenant(row.platform_id, row.livemode)
            # It may have been ended meanwhile, which is what was wanted.
            with suppress(oauth.OAuthError):
                oauth.disconnect(platform=platform, account_id=row.account_id, at=timezone.now())
        return HttpResponseRedirect(request.path)


def _connections(request: HttpRequest) -> QuerySet[Connection]:
    """Return what is shared by OAuth: who opened an account was not let in by it."""
    return (
        Connection.objects.filter(
            account__memberships__user_id=request.user.pk,
            account__memberships__role__in=MAY_SHARE,
            account__closed_at=None,
            ended_at=None,
        )
        .exclude(account__opened_by=F("platform_id"))
        .select_related("account", "platform")
    )
