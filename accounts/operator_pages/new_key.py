"""The operators' page that makes a key, and shows it once."""

from datetime import timedelta
from typing import Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import queries
from accounts.models import ApiKey, KeyKind
from accounts.operator_pages import key_permissions, once
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from accounts.services import api_keys
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.ids import with_prefix
from core.operator_pages.refusals import explain
from core.security.roles import has_right, standing_of
from core.security.visibility import livemode_of
from core.tenant import Tenant

_ABOUT: Final = "a new key"
_KINDS: Final = {
    KeyKind.SECRET: gettext_lazy("Secret: for your servers, may do everything"),
    KeyKind.RESTRICTED: gettext_lazy("Restricted: for one purpose, may do what the table allows"),
    KeyKind.PUBLISHABLE: gettext_lazy("Publishable: for payers' browsers and phones"),
}
_ENDS: Final = {
    "": gettext_lazy("never by itself"),
    "30": gettext_lazy("in 30 days"),
    "90": gettext_lazy("in 90 days"),
    "365": gettext_lazy("in a year"),
}
_LONGEST_NAME: Final = 100


@require_http_methods(["GET", "HEAD", "POST"])
@step_up(only_posts=True)
def new_key(request: HttpRequest) -> HttpResponse:
    """Make what the form says; the same form sent twice makes one key."""
    if not has_right(request.user, "keys.create"):
        raise PermissionDenied
    if request.method != "POST":
        return _form(request)
    try:
        key, text = _create(request)
    except RialtoError as error:
        return _form(request, problem=explain(error))
    return reveal(request, key, text)


def reveal(
    request: HttpRequest, key: ApiKey, text: str, *, replaced: ApiKey | None = None
) -> HttpResponse:
    """Show a key that was just made; nothing keeps its text."""
    context = admin.site.each_context(request) | {
        "title": gettext("The new key"),
        "key": key,
        "made": text,
        "replaced": replaced,
        "page": page_of("accounts_apikey", key.id),
    }
    answer = TemplateResponse(request, "admin/accounts/key_once.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def check_is_new(key_id: str) -> None:
    """Refuse a form that has made its key already.

    Raises:
        InvalidRequest: If it has.
    """
    if ApiKey.objects.filter(id=key_id).exists():
        raise InvalidRequest(
            gettext(
                "This form was sent before, and its key was shown then. If nobody kept it, "
                "revoke it and make another."
            )
        )


def name_of(request: HttpRequest) -> str:
    """Return the name that was typed.

    Raises:
        InvalidRequest: If it is none, or too long.
    """
    name = request.POST.get("name", "").strip()
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidRequest(
            gettext(
                "Give the key a name of at most %(longest_name)s characters, so that others "
                "know what it is for."
            )
            % {"longest_name": _LONGEST_NAME},
            param="name",
        )
    return name


def _create(request: HttpRequest) -> tuple[ApiKey, str]:
    form, at = request.POST, timezone.now()
    account_id = form.get("account", "").strip()
    if not queries.may_be_set_up(request.user, account_id):
        raise InvalidRequest(
            gettext("There is no such account that is open. Its id begins with acct_."),
            param="account",
        )
    kind, ends = form.get("kind", ""), form.get("ends", "")
    if kind not in _KINDS or ends not in _ENDS:
        raise InvalidRequest(
            gettext("Choose what kind of key it is, and when it ends."), param="kind"
        )
    permissions = key_permissions.read(form) if kind == KeyKind.RESTRICTED else {}
    if kind == KeyKind.RESTRICTED and not permissions:
        raise InvalidRequest(
            gettext("Allow the key something: a restricted key may do nothing else.")
        )
    name, _ = name_of(request), reason_of(request)
    key_id = with_prefix("key", once.suffix_of(request, _ABOUT))
    check_is_new(key_id)
    try:
        return api_keys.create(
            id=key_id,
            tenant=Tenant(account_id, livemode=livemode_of(request)),
            kind=KeyKind(kind),
            name=name,
            permissions=permissions,
            expires_at=at + timedelta(days=int(ends)) if ends else None,
            at=at,
        )
    except IntegrityError:
        # Both clicks came at one moment.
        check_is_new(key_id)
        raise


def _form(request: HttpRequest, *, problem: str = "") -> HttpResponse:
    # An address may say what the form begins with: what another key used, for one.
    standing, form = standing_of(request.user), request.POST or request.GET
    own = standing.platform_id if standing else ""
    context = admin.site.each_context(request) | {
        "title": gettext("Make a key"),
        "problem": problem,
        "token": form.get("token") or once.token_for(_ABOUT),
        "kinds": [(kind.value, text) for kind, text in _KINDS.items()],
        "ends": _ENDS,
        "values": {
            "account": form.get("account", own),
            "kind": form.get("kind", KeyKind.SECRET.value),
            "name": form.get("name", ""),
            "ends": form.get("ends", ""),
        },
        "reason_given": form.get("reason", ""),
        "table": key_permissions.table(key_permissions.read(form)),
    }
    return TemplateResponse(request, "admin/accounts/new_key.html", context)
