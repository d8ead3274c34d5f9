"""The operators' pages about a refund: what it would do, and who bears one made outside."""

from decimal import Decimal, InvalidOperation

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from core.admin import page_of
from core.errors import InvalidRequest
from core.money import InexactAmount, Money, from_decimal
from core.types import JsonObject
from payments.models import Charge, Refund
from payments.refunds.services import outside_refunds, refund_previews
from payments.refunds.services.refund_drafts import RefundRequest
from payments.resources.refund_previews import Effect, Preview

_WARNINGS = {
    "balance_insufficient": "It would be refused: the balance does not allow it.",
    "balance_goes_negative": "A balance would go below zero.",
    "platform_bears_all": "The platform would bear all of it: the seller keeps its part.",
    "fee_goes_to_seller": "The seller would be given the application fee and keep its part.",
}
# Longer than any amount.
_LONGEST = 20


def preview(request: HttpRequest, id: str) -> HttpResponse:
    """Show what a refund would do, before anything moves."""
    if not request.user.has_perm("payments.view_charge"):
        raise PermissionDenied
    charge = Charge.objects.filter(id=id).first()
    if charge is None:
        raise Http404
    values = {name: request.GET.get(name, "") for name in ("amount", "reverse", "fee")}
    found, problem = None, ""
    if "amount" in request.GET:
        try:
            found = _preview(charge, values)
        except InvalidRequest as error:
            problem = error.message
    return _page(
        request,
        "refund_preview.html",
        f"What a refund of {charge.id} would do",
        charge=charge,
        left=Money(charge.amount_captured - charge.amount_refunded, charge.currency),
        values=values,
        problem=problem,
        **(_render(found) if found else {}),
    )


def share(request: HttpRequest, id: str) -> HttpResponse:
    """Let an operator decide who bears a refund made at the processor."""
    if not request.user.has_perm("payments.change_refund"):
        raise PermissionDenied
    refund = Refund.objects.select_related("charge").filter(id=id).first()
    if refund is None:
        raise Http404
    if request.method == "POST":
        try:
            outside_refunds.share(
                refund_id=refund.id,
                reverse_transfer="reverse" in request.POST,
                refund_application_fee="fee" in request.POST,
                at=timezone.now(),
            )
            messages.success(request, "It is decided, and booked.")
        except InvalidRequest as error:
            messages.error(request, error.message)
        return redirect(page_of("payments_refund", refund.id))
    return _page(
        request,
        "refund_share.html",
        f"Who bears {refund.id}?",
        refund=refund,
        amount=Money(refund.amount, refund.currency),
    )


def _preview(charge: Charge, values: dict[str, str]) -> Preview:
    wanted = RefundRequest(
        charge_id=charge.id,
        amount=_minor(values["amount"], charge.currency),
        reverse_transfer=bool(values["reverse"]),
        refund_application_fee=bool(values["fee"]),
    )
    return refund_previews.preview(tenant=charge.tenant, request=wanted, at=timezone.now())


def _minor(text: str, currency: str) -> int | None:
    """Parse an amount as people write it, such as 12.50; None for all that is left."""
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip()[:_LONGEST])
        is_sane = value.is_finite() and value.adjusted() < _LONGEST
        amount = from_decimal(value, currency).amount if is_sane else 0
    except (InvalidOperation, InexactAmount):
        amount = 0
    if amount < 1:
        raise InvalidRequest(f"“{text[:_LONGEST]}” is not an amount above zero.", param="amount")
    return amount


def _render(found: Preview) -> JsonObject:
    currency = found.refund.currency
    return {
        "warnings": [_WARNINGS[word] for word in found.warnings],
        "shares": {
            "headers": ("What", "Amount", "From", "To"),
            "rows": [
                [s.type.replace("_", " "), _money(s.amount, currency), s.giver, s.getter]
                for s in found.shares
            ],
        },
        "effects": {
            "headers": ("Account", "Can use now", "Then", "Pending now", "Then", "Change", ""),
            "rows": [_row(effect, currency) for effect in found.effects],
        },
    }


def _row(effect: Effect, currency: str) -> list[str]:
    amounts = (
        effect.available_before,
        effect.available_after,
        effect.pending_before,
        effect.pending_after,
        effect.change,
    )
    return [
        effect.account,
        *(_money(amount, currency) for amount in amounts),
        "below zero" if effect.is_negative else "",
    ]


def _money(amount: int, currency: str) -> str:
    return str(Money(amount, currency)).replace(" ", "\u00a0")


def _page(request: HttpRequest, template: str, title: str, **more: object) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": title} | more
    return TemplateResponse(request, f"admin/payments/{template}", context)
