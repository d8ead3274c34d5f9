"""The operators' page that makes a link for a seller, to be handed over."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.hosted.operator_pages import sellers
from connect.hosted.services import links
from core.errors import RialtoError
from core.operator_pages.refusals import explain
from core.security.visibility import livemode_of
from core.tenant import Tenant


@never_cache
@require_http_methods(["GET", "POST"])
@step_up(only_posts=True)
def make(request: HttpRequest, id: str) -> HttpResponse:
    """Make a link to a seller's pages, and show it on the answer, this once."""
    account = sellers.load(request, id)
    context = sellers.frame(
        request, account, gettext("A link for %(account)s") % {"account": account}
    )
    if request.method == "POST" and account.opened_by_id:
        try:
            # It is kept in the audit trail with what was done.
            reason_of(request)
            link, token = links.create(
                tenant=Tenant(account.opened_by_id, livemode_of(request)),
                account_id=account.id,
                type=links.ONBOARDING,
                is_handed_over=True,
                at=timezone.now(),
            )
        except RialtoError as error:
            context |= {"problem": explain(error), "reason_given": request.POST.get("reason", "")}
        else:
            context["url"] = f"{settings.PUBLIC_URL}/sellers/enter/{token}"
            context["expires_at"] = link.expires_at
    return TemplateResponse(request, "admin/connect/account_link.html", context)
