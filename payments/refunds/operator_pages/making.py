"""The button under a preview: it refunds what was previewed, once."""

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.people.step_up import step_up
from core import request_context
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.ids import with_prefix
from core.money import Money
from core.request_context import RequestContext
from core.security.roles import has_right, limit_of
from payments.models import Charge, Refund
from payments.refunds.operator_pages import refunds as pages
from payments.refunds.services import refunds

_ENDS = {
    "succeeded": (messages.SUCCESS, "{money} was refunded: {id}."),
    "pending": (
        messages.WARNING,
        "{money} is set aside and {id} is on its way, but the processor has not said the last "
        "word. It is asked again by itself: do not refund it a second time.",
    ),
    "failed": (messages.ERROR, "{id} failed, and {money} is back where it came from."),
    "canceled": (messages.ERROR, "The processor refused {id}: {money} is back."),
}


@require_POST
@step_up()
def refund(request: HttpRequest, id: str) -> HttpResponse:
    """Refund what the form says; the same form sent twice refunds once."""
    if not has_right(request.user, "refund"):
        raise PermissionDenied
    charge = pages.find(request, id)
    values = pages.values_of(request.POST)
    try:
        row = _refund(request, charge, values)
    except RialtoError as error:
        return pages.show(request, charge, values, is_asked=True, problem=error.message)
    level, text = _ENDS[row.status]
    messages.add_message(
        request, level, text.format(money=Money(row.amount, row.currency), id=row.id)
    )
    return redirect(page_of("payments_paymentintent", charge.payment_intent_id))


def _refund(request: HttpRequest, charge: Charge, values: dict[str, str]) -> Refund:
    suffix, shown = _read_token(charge, request.POST.get("token", ""))
    wanted = pages.request_of(charge, values)
    left = charge.amount_captured - charge.amount_refunded
    in_all = charge.amount_refunded + (left if wanted.amount is None else wanted.amount)
    if not has_right(request.user, "refund", amount=in_all, currency=charge.currency):
        most = Money(limit_of(request.user, "refund", charge.currency) or 0, charge.currency)
        raise InvalidRequest(
            f"Your role refunds up to {most} of a payment. Ask an operator.", param="amount"
        )
    if not request.POST.get("reason", "").strip():
        raise InvalidRequest("Say why: it is kept with what was done.", param="reason")
    # What an earlier sending of the same form has made is found by its id.
    context = RequestContext(id_suffix=suffix, is_recovery=True)
    with request_context.working_for(context):
        try:
            return refunds.create(
                tenant=charge.tenant,
                charge_id=charge.id,
                amount=wanted.amount,
                reason=values["code"] or None,
                reverse_transfer=wanted.reverse_transfer,
                refund_application_fee=wanted.refund_application_fee,
                transfer_reversals=wanted.transfer_reversals,
                refunded_before=shown,
                at=timezone.now(),
            )
        except (IntegrityError, InvalidRequest):
            # If both clicks came at one moment, the other one has made it.
            made = Refund.objects.filter(id=with_prefix("re", suffix)).first()
            if made is None:
                raise
            return made


def _read_token(charge: Charge, token: str) -> tuple[str, int]:
    """Return what the refund's id ends with, and what was refunded when the form was made.

    Raises:
        InvalidRequest: If the form is not one of this charge.
    """
    try:
        charge_id, suffix, shown = signing.loads(token, salt=pages.SALT)
    except (signing.BadSignature, ValueError):
        charge_id, suffix, shown = "", "", 0
    if charge_id != charge.id:
        raise InvalidRequest("This form is not of this payment. Look at it again, and send it.")
    return str(suffix), int(shown)
