"""The page with what a payer pays by, and its code as a picture.

It is a page of its own: no session, nothing from elsewhere, and an address that nobody can
guess. A small script asks whether the payer has paid, and the page works without it.
"""

import secrets
from typing import Final
from zoneinfo import ZoneInfo

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from connect.hosted.views.pages import LANGUAGES, language_of
from connect.pages import is_framed, protect
from core.errors import Missing
from core.money import Money
from core.types import JsonObject
from payments import method_types
from payments.charges.services import push_charges
from payments.inbound.services import codes
from payments.inbound.services.codes import CodeState
from payments.inbound.views import drawn_codes
from payments.inbound.views.bank import name_of, way_back
from payments.models import Charge
from processors.protocols.payers import REFERENCE, PayerAct

_ACTS: Final = frozenset(PayerAct)


# The address is the permission: whoever has it, the payer, is who shall pay.
@method_decorator(csrf_exempt, name="dispatch")
class CodeView(View):
    """Show the payer what to scan, and say once it was paid. In test mode, let somebody pay."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, charge_id: str, key: str) -> HttpResponse:
        return _page(request, _find(charge_id, key))

    def post(self, request: HttpRequest, charge_id: str, key: str) -> HttpResponse:
        charge, action = _find(charge_id, key), request.POST.get("action", "")
        if action in _ACTS:
            charge = codes.act(charge, PayerAct(action), at=timezone.now())
        intent, target = charge.payment_intent, request.get_full_path()
        is_over = not codes.is_open(charge)
        if intent.return_url and is_over and not is_framed(request):
            target = way_back(intent)
        return _guard(request, HttpResponseRedirect(target, status=303), charge)


@require_safe
def code_status(request: HttpRequest, charge_id: str, key: str) -> HttpResponse:
    """Say whether the page would show something else by now, and where the payer goes then."""
    charge = _find(charge_id, key)
    intent, state = charge.payment_intent, codes.state_of(charge)
    is_over = state in (CodeState.PAID, CodeState.OVER)
    leads_back = intent.return_url and is_over and not is_framed(request)
    onward = way_back(intent) if leads_back else None
    answer = JsonResponse({"state": state, "goes_to": onward})
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def code_image(request: HttpRequest, charge_id: str, key: str, kind: str) -> HttpResponse:
    """Draw the code, as long as it may be paid."""
    payload = codes.payload(_find(charge_id, key))
    if payload is None or kind not in drawn_codes.TYPES:
        raise Http404
    answer = HttpResponse(drawn_codes.draw(payload, kind), content_type=drawn_codes.TYPES[kind])
    answer["Cache-Control"] = "no-store"
    return answer


def _find(charge_id: str, key: str) -> Charge:
    try:
        return codes.find(charge_id, key)
    except Missing:
        raise Http404 from None


def _page(request: HttpRequest, charge: Charge) -> HttpResponse:
    intent, rules = charge.payment_intent, method_types.of(charge.method_type)
    state = codes.state_of(charge)
    is_open = state is CodeState.OPEN
    ends = push_charges.expires_at(charge) if is_open else None
    leads_back = intent.return_url and not is_open and not is_framed(request)
    framed = "?framed=1" if is_framed(request) else ""
    context: JsonObject = {
        "title": rules.title,
        "is_open": is_open,
        "is_paid": state is CodeState.PAID,
        "is_waiting": state is CodeState.WAITING,
        "state": state.value,
        "is_live": charge.livemode,
        "merchant": name_of(charge.on_behalf_of or charge.account_id),
        "amount": str(Money(charge.amount, charge.currency)),
        "reference": charge.network_details.get(REFERENCE),
        "stores": codes.stores(charge) if is_open else [],
        "is_thai": rules.zone == "Asia/Bangkok",
        "expires_at": ends.astimezone(ZoneInfo(rules.zone)) if ends else None,
        "page": request.get_full_path(),
        "picture": f"{request.path}/code.svg" if codes.payload(charge) else None,
        "status": f"{request.path}/status{framed}",
        "script": static("payments/wait.js"),
        "way_back": way_back(intent) if leads_back else None,
        "is_framed": is_framed(request),
        "nonce": secrets.token_urlsafe(16),
    }
    with translation.override(language_of(request)):
        current = translation.get_language()
        context["languages"] = [(c, name) for c, name in LANGUAGES.items() if c != current]
        answer = render(request, "payments/code.html", context)
    return _guard(request, answer, charge, context["nonce"])


def _guard(
    request: HttpRequest, answer: HttpResponse, charge: Charge, nonce: str = ""
) -> HttpResponse:
    back = charge.payment_intent.return_url or ""
    protect(answer, nonce, back, has_images=True, is_framed=is_framed(request))
    if nonce:
        asks = f"script-src 'nonce-{nonce}'; connect-src 'self'; "
        answer["Content-Security-Policy"] = asks + answer["Content-Security-Policy"]
    # The client secret in the way back is for the merchant alone.
    answer["Referrer-Policy"] = "no-referrer"
    return answer
