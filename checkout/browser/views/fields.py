"""The frame in which payers type: its page is the same for every element."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_exempt

from api.access.caller import Caller
from api.views import authenticate
from checkout.hosted import card_frames, framing
from core.database.time_limits import Work
from core.errors import InvalidRequest, RialtoError
from core.tenant import Tenant
from core.types import JsonObject
from payments import method_types
from processors import registry

_NO_CARDS: Final = InvalidRequest(
    "No card can be typed in here: in live mode cards are typed into the fields of a processor, "
    "and no account that would take this payment shows any. Whoever runs Rialto gives one its "
    "publishable key, and switches live payments on. Other methods work meanwhile.",
    code="feature_not_supported",
)
_NO_TOKENS: Final = InvalidRequest(
    "The processor's own card fields make payment methods, and no tokens: use createPaymentMethod, "
    "and confirm with its id.",
    code="feature_not_supported",
)
_NO_METHODS: Final = InvalidRequest(
    "None of the payment method types that can pay this can be shown in this form.",
    code="feature_not_supported",
)


@method_decorator(xframe_options_exempt, name="dispatch")
class FieldsView(View):
    """Serve the page of a frame with payment fields."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Render the frame; a key that is refused makes a frame that says so."""
        try:
            caller = _authenticate(request)
        except RialtoError as error:
            return _page(request, {"problem": _wire(error)}, framing.ANYWHERE)
        tenants = [one for one in (caller.tenant, caller.platform) if one]
        facts = _facts(caller) | {"card_fields": _card_fields(caller, tenants)}
        return _page(request, facts, framing.ancestors(tenants))


def _authenticate(request: HttpRequest) -> Caller:
    """Find out whose page it is by the key in the frame's address.

    Raises:
        InvalidRequest: If the key is of another kind.
        Unauthenticated: If nobody knows it.
        Forbidden: If the account that it acts on is not connected.
    """
    key = request.GET.get("key", "")
    if not key.startswith("pk_"):
        raise InvalidRequest("Payment fields take a publishable key, which begins with pk_.")
    request.META["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    if account := request.GET.get("account"):
        request.META["HTTP_STRIPE_ACCOUNT"] = account
    return authenticate(request, Work.READ)


def _card_fields(caller: Caller, tenants: list[Tenant]) -> JsonObject | None:
    """Say whose fields a form shows that says nothing of its payment."""
    facts = card_frames.facts_of_unmade(caller.tenant, is_direct=caller.platform is not None)
    return card_frames.of_form(facts, tenants, at=timezone.now())


def _facts(caller: Caller) -> JsonObject:
    """Say what the frame has to know: what is typed in for each type, and whether cards may be."""
    return {
        "takes_card_numbers": registry.vault(livemode=caller.tenant.livemode) is not None,
        "methods": {
            method.type: {
                "title": method.title,
                "billing": method.billing,
                "is_push": method.is_push,
                "needs_mandate": method.needs_mandate,
            }
            for method in method_types.METHODS.values()
        },
        "no_cards": _wire(_NO_CARDS),
        "no_methods": _wire(_NO_METHODS),
        "no_tokens": _wire(_NO_TOKENS),
        "problem": None,
    }


def _wire(error: RialtoError) -> JsonObject:
    return {"type": error.type, "code": error.code, "message": error.message}


def _page(request: HttpRequest, facts: JsonObject, ancestors: str) -> HttpResponse:
    answer = render(request, "checkout/fields.html", {"facts": facts})
    answer["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "frame-src 'self'; "
        f"form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}"
    )
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
