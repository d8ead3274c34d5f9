"""The simulated bank's page: the payer proves to be the payer. Test mode only.

It is a page of its own: no script, no session, nothing from elsewhere, and an address that
nobody can guess. In a frame of a shop's page it leads nowhere: the shop closes it.
"""

import secrets
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Account
from connect.pages import is_framed, protect
from core.errors import CardError, Missing
from core.money import Money
from core.types import JsonObject
from payments.inbound.services import challenges
from payments.inbound.services.challenges import Answer
from payments.methods.views import secrets as secrets_of
from payments.models import Authentication
from payments.states import AuthenticationStatus, IntentStatus
from payments.three_d_secure.services import authentications
from payments.three_d_secure.services.authentications import Intent

RIGHT_CODE: Final = "123456"
OLD_CODE: Final = "000000"

_BUTTONS: Final = {
    "approve": Answer.AUTHENTICATED,
    "decline": Answer.REJECTED,
    "close": Answer.CANCELED,
    "unavailable": Answer.UNAVAILABLE,
}
_PAID: Final = frozenset({IntentStatus.SUCCEEDED, IntentStatus.REQUIRES_CAPTURE})


# The address is the permission: whoever has it, the payer, is who shall answer.
@method_decorator(csrf_exempt, name="dispatch")
class BankView(View):
    """Ask the payer, and send the payer back to the shop."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, authentication_id: str, key: str) -> HttpResponse:
        return _page(request, *_find(authentication_id, key))

    def post(self, request: HttpRequest, authentication_id: str, key: str) -> HttpResponse:
        row, intent = _find(authentication_id, key)
        result, problem = _read_answer(request)
        if result is None:
            return _page(request, row, intent, problem)
        try:
            intent = challenges.answer(row, result, at=timezone.now())
        except CardError:
            # The merchant reads it from the intent.
            intent = challenges.intent_of(row)
        row.refresh_from_db()
        if row.status == AuthenticationStatus.PENDING:
            left = authentications.MOST_WRONG_CODES - row.wrong_codes
            tries = "one more try" if left == 1 else f"{left} more tries"
            return _page(request, row, intent, f"That code is wrong. You have {tries}.")
        if intent.return_url and not is_framed(request):
            return _guard(request, HttpResponseRedirect(way_back(intent), status=303), intent)
        return _page(request, row, intent)


def _find(authentication_id: str, key: str) -> tuple[Authentication, Intent]:
    try:
        row = challenges.find(authentication_id, key)
    except Missing:
        raise Http404 from None
    return row, challenges.intent_of(row)


def _read_answer(request: HttpRequest) -> tuple[Answer | None, str]:
    button = request.POST.get("action", "code")
    if button in _BUTTONS:
        return _BUTTONS[button], ""
    code = "".join(request.POST.get("code", "").split())
    if not code:
        return None, "Type the code that your bank sent you."
    if code == OLD_CODE:
        return None, "That code has expired. Your bank has sent you a new one."
    return (Answer.AUTHENTICATED if code == RIGHT_CODE else Answer.WRONG_CODE), ""


def _page(
    request: HttpRequest, row: Authentication, intent: Intent, problem: str = ""
) -> HttpResponse:
    now = timezone.now()
    is_open = row.status == AuthenticationStatus.PENDING
    if is_open and row.expires_at <= now:
        intent = challenges.answer(row, Answer.ABANDONED, at=now)
        row.refresh_from_db()
        is_open = False
    method = row.payment_method
    context: JsonObject = {
        "is_open": is_open,
        "is_paid": intent.status in _PAID,
        "is_expired": row.result_reason == "abandoned",
        "merchant": name_of(row.payee),
        "amount": str(Money(row.amount, row.currency)) if row.amount else None,
        "brand": method.brand.title(),
        "last4": method.last4,
        "problem": problem,
        "right_code": RIGHT_CODE,
        "old_code": OLD_CODE,
        "way_back": way_back(intent) if intent.return_url and not is_framed(request) else None,
        "is_framed": is_framed(request),
        "nonce": secrets.token_urlsafe(16),
    }
    status = 422 if problem else 200
    answer = render(request, "payments/bank.html", context, status=status)
    return _guard(request, answer, intent, context["nonce"])


def name_of(account_id: str) -> str:
    """Return how a payer knows whom it pays."""
    account = Account.objects.filter(id=account_id).first()
    return (account.name if account else "") or "the shop"


def way_back(intent: Intent) -> str:
    """Return the merchant's address with what it needs to look the payment up; empty if none is."""
    try:
        address = urlsplit(intent.return_url or "")
    except ValueError:
        # Kept from before addresses were looked at: it leads nowhere.
        return ""
    good = _PAID | {IntentStatus.PROCESSING, IntentStatus.REQUIRES_CONFIRMATION}
    kind = secrets_of.resource_of(intent)
    added = urlencode(
        {
            kind: intent.id,
            f"{kind}_client_secret": intent.client_secret,
            "redirect_status": "succeeded" if intent.status in good else "failed",
        }
    )
    query = f"{address.query}&{added}" if address.query else added
    return urlunsplit((address.scheme, address.netloc, address.path, query, address.fragment))


def _guard(
    request: HttpRequest, answer: HttpResponse, intent: Intent, nonce: str = ""
) -> HttpResponse:
    """Allow the page its own style and its own form, and nothing else."""
    protect(answer, nonce, intent.return_url or "", is_framed=is_framed(request))
    # The client secret in the way back is for the merchant alone.
    answer["Referrer-Policy"] = "no-referrer"
    return answer
