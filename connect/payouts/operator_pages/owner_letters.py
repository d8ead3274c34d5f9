"""The operators' page that writes to the owner of an account whose payout failed."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.operator_pages.reasons import reason_of
from accounts.services import letters
from connect.payouts.operator_pages import acting
from connect.payouts.services.attempts import owner_letters
from core.admin import page_of
from core.errors import RialtoError
from core.money import Money
from core.operator_pages import refusals


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, id: str) -> HttpResponse:
    """Show who would be written to and what, and write."""
    row = acting.find(request, id, "seller.link")
    payout_page, problem = page_of("connect_payout", row.id), ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "write":
                reason_of(request)
                count = owner_letters.ask_owner(payout_id=row.id, at=timezone.now())
                told = gettext(
                    "The owner is written to, at %(count)s address."
                    if count == 1
                    else "The owner is written to, at %(count)s addresses."
                )
                messages.success(request, told % {"count": count})
                return redirect(payout_page)
        except RialtoError as error:
            problem = refusals.explain(error)
    subject, body = owner_letters.letter(row)
    context = admin.site.each_context(request) | {
        "title": gettext("Ask %(account)s") % {"account": row.account},
        "payout": row,
        "money": Money(row.amount, row.currency),
        "payout_page": payout_page,
        "account_page": page_of("accounts_account", row.account_id),
        "addresses": letters.addresses_of(row.account),
        "subject": subject,
        "body": body,
        "is_failed": row.status == "failed",
        "problem": problem,
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/connect/ask_owner.html", context)
