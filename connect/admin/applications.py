"""Pages of OAuth applications and connections."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Connection, OAuthApplication
from accounts.people.step_up import StepsUpToChange
from connect.oauth.services import oauth
from core.admin import ReadOnly, link
from core.ids import application_id
from core.tenant import Tenant


@admin.register(OAuthApplication)
class OAuthApplicationAdmin(StepsUpToChange, ReadOnly):
    """A platform's OAuth application."""

    list_display = (
        "client_id", "name", link("account_id", "accounts_account", title="platform"),
    )  # fmt: skip
    fields = (
        "client_id", "account", "name", "redirect_uris", "resources", "key_lifetime_seconds",
    )  # fmt: skip
    raw_id_fields = ("account",)
    readonly_fields = ("client_id",)
    search_help_text = "ca_…"
    searched_exactly = ("client_id",)

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.add_oauthapplication"))

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.change_oauthapplication"))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("client_id", "account") if obj else ("client_id",)

    def save_model(
        self, request: HttpRequest, obj: OAuthApplication, form: forms.Form, change: object
    ) -> None:
        """Set the client id of its platform, as the wire spells it."""
        obj.client_id = application_id(obj.account_id)
        obj.client_type = OAuthApplication.CLIENT_CONFIDENTIAL
        obj.authorization_grant_type = OAuthApplication.GRANT_AUTHORIZATION_CODE
        obj.livemode = False
        super().save_model(request, obj, form, change)


@admin.register(Connection)
class ConnectionAdmin(StepsUpToChange, ReadOnly):
    """A connection of a platform to an account, which operators can end."""

    list_display = (
        "id", link("platform_id", "accounts_account", title="platform"),
        link("account_id", "accounts_account", title="account"), "livemode", "created_at",
        "ended_at",
    )  # fmt: skip
    search_help_text = "acct_… of the account or of the platform"
    searched_exactly = ("account_id", "platform_id")
    actions = ("disconnect",)

    @admin.action(description="Disconnect: end keys, endpoints, links", permissions=["disconnect"])
    def disconnect(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        """End connections, with their keys, endpoints and links."""
        for row in queryset.filter(ended_at=None):
            platform = Tenant(row.platform_id, row.livemode)
            try:
                oauth.disconnect(
                    platform=platform,
                    account_id=row.account_id,
                    at=timezone.now(),
                )
            except oauth.OAuthError as error:
                messages.error(request, error.description)
            else:
                messages.success(request, gettext("%(value)s is disconnected.") % {"value": row})

    def has_disconnect_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.change_connection"))
