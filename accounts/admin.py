from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy

from accounts.models import (
    ApiKey,
    File,
    FileLink,
    Letter,
    Membership,
    OAuthAccessToken,
    OAuthApplication,
    OAuthGrant,
    OAuthIDToken,
    OAuthRefreshToken,
    User,
)
from accounts.operator_pages import (
    approval_rules,
    approvals,
    audit,
    key_list,
    keys,
    new_key,
    security_alarms,
)
from accounts.people import sessions
from accounts.people.step_up import StepsUpToChange, step_up
from accounts.people.views.invitations import may_invite
from accounts.services import roles
from core.admin import Listed, ReadOnly, ReadOnlyInline, link
from core.operator_pages.audited import Audited
from core.security.role_words import Role
from core.security.roles import has_right
from core.types import JsonObject

__all__ = ["approval_rules", "approvals", "audit", "security_alarms"]

# Roles are memberships; tokens, codes and second factors are nobody's to look at. Applications are
# `connect`'s.
admin.site.unregister([Authenticator, EmailAddress])
admin.site.unregister(
    [Group, OAuthAccessToken, OAuthApplication, OAuthGrant, OAuthIDToken, OAuthRefreshToken]
)


@admin.register(User)
class UserAdmin(StepsUpToChange, Audited, DjangoUserAdmin, Listed):  # type: ignore[type-arg, misc]
    ordering = ("-pk",)  # type: ignore[misc]
    list_display = ("email", "name", "operator_role", "is_staff", "is_active", "created_at")
    list_filter = ()
    search_fields = ("email__exact",)
    search_help_text = "A whole e-mail address"
    list_before_template = "admin/accounts/invite.html"
    change_password_form = AdminPasswordChangeForm
    filter_horizontal = ()
    # Who uses the console is said by its owners and by `rialto operators`, as a role.
    readonly_fields = ("id", "is_staff", "last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("id", "email", "name", "password")}),
        (gettext_lazy("What they may do"), {"fields": ("is_active", "is_staff", "operator_role")}),
        (gettext_lazy("When"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # Whoever sets an owner's password may become one.
        if obj and obj.operator_role == Role.OWNER and not has_right(request.user, "people.role"):
            return False
        return bool(super().has_change_permission(request, obj))

    def changelist_view(
        self, request: HttpRequest, extra_context: JsonObject | None = None
    ) -> HttpResponse:
        """List people, and lead whoever may invite others there."""
        more = {"may_invite": may_invite(request.user)} | (extra_context or {})
        return super().changelist_view(request, more)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        is_given = obj and obj.pk != request.user.pk and has_right(request.user, "people.role")
        return self.readonly_fields if is_given else (*self.readonly_fields, "operator_role")

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: object
    ) -> None:
        """Save a person; a role is given by the one function that may."""
        if "operator_role" in form.changed_data:
            role = Role(obj.operator_role) if obj.operator_role else None
            roles.set_role(user_id=obj.pk, role=role, by_id=str(request.user.pk))
            obj.refresh_from_db(fields=["operator_role", "is_staff", "is_superuser"])
        super().save_model(request, obj, form, change)

    @method_decorator(step_up())
    @method_decorator(transaction.atomic)
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Give somebody else a new password; whoever changes their own knows the old one."""
        if unquote(id) == str(request.user.pk):
            return redirect("admin:password_change")
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            person = User.objects.get(pk=unquote(id))
            sessions.end_all(person, but=request.session.session_key)
        return answer

    def has_delete_permission(self, request: HttpRequest, *_: object) -> bool:
        # What people did is told with their names: they are made inactive instead.
        return False


@admin.register(Membership)
class MembershipAdmin(StepsUpToChange, Audited, Listed):
    list_display = ("user_id", "account_id", "role", "created_at")
    raw_id_fields = ("user", "account")
    show_full_result_count = False


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = (
        key_list.key, "name", "kind", key_list.state, key_list.last_used,
        link("account_id", "accounts_account", title="account"), "livemode", "created_at", "id",
    )  # fmt: skip
    list_filter = (key_list.StateFilter,)
    search_help_text = "key_… or acct_…"
    searched_exactly = ("account_id",)

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return has_right(request.user, "keys.create")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: object = None
    ) -> HttpResponse:
        return new_key.new_key(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: object = None,
    ) -> HttpResponse:
        return keys.key(request, object_id)


class FileLinkInline(ReadOnlyInline):
    model = FileLink
    fields = ("id", "expires_at", "created_at")
    readonly_fields = fields
    ordering = ("-pk",)


@admin.register(File)
class FileAdmin(ReadOnly):
    list_display = (
        "id", "filename", "purpose", "type", "size_bytes",
        link("account_id", "accounts_account", title="account"), "livemode", "created_at",
    )  # fmt: skip
    search_help_text = "file_…"
    inlines = (FileLinkInline,)


@admin.register(Letter)
class LetterAdmin(ReadOnly):
    list_display = (
        "id", "email", "subject", "tries", "sent_at",
        link("account_id", "accounts_account", title="account"), "created_at",
    )  # fmt: skip
    search_help_text = "ltr_…"
