"""The simulated bank's or wallet's page, where a payer agrees to a payment. Test mode only.

It is a page of its own: no script, no session, nothing from elsewhere, and an address that
nobody can guess. What was done here is asked for once the payer is back.
"""

import secrets
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from connect.pages import protect
from core.errors import Missing
from core.money import Money
from core.types import JsonObject
from payments.inbound.services import returns
from payments.inbound.services.returns import Visit
from payments.inbound.views.bank import name_of
from payments.method_types.base import Method
from processors.protocols.payers import PayerAct

_ALWAYS: Final = frozenset({PayerAct.PAY, PayerAct.FAIL, PayerAct.EXPIRE})


# The address is the permission: whoever has it, the payer, is who shall agree.
@method_decorator(csrf_exempt, name="dispatch")
class BankApprovalView(View):
    """Let a payer agree or refuse, and send it back to where it came from."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, attempt_id: str, key: str) -> HttpResponse:
        visit = _find(attempt_id, key)
        return _page(request, visit) if visit.action else _back(request)

    def post(self, request: HttpRequest, attempt_id: str, key: str) -> HttpResponse:
        visit = _find(attempt_id, key)
        action = request.POST.get("action", "")
        if visit.action and action in _acts(returns.method_of(visit), visit):
            returns.act(visit, PayerAct(action))
        return _back(request)


def _find(attempt_id: str, key: str) -> Visit:
    try:
        visit = returns.find(attempt_id, key)
    except Missing:
        raise Http404 from None
    if visit.intent.livemode or not returns.method_of(visit).is_redirect:
        raise Http404
    return visit


def _acts(method: Method, visit: Visit) -> frozenset[PayerAct]:
    """Return what a payer can do here."""
    more: set[PayerAct] = set()
    if method.answers_later and not visit.is_setup:
        more |= {PayerAct.PAY_LATER, PayerAct.FAIL_LATER}
    if method.is_disputable and not visit.is_setup:
        more.add(PayerAct.DISPUTE)
    return _ALWAYS | more


def _back(request: HttpRequest) -> HttpResponse:
    onward = request.path.removesuffix("/bank")
    return _guard(HttpResponseRedirect(f"{onward}/return", status=303))


def _page(request: HttpRequest, visit: Visit) -> HttpResponse:
    intent, method = visit.intent, returns.method_of(visit)
    context: JsonObject = {
        "title": method.title,
        "merchant": name_of(intent.on_behalf_of or intent.account_id),
        "amount": None if visit.is_setup else str(Money(intent.amount, intent.currency)),
        "bank": returns.bank_of(visit),
        "acts": {act.value for act in _acts(method, visit)},
        "nonce": secrets.token_urlsafe(16),
    }
    return _guard(render(request, "payments/bank_approval.html", context), context["nonce"])


def _guard(answer: HttpResponse, nonce: str = "") -> HttpResponse:
    """Allow the page its own style and its own form, and nothing else."""
    protect(answer, nonce)
    answer["Referrer-Policy"] = "no-referrer"
    return answer
