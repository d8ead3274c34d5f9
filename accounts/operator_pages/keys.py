"""The operators' page of one key: what it may do, and naming, rolling and revoking it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import ApiKey, KeyKind
from accounts.operator_pages import key_permissions, key_use, new_key, once
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from accounts.services import api_keys
from core.admin import offer_other_mode, page_of
from core.errors import InvalidRequest, RialtoError
from core.ids import with_prefix
from core.operator_pages.columns import moment
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import find_visible, is_in_other_mode
from core.types import JsonObject

_OVERLAPS: Final = {
    "0": gettext_lazy("now"),
    "1": gettext_lazy("in 1 hour"),
    "24": gettext_lazy("in 24 hours"),
    "168": gettext_lazy("in 7 days"),
}
# Of a hint, its owner types these.
_LAST: Final = 4


@require_http_methods(["GET", "HEAD", "POST"])
@step_up(only_posts=True)
def key(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a key, name it, roll it or revoke it."""
    if not request.user.has_perm("accounts.view_apikey"):
        raise PermissionDenied
    id = unquote(object_id)
    if "\0" in id:
        raise Http404
    if request.method != "POST" and is_in_other_mode(request, ApiKey, id):
        return offer_other_mode(request, id)
    row = find_visible(request, ApiKey.objects.select_related("account"), id)
    if request.method != "POST":
        return _page(request, row)
    right, do = _VERBS.get(request.POST.get("do", ""), ("keys.create", _nothing))
    if not has_right(request.user, right):
        raise PermissionDenied
    try:
        _check_is_ours(row)
        return do(request, row)
    except RialtoError as error:
        return _page(request, row, problem=explain(error))


def state_of(row: ApiKey, *, at: datetime) -> tuple[str, str]:
    """Return a key's state in words, and how it looks."""
    if row.expires_at is None:
        return gettext("in use"), "good"
    if row.expires_at <= at:
        return gettext("ended %(at)s") % {"at": moment(row.expires_at)}, "neutral"
    return gettext("ends %(at)s") % {"at": moment(row.expires_at)}, "waiting"


def _nothing(request: HttpRequest, row: ApiKey) -> HttpResponse:
    raise InvalidRequest(gettext("Choose what is to be done with this key."))


def _check_is_ours(row: ApiKey) -> None:
    if row.kind == KeyKind.EPHEMERAL:
        raise InvalidRequest(
            gettext("This key is a payer's own, and ends by itself within the hour.")
        )
    if row.platform_id:
        raise InvalidRequest(
            gettext("A platform has this key by OAuth: end its connection instead.")
        )


def _name(request: HttpRequest, row: ApiKey) -> HttpResponse:
    name = new_key.name_of(request)
    api_keys.rename(key=row, name=name)
    messages.success(request, gettext("It is called “%(name)s”.") % {"name": name})
    return redirect(page_of("accounts_apikey", row.id))


def _roll(request: HttpRequest, row: ApiKey) -> HttpResponse:
    reason_of(request)
    hours = request.POST.get("overlap", "")
    if hours not in _OVERLAPS:
        raise InvalidRequest(gettext("Choose when the old key ends."), param="overlap")
    key_id = with_prefix("key", once.suffix_of(request, row.id))
    new_key.check_is_new(key_id)
    try:
        new, text = api_keys.roll(
            key=row, id=key_id, expires_in=timedelta(hours=int(hours)), at=timezone.now()
        )
    except IntegrityError:
        # Both clicks came at one moment.
        new_key.check_is_new(key_id)
        raise
    return new_key.reveal(request, new, text, replaced=row)


def _revoke(request: HttpRequest, row: ApiKey) -> HttpResponse:
    reason_of(request)
    if request.POST.get("last", "").strip() != row.hint[-_LAST:]:
        raise InvalidRequest(
            gettext(
                "Type %(last)s, the last four characters of this key, so that no other one is "
                "revoked."
            )
            % {"last": row.hint[-_LAST:]},
            param="last",
        )
    at = timezone.now()
    if row.expires_at is not None and row.expires_at <= at:
        raise InvalidRequest(gettext("This key has ended already."))
    api_keys.revoke(key=row, at=at)
    messages.success(
        request,
        gettext("%(id)s (%(hint)s) is refused from now on.")
        % {"id": row.name or row.id, "hint": row.hint},
    )
    return redirect(page_of("accounts_apikey", row.id))


_VERBS: Final[dict[str, tuple[str, Callable[[HttpRequest, ApiKey], HttpResponse]]]] = {
    "name": ("keys.create", _name),
    "roll": ("keys.roll", _roll),
    "revoke": ("keys.revoke", _revoke),
}


def _page(request: HttpRequest, row: ApiKey, *, problem: str = "") -> HttpResponse:
    form, at = request.POST, timezone.now()
    state, look = state_of(row, at=at)
    is_over = row.expires_at is not None and row.expires_at <= at
    is_ours = row.kind != KeyKind.EPHEMERAL and not row.platform_id
    context = admin.site.each_context(request) | {
        "title": row.name or gettext("API key"),
        "problem": problem,
        "key": row,
        "page": page_of("accounts_apikey", row.id),
        "state": state,
        "look": look,
        "facts": _facts(row),
        "last_used": moment(row.last_used_at) if row.last_used_at else gettext("never"),
        "permissions": key_permissions.shown(row.permissions),
        **key_use.shown(request, row, at=at),
        "may_name": is_ours and has_right(request.user, "keys.create"),
        "may_roll": is_ours and not is_over and has_right(request.user, "keys.roll"),
        "may_revoke": is_ours and not is_over and has_right(request.user, "keys.revoke"),
        "token": form.get("token") or once.token_for(row.id),
        "overlaps": _OVERLAPS,
        "overlap": form.get("overlap", "24"),
        "name": form.get("name", row.name),
        "last": form.get("last", ""),
        "reason_given": form.get("reason", ""),
        "opened": form.get("do", ""),
    }
    return TemplateResponse(request, "admin/accounts/key.html", context)


def _facts(row: ApiKey) -> list[JsonObject]:
    used = moment(row.last_used_at) if row.last_used_at else gettext("never")
    shown = [
        (gettext("Kind"), gettext(row.get_kind_display()), ""),
        (gettext("Account"), str(row.account), page_of("accounts_account", row.account_id)),
        (gettext("Last used"), used, ""),
        (gettext("Made"), moment(row.created_at), ""),
        (
            gettext("Ends"),
            moment(row.expires_at) if row.expires_at else gettext("never by itself"),
            "",
        ),
        (gettext("Given by OAuth to"), row.platform_id or "", ""),
        # It is public, so it may be shown again.
        (gettext("The key itself"), row.public_text or "", ""),
    ]
    return [{"title": title, "text": text, "page": page} for title, text, page in shown if text]
