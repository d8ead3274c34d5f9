"""The operators' pages that capture what is authorized, and cancel what is not paid."""

from typing import Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import approvals
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.money import Money
from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import livemode_of
from core.types import JsonObject
from payments.charges import queries
from payments.intents.operator_pages import actions
from payments.models import PaymentIntent
from payments.states import IntentStatus

REASONS: Final = {
    "requested_by_customer": "The payer asked for it",
    "duplicate": "There are two of it",
    "fraudulent": "It is fraud",
    "abandoned": "The payer went away",
}
TITLES: Final = {"capture": "Capture %(amount)s", "cancel": "Cancel %(amount)s"}
_FIELDS: Final = ("amount", "fee", "transfer", "code")


@require_http_methods(["GET", "POST"])
@step_up()
def capture(request: HttpRequest, id: str) -> HttpResponse:
    """Show what a capture in whole or in part would do, and make it; the rest is released."""
    intent = _find(request, id, "capture")
    problem = ""
    if request.method == "POST":
        try:
            _tell(request, intent, _capture(request, intent))
        except RialtoError as error:
            problem = explain(error)
        else:
            return redirect(page_of("payments_paymentintent", intent.id))
    return _page(request, intent, "capture", _look(request, intent, problem))


@require_http_methods(["GET", "POST"])
@step_up()
def cancel(request: HttpRequest, id: str) -> HttpResponse:
    """Cancel a payment, and release what is authorized."""
    intent = _find(request, id, "cancel")
    problem = ""
    if request.method == "POST":
        try:
            _tell(request, intent, _cancel(request, intent))
        except RialtoError as error:
            problem = explain(error)
        else:
            return redirect(page_of("payments_paymentintent", intent.id))
    asked = actions.summary_to_cancel(intent)
    why = approvals.why_another(actions.CANCEL, cast(User, request.user), asked)
    return _page(request, intent, "cancel", {"problem": problem, "why_another": why})


def _find(request: HttpRequest, id: str, verb: str) -> PaymentIntent:
    if not has_right(request.user, verb):
        raise PermissionDenied
    intent = queries.any_intent(id, request.user)
    if intent is None or intent.livemode != livemode_of(request):
        raise Http404
    return intent


def _look(request: HttpRequest, intent: PaymentIntent, problem: str) -> JsonObject:
    """Preview the capture of what was typed."""
    try:
        typed = request.POST if request.method == "POST" else request.GET
        found = actions.look(**_parameters(typed, intent))
    except RialtoError as error:
        return {"problem": problem or explain(error)}
    return {
        "problem": problem,
        "captured": found.captured,
        "released": found.released,
        "tables": actions.tables_of(found),
        "why_another": approvals.why_another(
            actions.CAPTURE, cast(User, request.user), actions.summary_of(found)
        ),
    }


def _page(request: HttpRequest, intent: PaymentIntent, verb: str, more: JsonObject) -> HttpResponse:
    typed = request.POST if request.method == "POST" else request.GET
    context = admin.site.each_context(request) | {
        "title": gettext(TITLES[verb]) % {"amount": intent.money},
        "verb": verb,
        "intent": intent,
        "payment_page": page_of("payments_paymentintent", intent.id),
        "held": Money(intent.amount_capturable, intent.currency),
        "fee": amounts.write(intent.application_fee_amount, intent.currency),
        "transfer": amounts.write(intent.transfer_amount, intent.currency),
        "values": {name: typed.get(name, "") for name in _FIELDS},
        "reason_given": request.POST.get("reason", ""),
        "codes": {code: gettext(words) for code, words in REASONS.items()},
    }
    return TemplateResponse(request, "admin/payments/authorization.html", context | more)


def _tell(request: HttpRequest, intent: PaymentIntent, text: str) -> None:
    if text:
        messages.success(request, text)
    else:
        say_it_waits(request)


def _capture(request: HttpRequest, intent: PaymentIntent) -> str:
    """Capture, and return what came of it; empty if it waits for another person."""
    wanted, reason = _parameters(request.POST, intent), reason_of(request)
    try:
        outcome = approvals.run_or_request(
            actions.CAPTURE, by=cast(User, request.user), reason=reason, at=timezone.now(), **wanted
        )
    except RialtoError:
        intent.refresh_from_db()
        # Whoever presses twice is told what the first time did.
        is_same = _amount(request.POST, "amount", intent.currency) in (None, intent.amount_received)
        if intent.status != IntentStatus.SUCCEEDED or not is_same:
            raise
    else:
        if outcome.request:
            return ""
        intent.refresh_from_db()
    if intent.status != IntentStatus.SUCCEEDED:
        return gettext(
            "The processor has not said the last word. It is asked again by itself: do not capture "
            "a second time."
        )
    money = Money(intent.amount_received, intent.currency)
    return gettext("%(amount)s is captured. The rest, if any, is released.") % {"amount": money}


def _cancel(request: HttpRequest, intent: PaymentIntent) -> str:
    """Cancel, and return what came of it; empty if it waits for another person."""
    code, reason = request.POST.get("code", ""), reason_of(request)
    try:
        outcome = approvals.run_or_request(
            actions.CANCEL,
            by=cast(User, request.user),
            reason=reason,
            at=timezone.now(),
            **actions.parameters_to_cancel(intent, code if code in REASONS else ""),
        )
    except RialtoError:
        intent.refresh_from_db()
        if intent.status != IntentStatus.CANCELED:
            raise
    else:
        if outcome.request:
            return ""
        intent.refresh_from_db()
    if intent.status != IntentStatus.CANCELED:
        return gettext("The processor has not said the last word. It is asked again by itself.")
    return gettext("It is canceled, and what was held is released.")


def _parameters(typed: QueryDict, intent: PaymentIntent) -> JsonObject:
    """Return what a capture is made with.

    Raises:
        InvalidRequest: If an amount is none.
    """
    amount = _amount(typed, "amount", intent.currency)
    return {
        "account": intent.account_id,
        "livemode": intent.livemode,
        "intent": intent.id,
        "amount": intent.amount_capturable if amount is None else amount,
        "application_fee_amount": _amount(typed, "fee", intent.currency),
        "transfer_amount": _amount(typed, "transfer", intent.currency),
    }


def _amount(typed: QueryDict, name: str, currency: str) -> int | None:
    """Return a typed amount in minor units; None for an empty field.

    Raises:
        InvalidRequest: If it is no amount.
    """
    text = typed.get(name, "").strip()
    if not text:
        return None
    try:
        return amounts.read(text, currency)
    except UnclearAmount as error:
        raise InvalidRequest(str(error), param=name) from error
