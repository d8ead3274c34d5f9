"""What the browser library asks about a checkout session whose client secret a page has."""

import hmac
from datetime import datetime
from typing import Literal, TypedDict

from api.views import ApiRequest, ApiView
from checkout import pages, queries
from checkout.browser import params as p
from checkout.browser import resources
from checkout.hosted import card_frames, framing, summary
from checkout.hosted.acceptance import accepted_from
from checkout.models import CheckoutSession
from checkout.resources import sessions as rendering
from checkout.sessions import saved_methods
from checkout.sessions.services import choices, expiry, paying
from checkout.sessions.services.validation import PLACEHOLDER
from checkout.states import SessionStatus
from core.errors import InvalidRequest, missing
from core.types import Fields, JsonObject
from payments import queries as payment_queries
from payments.methods.confirmation_options import ConfirmationOptions

Wire = JsonObject


class ElementsCheckout(TypedDict):
    """A checkout session as the merchant's page sees it."""

    id: str
    object: Literal["elements_checkout"]
    # As an `elements_session` has it.
    card_fields: JsonObject | None
    collects: JsonObject | None
    intent_secret: str | None
    livemode: bool
    page: str | None
    payment_method_remove: Literal["disabled", "enabled"]
    payment_method_types: list[str]
    return_url: str | None
    # The wire's payment methods, of whoever the session's customer is.
    saved_payment_methods: list[JsonObject]
    session: JsonObject | None
    status: str
    ui_mode: str


class ElementsCheckoutView(ApiView):
    resource = "checkout_sessions"
    params = {"GET": p.ElementsCheckoutParams, "POST": p.ChangeElementsCheckoutParams}
    publishable = frozenset({"GET", "POST"})
    answers = {"GET": ElementsCheckout, "POST": ElementsCheckout}

    def get(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = _find(request, session_id, params)
        return _shown(expiry.expire_late(session, at=request.at), at=request.at)

    def post(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = _find(request, session_id, params)
        session = choices.choose(
            tenant=session.tenant,
            session_id=session.id,
            quantities=_quantities(session, params),
            shipping_rate=params.get("shipping_rate"),
            # An empty one takes away what was entered.
            promotion_code=(params["promotion_code"] or "") if "promotion_code" in params else None,
            at=request.at,
        )
        return _shown(session, at=request.at)


class ConfirmElementsCheckoutView(ApiView):
    resource = "checkout_sessions"
    params = {"POST": p.ConfirmElementsCheckoutParams}
    publishable = frozenset({"POST"})
    tries_card = True
    answers = {"POST": ElementsCheckout}

    def post(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = _find(request, session_id, params)
        method, type = params.get("payment_method"), ""
        if method is not None:
            type = payment_queries.payment_method(session.tenant, method).type
        session = paying.confirm(
            tenant=session.tenant,
            session_id=session.id,
            payment_method=method,
            given=_given(params),
            options=ConfirmationOptions(
                return_url=_return_url(session, params.get("return_url")),
                customer_acceptance=accepted_from(request, type),
            ),
            expected_amount=params.get("expected_amount") if session.mode == "payment" else None,
            at=request.at,
        )
        return _shown(session, at=request.at)


def _find(request: ApiRequest, session_id: str, params: Fields) -> CheckoutSession:
    """Return the session whose secret a page has; a hosted one has none, but its id is as good.

    Raises:
        Missing: If the merchant has no such session, or the secret is wrong.
        InvalidRequest: If there is no secret.
    """
    session = queries.checkout_session(request.caller.tenant, session_id, param="session")
    own, given = session.client_secret, params.get("client_secret")
    if own is None and given is None:
        return session
    if given is None:
        raise InvalidRequest(
            "Missing required param: client_secret.",
            code="parameter_missing",
            param="client_secret",
        )
    if own is None or not hmac.compare_digest(given.encode(), own.encode()):
        raise missing("checkout.session", session_id, param="session")
    return session


def _quantities(session: CheckoutSession, params: Fields) -> dict[str, int]:
    """Return how many of each line the payer wants: line → pieces.

    Raises:
        InvalidRequest: If it is no line of the session, or not among its optional items.
    """
    lines = list(queries.session_lines(session))
    found = {}
    for name, key in (("line_items", "id"), ("optional_items", "price")):
        known = {
            line.id if key == "id" else line.price_id: line.id
            for line in lines
            if key == "id" or line.is_optional
        }
        for number, one in enumerate(params.get(name) or []):
            if one[key] not in known:
                raise InvalidRequest(
                    f"{one[key]} is none of the session's {name.replace('_', ' ')}.",
                    code="resource_missing",
                    param=f"{name}[{number}][{key}]",
                )
            found[known[one[key]]] = one["quantity"]
    return found


def _given(params: Fields) -> Wire:
    """Return what the payer said. See `collecting.problems`."""
    billing = params.get("billing_address") or {}
    details = {
        "email": params.get("email"),
        "phone": params.get("phone"),
        "name": billing.get("name"),
        "address": billing.get("address"),
    }
    names = {name: params.get(name) for name in ("business_name", "individual_name")}
    details = {name: value for name, value in details.items() if value}
    return names | {"customer_details": details, "shipping_details": params.get("shipping_address")}


def _page(session: CheckoutSession) -> str | None:
    if session.ui_mode == rendering.EMBEDDED:
        return framing.address(session)
    return pages.address(session.id) if session.status == SessionStatus.OPEN else None


def _return_url(session: CheckoutSession, given: str | None) -> str | None:
    address = given or session.settings.get("return_url")
    return str(address).replace(PLACEHOLDER, session.id) if address else None


def _shown(session: CheckoutSession, *, at: datetime) -> Wire:
    is_ours = session.ui_mode in (rendering.EMBEDDED, rendering.HOSTED)
    intent = None if is_ours else summary.intent_of(session)
    saved = (
        [] if is_ours or session.status != SessionStatus.OPEN else saved_methods.of(session, at=at)
    )
    return {
        "id": session.id,
        "object": "elements_checkout",
        "card_fields": None if is_ours else card_frames.of_elements(session, at=at),
        "collects": None if is_ours else resources.collects(session),
        "intent_secret": intent["client_secret"] if intent else None,
        "livemode": session.livemode,
        "page": _page(session) if is_ours else None,
        "payment_method_remove": "enabled" if saved_methods.may_remove(session) else "disabled",
        "payment_method_types": rendering.types(session),
        "return_url": _return_url(session, None),
        "saved_payment_methods": saved,
        "session": None if is_ours else resources.elements_checkout(session, intent, saved),
        "status": session.status,
        "ui_mode": session.ui_mode,
    }
