"""The operators' pages that capture what is authorized, and cancel what is not paid."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.people.step_up import step_up
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.money import InexactAmount, Money, from_decimal
from core.security.roles import has_right
from core.security.visibility import livemode_of
from payments.charges import queries
from payments.intents.services import authorizations, cancellation
from payments.models import PaymentIntent
from payments.states import IntentStatus

_REASONS = {
    "requested_by_customer": "The payer asked for it",
    "duplicate": "There are two of it",
    "fraudulent": "It is fraud",
    "abandoned": "The payer went away",
}
# Longer than any amount.
_LONGEST = 20
_FIELDS = ("amount", "fee", "transfer", "code", "reason")


@require_http_methods(["GET", "POST"])
@step_up()
def capture(request: HttpRequest, id: str) -> HttpResponse:
    """Capture an authorization, in whole or in part; the rest is released."""
    return _act(request, id, "capture", _capture)


@require_http_methods(["GET", "POST"])
@step_up()
def cancel(request: HttpRequest, id: str) -> HttpResponse:
    """Cancel a payment, and release what is authorized."""
    return _act(request, id, "cancel", _cancel)


def _act(
    request: HttpRequest,
    id: str,
    verb: str,
    do: Callable[[HttpRequest, PaymentIntent], str],
) -> HttpResponse:
    if not has_right(request.user, verb):
        raise PermissionDenied
    intent = queries.any_intent(id, request.user)
    if intent is None or intent.livemode != livemode_of(request):
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            if not request.POST.get("reason", "").strip():
                raise InvalidRequest("Say why: it is kept with what was done.", param="reason")
            level, text = messages.SUCCESS, do(request, intent)
        except RialtoError as error:
            problem = error.message
        else:
            messages.add_message(request, level, text)
            return redirect(page_of("payments_paymentintent", intent.id))
    context = admin.site.each_context(request) | {
        "title": f"{verb.capitalize()} {intent.money}",
        "verb": verb,
        "intent": intent,
        "payment_page": page_of("payments_paymentintent", intent.id),
        "held": _money(intent.amount_capturable, intent),
        "fee": _written(intent.application_fee_amount, intent),
        "transfer": _written(intent.transfer_amount, intent),
        "values": {name: request.POST.get(name, "") for name in _FIELDS},
        "codes": _REASONS,
        "problem": problem,
    }
    return TemplateResponse(request, "admin/payments/authorization.html", context)


def _capture(request: HttpRequest, intent: PaymentIntent) -> str:
    wanted = _amount(request, "amount", intent.currency)
    try:
        intent = authorizations.capture(
            tenant=intent.tenant,
            intent_id=intent.id,
            amount_to_capture=wanted,
            application_fee_amount=_amount(request, "fee", intent.currency),
            transfer_amount=_amount(request, "transfer", intent.currency),
            at=timezone.now(),
        )
    except RialtoError:
        intent.refresh_from_db()
        # Whoever presses twice is told what the first time did.
        if intent.status != IntentStatus.SUCCEEDED or intent.amount_received != wanted:
            raise
    if intent.status != IntentStatus.SUCCEEDED:
        return (
            "The processor has not said the last word. It is asked again by itself: do not capture "
            "a second time."
        )
    return f"{_money(intent.amount_received, intent)} is captured. The rest, if any, is released."


def _cancel(request: HttpRequest, intent: PaymentIntent) -> str:
    code = request.POST.get("code", "")
    try:
        intent = cancellation.cancel(
            tenant=intent.tenant,
            intent_id=intent.id,
            cancellation_reason=code if code in _REASONS else None,
            at=timezone.now(),
        )
    except RialtoError:
        intent.refresh_from_db()
        if intent.status != IntentStatus.CANCELED:
            raise
    if intent.status != IntentStatus.CANCELED:
        return "The processor has not said the last word. It is asked again by itself."
    return "It is canceled, and what was held is released."


def _amount(request: HttpRequest, name: str, currency: str) -> int | None:
    """Return a typed amount in minor units; None for an empty field.

    Raises:
        InvalidRequest: If it is no amount.
    """
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        value = Decimal(text[:_LONGEST])
        is_sane = value.is_finite() and value.adjusted() < _LONGEST
        amount = from_decimal(value, currency).amount if is_sane else -1
    except (InvalidOperation, InexactAmount):
        amount = -1
    if amount < 0:
        raise InvalidRequest(
            f"“{text[:_LONGEST]}” is not an amount. Write it like 12.50.", param=name
        )
    return amount


def _written(amount: int | None, intent: PaymentIntent) -> str:
    return "" if amount is None else str(_money(amount, intent))


def _money(amount: int, intent: PaymentIntent) -> Money:
    return Money(amount, intent.currency)
