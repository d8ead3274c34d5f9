"""The operators' page that makes a link for a seller, to be handed over."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.hosted.services import links
from core.admin import page_of
from core.errors import RialtoError
from core.security.roles import has_right
from core.security.rows import may_see
from core.security.visibility import livemode_of
from core.tenant import Tenant


@never_cache
@require_http_methods(["GET", "POST"])
@step_up(only_posts=True)
def make(request: HttpRequest, id: str) -> HttpResponse:
    """Make a link to a seller's pages, and show it on the answer, this once."""
    if not has_right(request.user, "seller.link"):
        raise PermissionDenied
    account = Account.objects.filter(id=id).first()
    if account is None or not may_see(request.user, account.id, account.opened_by_id):
        raise Http404
    context = admin.site.each_context(request) | {
        "title": f"A link for {account}",
        "account": account,
        "account_page": page_of("accounts_account", account.id),
        "livemode": livemode_of(request),
        "is_seller": account.opened_by_id is not None,
    }
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
            context["problem"] = error.message
        else:
            context["url"] = f"{settings.PUBLIC_URL}/sellers/enter/{token}"
            context["expires_at"] = link.expires_at
    return TemplateResponse(request, "admin/connect/account_link.html", context)
