"""The operators' way into what a seller sees, where nothing can be done."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from connect.hosted.services import links
from core.admin import page_of
from core.errors import RialtoError
from core.security.roles import has_right
from core.security.rows import may_see
from core.security.visibility import livemode_of
from core.tenant import Tenant


@never_cache
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, id: str) -> HttpResponse:
    """Say what a look is, and open the seller's pages; who looked is recorded."""
    if not has_right(request.user, "seller.link"):
        raise PermissionDenied
    account = Account.objects.filter(id=id).first()
    if account is None or not may_see(request.user, account.id, account.opened_by_id):
        raise Http404
    context = admin.site.each_context(request) | {
        "title": f"See as {account}",
        "account": account,
        "account_page": page_of("accounts_account", account.id),
        "livemode": livemode_of(request),
        "is_seller": account.opened_by_id is not None,
    }
    if request.method == "POST" and account.opened_by_id:
        try:
            _, token = links.create(
                tenant=Tenant(account.opened_by_id, livemode_of(request)),
                account_id=account.id,
                type=links.LOOK,
                at=timezone.now(),
            )
        except RialtoError as error:
            context["problem"] = error.message
        else:
            return HttpResponseRedirect(f"/sellers/enter/{token}")
    return TemplateResponse(request, "admin/connect/account_look.html", context)
