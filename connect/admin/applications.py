"""Pages of OAuth applications and connections."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Connection, OAuthApplication, OAuthProfile
from accounts.people.step_up import StepsUpToChange
from connect.oauth.services import client_assertions, oauth
from connect.oauth.services.client_assertions import is_safe_address
from core.admin import ReadOnly, link
from core.ids import application_id, new_id
from core.jose.signed import Untrusted
from core.tenant import Tenant
from core.types import JsonObject


class ApplicationForm(forms.ModelForm):  # type: ignore[type-arg]
    """An application; of a FAPI client, its keys and addresses must be those of the profile."""

    def clean(self) -> JsonObject:
        cleaned: JsonObject = super().clean() or {}
        profile = cleaned.get("profile", self.instance.profile)
        if profile != OAuthProfile.FAPI2:
            if cleaned.get("jwks"):
                self.add_error("jwks", gettext("Only FAPI clients have keys here."))
            return cleaned
        try:
            client_assertions.check_jwks(cleaned.get("jwks"))
        except Untrusted as error:
            self.add_error("jwks", str(error))
        livemode = cleaned.get("livemode", self.instance.livemode)
        uris = cleaned.get("redirect_uris", "").split()
        if not uris or not all(is_safe_address(uri, livemode=bool(livemode)) for uri in uris):
            self.add_error(
                "redirect_uris",
                gettext("Addresses begin with https, or in test mode with http://127.0.0.1."),
            )
        return cleaned


@admin.register(OAuthApplication)
class OAuthApplicationAdmin(StepsUpToChange, ReadOnly):
    """A platform's OAuth application, or a FAPI client."""

    form = ApplicationForm
    list_display = (
        "client_id", "name", "profile", link("account_id", "accounts_account", title="platform"),
    )  # fmt: skip
    fields = (
        "client_id", "account", "profile", "livemode", "name", "redirect_uris", "jwks",
        "resources", "key_lifetime_seconds",
    )  # fmt: skip
    raw_id_fields = ("account",)
    readonly_fields = ("client_id",)
    search_help_text = "ca_… or fapi_…"
    searched_exactly = ("client_id",)

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.add_oauthapplication"))

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("accounts.change_oauthapplication"))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("client_id", "account", "profile", "livemode") if obj else ("client_id",)

    def save_model(
        self, request: HttpRequest, obj: OAuthApplication, form: forms.Form, change: object
    ) -> None:
        """Set the client id: of a Connect client that of its platform, as the wire spells it."""
        obj.client_type = OAuthApplication.CLIENT_CONFIDENTIAL
        obj.authorization_grant_type = OAuthApplication.GRANT_AUTHORIZATION_CODE
        if obj.profile == OAuthProfile.CONNECT:
            obj.client_id = application_id(obj.account_id)
            # The mode of what it gets is that of the platform's key.
            obj.livemode = False
        elif not change:
            obj.client_id = new_id("fapi")
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
