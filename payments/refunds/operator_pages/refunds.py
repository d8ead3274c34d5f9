"""The operators' pages about a refund: what it would do, and who bears one made outside."""

from typing import cast

from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import approvals
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.transfers import queries as transfer_queries
from core.admin import page_of
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money
from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.rows import may_see
from core.security.visibility import find_visible, livemode_of
from core.types import JsonObject
from payments.charges.services.previews.tables import effects_table, shares_table
from payments.models import Charge, Refund
from payments.refunds.operator_pages import actions
from payments.refunds.services import refund_previews
from payments.refunds.services.refund_drafts import RefundRequest
from payments.resources.refund_previews import Preview

SALT = "payments.refund"
CODES = {
    "requested_by_customer": "The payer asked for it",
    "duplicate": "It was paid twice",
    "fraudulent": "It was fraud",
}
WARNINGS = {
    "balance_insufficient": "It would be refused: the balance does not allow it.",
    "balance_goes_negative": "A balance would go below zero.",
    "platform_bears_all": "The platform would bear all of it: the seller keeps its part.",
    "fee_goes_to_seller": "The seller would be given the application fee and keep its part.",
}


def preview(request: HttpRequest, id: str) -> HttpResponse:
    """Show what a refund would do, before anything moves."""
    charge = find(request, id)
    return show(request, charge, values_of(request.GET), is_asked="amount" in request.GET)


def find(request: HttpRequest, id: str) -> Charge:
    """Return the charge that a page is about."""
    if not request.user.has_perm("payments.view_charge"):
        raise PermissionDenied
    charge = Charge.objects.select_related("account").filter(id=id).first()
    if (
        charge is None
        or charge.livemode != livemode_of(request)
        or not may_see(
            request.user, charge.account_id, charge.platform_id, charge.account.opened_by_id
        )
    ):
        raise Http404
    return charge


def values_of(fields: QueryDict) -> dict[str, str]:
    """Return what was typed and chosen."""
    names = ("amount", "reverse", "fee", "split", "code", "reason")
    return {name: fields.get(name, "") for name in names}


def show(
    request: HttpRequest,
    charge: Charge,
    values: dict[str, str],
    *,
    is_asked: bool,
    problem: str = "",
) -> HttpResponse:
    """Show the form, what it would do if that is asked, and the button that does it.

    Args:
        request: The request.
        charge: What is refunded.
        values: What was typed and chosen.
        is_asked: True if a preview is wanted.
        problem: Why it was not done.
    """
    found = None
    if is_asked:
        try:
            found = look(charge, values)
        except InvalidRequest as error:
            problem = problem or explain(error)
    token = (charge.id, new_id("re").partition("_")[2], charge.amount_refunded)
    return _page(
        request,
        "refund_preview.html",
        gettext("Refund %(charge)s") % {"charge": charge.id},
        charge=charge,
        payment_page=page_of("payments_paymentintent", charge.payment_intent_id),
        left=Money(charge.amount_captured - charge.amount_refunded, charge.currency),
        is_split=not charge.transfer_id and bool(transfer_queries.transferred_amount(charge.id)),
        values=values,
        codes={code: gettext(words) for code, words in CODES.items()},
        problem=problem,
        may_refund=has_right(request.user, "refund"),
        token=signing.dumps(token, salt=SALT),
        refunded=Money(found.refund.amount, charge.currency) if found else None,
        **(_render(found, request.user) if found else {}),
    )


@step_up(only_posts=True)
def share(request: HttpRequest, id: str) -> HttpResponse:
    """Let an operator decide who bears a refund made at the processor."""
    if not request.user.has_perm("payments.change_refund"):
        raise PermissionDenied
    refund = find_visible(request, Refund.objects.select_related("charge"), id)
    problem = ""
    if request.method == "POST":
        try:
            outcome = approvals.run_or_request(
                "refund.share",
                by=cast(User, request.user),
                reason=reason_of(request),
                at=timezone.now(),
                refund_id=refund.id,
                reverse_transfer="reverse" in request.POST,
                refund_application_fee="fee" in request.POST,
            )
            if outcome.request:
                say_it_waits(request)
            else:
                messages.success(request, gettext("It is decided, and booked."))
        except InvalidRequest as error:
            problem = explain(error)
        else:
            return redirect(page_of("payments_refund", refund.id))
    return _page(
        request,
        "refund_share.html",
        gettext("Who bears %(refund)s?") % {"refund": refund.id},
        refund=refund,
        amount=Money(refund.amount, refund.currency),
        problem=problem,
        values=request.POST,
        reason_given=request.POST.get("reason", ""),
    )


def _request_of(charge: Charge, values: dict[str, str]) -> RefundRequest:
    return RefundRequest(
        charge_id=charge.id,
        amount=_minor(values["amount"], charge.currency),
        reverse_transfer=bool(values["reverse"]),
        refund_application_fee=bool(values["fee"]),
        transfer_reversals="proportional" if values["split"] else None,
    )


def look(charge: Charge, values: dict[str, str]) -> Preview:
    """Preview the refund of what was typed and chosen.

    Raises:
        InvalidRequest: As making it would.
    """
    wanted = _request_of(charge, values)
    return refund_previews.preview(tenant=charge.tenant, request=wanted, at=timezone.now())


def _minor(text: str, currency: str) -> int | None:
    """Parse an amount as people write it, such as 12.50; None for all that is left."""
    if not text.strip():
        return None
    try:
        amount = amounts.read(text, currency)
    except UnclearAmount as error:
        raise InvalidRequest(str(error), param="amount") from error
    if not amount:
        raise InvalidRequest(gettext("Write an amount above zero."), param="amount")
    return amount


def _render(found: Preview, user: object) -> JsonObject:
    currency = found.refund.currency
    asked = actions.summary_of(found)
    why = None
    if isinstance(user, User) and has_right(user, "refund"):
        why = approvals.why_another(actions.CREATE, user, asked)
    return {
        "warnings": [gettext(WARNINGS[word]) for word in found.warnings],
        "shares": shares_table(found.shares, currency),
        "effects": effects_table(found.effects, currency),
        "why_another": why,
    }


def _page(request: HttpRequest, template: str, title: str, **more: object) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": title} | more
    return TemplateResponse(request, f"admin/payments/{template}", context)
