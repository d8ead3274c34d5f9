"""The page of a session as an endpoint: the official command line plays the payer with it."""

from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from checkout import queries, resources
from checkout.sessions import params as session_params
from checkout.sessions.services import completing, expiry, paying
from core.types import JsonObject
from payments import queries as payment_queries
from payments.methods.confirmation_options import NO_OPTIONS

Wire = JsonObject


class PaymentPageView(ApiView):
    resource = "checkout_sessions"
    params = {"GET": NoParams}
    answers = {"GET": "checkout.session"}

    def get(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        session = queries.checkout_session(request.caller.tenant, session_id, param="session")
        return resources.checkout_session(expiry.expire_late(session, at=request.at))


class ConfirmPaymentPageView(ApiView):
    resource = "checkout_sessions"
    params = {"POST": session_params.ConfirmPageParams}
    answers = {"POST": "checkout.session"}

    def post(self, request: ApiRequest, params: Wire, session_id: str) -> Wire:
        tenant = request.caller.tenant
        completing.check_is_test(tenant)
        session = queries.checkout_session(tenant, session_id, param="session")
        method = payment_queries.payment_method(tenant, params["payment_method"])
        typed = {name: value for name, value in method.billing_details.items() if value}
        session = paying.confirm(
            tenant=tenant,
            session_id=session_id,
            payment_method=method.id,
            given=completing.answers(session, typed),
            options=NO_OPTIONS,
            expected_amount=params.get("expected_amount"),
            at=request.at,
        )
        return resources.checkout_session(session)
