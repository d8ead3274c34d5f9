"""What the browser library asks about a checkout session whose client secret a page has."""

import hmac
from typing import Literal, TypedDict

from api.views import ApiRequest, ApiView
from checkout import queries
from checkout.browser import params as p
from checkout.hosted import framing
from checkout.models import CheckoutSession
from checkout.resources.sessions import EMBEDDED
from checkout.sessions.services import expiry
from core.errors import missing
from core.types import JsonObject

Wire = JsonObject


class ElementsCheckout(TypedDict):
    """A checkout session as the merchant's page sees it."""

    id: str
    object: Literal["elements_checkout"]
    livemode: bool
    page: str | None
    status: str
    ui_mode: str


class ElementsCheckoutView(ApiView):
    resource = "checkout_sessions"
    params = {"GET": p.ElementsCheckoutParams}
    publishable = frozenset({"GET"})
    answers = {"GET": ElementsCheckout}

    def get(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = _find(request, session_id, params["client_secret"])
        return _shown(expiry.expire_late(session, at=request.at))


def _find(request: ApiRequest, session_id: str, secret: str) -> CheckoutSession:
    """Return the session whose secret a page has.

    Raises:
        Missing: If the merchant has no such session, or the secret is wrong.
    """
    session = queries.checkout_session(request.caller.tenant, session_id, param="session")
    own = session.client_secret
    if not own or not hmac.compare_digest(secret.encode(), own.encode()):
        raise missing("checkout.session", session_id, param="session")
    return session


def _shown(session: CheckoutSession) -> Wire:
    return {
        "id": session.id,
        "object": "elements_checkout",
        "livemode": session.livemode,
        "page": framing.address(session) if session.ui_mode == EMBEDDED else None,
        "status": session.status,
        "ui_mode": session.ui_mode,
    }
