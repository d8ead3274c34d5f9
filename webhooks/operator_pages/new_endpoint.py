"""The operators' page that adds an endpoint, and shows its secret once."""

from typing import Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import queries as accounts
from accounts.operator_pages import once
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core import request_context
from core.errors import InvalidRequest, RialtoError
from core.ids import with_prefix
from core.operator_pages.refusals import explain
from core.request_context import RequestContext
from core.security.roles import has_right, standing_of
from core.security.visibility import livemode_of
from core.tenant import Tenant
from webhooks.models import Endpoint
from webhooks.operator_pages import choosing, secret
from webhooks.services import endpoints

_ABOUT: Final = "a new endpoint"
_SENT_BEFORE: Final = gettext_lazy(
    "This form was sent before, and the secret was shown then. If nobody kept it, "
    "roll it on the page of the endpoint."
)


@require_http_methods(["GET", "HEAD", "POST"])
@step_up(only_posts=True)
def new_endpoint(request: HttpRequest) -> HttpResponse:
    """Add what the form says; the same form sent twice adds one endpoint."""
    if not has_right(request.user, "endpoint.change"):
        raise PermissionDenied
    if request.method != "POST":
        return _form(request)
    try:
        row, text = _create(request)
    except RialtoError as error:
        return _form(request, problem=explain(error))
    return secret.reveal(request, row, text, is_new=True)


def _create(request: HttpRequest) -> tuple[Endpoint, str]:
    form, account_id = request.POST, request.POST.get("account", "").strip()
    if not accounts.may_be_set_up(request.user, account_id):
        raise InvalidRequest(
            gettext("There is no such account that is open. Its id begins with acct_."),
            param="account",
        )
    reason_of(request)
    suffix = once.suffix_of(request, _ABOUT)
    _check_is_new(suffix)
    with request_context.working_for(RequestContext(id_suffix=suffix)):
        try:
            return endpoints.create(
                tenant=Tenant(account_id, livemode_of(request)),
                url=form.get("url", "").strip(),
                enabled_events=choosing.chosen(request),
                is_connect="connect" in form,
                description=form.get("description", "").strip() or None,
                at=timezone.now(),
            )
        except IntegrityError:
            # Both clicks came at one moment.
            _check_is_new(suffix)
            raise


def _check_is_new(suffix: str) -> None:
    if Endpoint.objects.filter(id=with_prefix("we", suffix)).exists():
        raise InvalidRequest(str(_SENT_BEFORE))


def _form(request: HttpRequest, *, problem: str = "") -> HttpResponse:
    form, standing = request.POST, standing_of(request.user)
    own = standing.platform_id if standing else ""
    typed = choosing.chosen(request)
    context = admin.site.each_context(request) | {
        "title": gettext("Add an endpoint"),
        "problem": problem,
        "token": form.get("token") or once.token_for(_ABOUT),
        "account": form.get("account", request.GET.get("account", own)),
        "url": form.get("url", ""),
        "description": form.get("description", ""),
        "is_connect": "connect" in form,
        "reason_given": form.get("reason", ""),
        "events": choosing.events([], typed),
        "takes_all": "*" in typed,
    }
    return TemplateResponse(request, "admin/webhooks/new_endpoint.html", context)
