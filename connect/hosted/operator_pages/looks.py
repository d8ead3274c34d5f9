"""The operators' way into what a seller sees, where nothing can be done."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from connect.hosted.operator_pages import sellers
from connect.hosted.services import links
from core.errors import RialtoError
from core.operator_pages.refusals import explain
from core.security.visibility import livemode_of
from core.tenant import Tenant


@never_cache
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, id: str) -> HttpResponse:
    """Say what a look is, and open the seller's pages; who looked is recorded."""
    account = sellers.load(request, id)
    context = sellers.frame(request, account, gettext("See as %(account)s") % {"account": account})
    if request.method == "POST" and account.opened_by_id:
        try:
            _, token = links.create(
                tenant=Tenant(account.opened_by_id, livemode_of(request)),
                account_id=account.id,
                type=links.LOOK,
                at=timezone.now(),
            )
        except RialtoError as error:
            context["problem"] = explain(error)
        else:
            return HttpResponseRedirect(f"/sellers/enter/{token}")
    return TemplateResponse(request, "admin/connect/account_look.html", context)
