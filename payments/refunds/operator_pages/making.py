"""The button under a preview: it refunds what was previewed, once."""

from typing import cast

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts import approvals
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core import request_context
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.ids import with_prefix
from core.operator_pages.refusals import explain
from core.request_context import RequestContext
from core.security.roles import has_right
from payments.models import Charge, Refund
from payments.refunds.operator_pages import actions
from payments.refunds.operator_pages import refunds as pages

_LEVELS = {
    "succeeded": messages.SUCCESS,
    "pending": messages.WARNING,
    "requires_action": messages.WARNING,
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
        return pages.show(request, charge, values, is_asked=True, problem=explain(error))
    if row is None:
        say_it_waits(request)
    else:
        level = _LEVELS.get(row.status, messages.ERROR)
        messages.add_message(request, level, actions.tell(row))
    return redirect(page_of("payments_paymentintent", charge.payment_intent_id))


def _refund(request: HttpRequest, charge: Charge, values: dict[str, str]) -> Refund | None:
    """Make the refund, or return the one that the form has made; None if it waits."""
    suffix, shown = _read_token(charge, request.POST.get("token", ""))
    if made := _made(suffix):
        return made
    reason = reason_of(request)
    found = pages.look(charge, values)
    # Whatever else sends the same form finds by its id what this one makes.
    context = RequestContext(id_suffix=suffix, is_recovery=True)
    with request_context.working_for(context):
        try:
            outcome = approvals.run_or_request(
                actions.CREATE,
                by=cast(User, request.user),
                reason=reason,
                at=timezone.now(),
                **actions.parameters(found, code=values["code"], refunded_before=shown),
            )
        except (IntegrityError, InvalidRequest):
            # If both clicks came at one moment, the other one has made it.
            if made := _made(suffix):
                return made
            raise
    return cast(Refund, outcome.result) if outcome.request is None else None


def _made(suffix: str) -> Refund | None:
    return Refund.objects.filter(id=with_prefix("re", suffix)).first()


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
        raise InvalidRequest(
            gettext("This form is not of this payment. Look at it again, and send it.")
        )
    return str(suffix), int(shown)
