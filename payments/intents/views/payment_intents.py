from api.lists import pagination, search
from api.views import ApiRequest, ApiView
from api.wire.params import ListParams
from core.errors import InvalidRequest
from core.types import JsonObject
from payments import queries, resources, search_fields
from payments.intents import params as intent_params
from payments.intents.services import authorizations, cancellation, payment_intents
from payments.methods import capabilities
from payments.methods.confirmation_options import NO_OPTIONS, ConfirmationOptions
from payments.methods.views import method_choice, secrets

Wire = JsonObject


class PaymentIntentsView(ApiView):
    resource = "payment_intents"
    params = {"POST": intent_params.CreateIntentParams, "GET": intent_params.ListIntentsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        columns = method_choice.resolve_configuration(request.caller.tenant, _columns(params))
        intent = payment_intents.create(
            tenant=request.caller.tenant,
            at=request.at,
            platform_id=request.caller.platform_id,
            **method_choice.default_capture_method(method_choice.default_types(columns)),
        )
        return resources.payment_intent(intent)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.payment_intents(request.caller.tenant), params.get("created")
        )
        if "customer" in params:
            rows = rows.filter(customer_id=params["customer"])
        return pagination.list_page(
            rows,
            params,
            resources.payment_intent,
            kind="payment_intent",
            url=request.path,
            prepare=capabilities.refresh,
        )


class PaymentIntentView(ApiView):
    resource = "payment_intents"
    params = {"POST": intent_params.UpdateIntentParams, "GET": intent_params.RetrieveIntentParams}
    publishable = frozenset({"GET"})

    def get(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        intent = queries.payment_intent(request.caller.tenant, intent_id)
        secrets.check(request.caller, intent, params.get("client_secret"))
        return resources.payment_intent(*capabilities.refresh([intent]))

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        changes = method_choice.resolve_configuration(request.caller.tenant, _columns(params))
        method = changes.pop("payment_method", None)
        intent = payment_intents.update(
            tenant=request.caller.tenant,
            intent_id=intent_id,
            payment_method=method,
            changes=changes,
            at=request.at,
        )
        return resources.payment_intent(intent)


class ConfirmView(ApiView):
    resource = "payment_intents"
    params = {"POST": intent_params.ConfirmIntentParams}
    publishable = frozenset({"POST"})
    tries_card = True

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        tenant = request.caller.tenant
        secrets.check_params(request.caller, params)
        secrets.infer_acceptance(request, params)
        secret = params.pop("client_secret", None)
        if request.caller.key_kind == "publishable":
            intent = queries.payment_intent(tenant, intent_id)
            secrets.check(request.caller, intent, secret)
        intent = payment_intents.confirm(
            tenant=tenant, intent_id=intent_id, at=request.at, **_columns(params)
        )
        return resources.payment_intent(intent)


class CaptureView(ApiView):
    resource = "payment_intents"
    params = {"POST": intent_params.CaptureIntentParams}

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        if not params.pop("final_capture", True):
            raise InvalidRequest(
                "This payment can be captured once: its rail has no multicapture. Leave out "
                "final_capture, and charge the rest with a new PaymentIntent.",
                param="final_capture",
            )
        intent = authorizations.capture(
            tenant=request.caller.tenant, intent_id=intent_id, at=request.at, **_columns(params)
        )
        return resources.payment_intent(intent)


class CancelView(ApiView):
    resource = "payment_intents"
    params = {"POST": intent_params.CancelIntentParams}

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        intent = cancellation.cancel(
            tenant=request.caller.tenant, intent_id=intent_id, at=request.at, **params
        )
        return resources.payment_intent(intent)


class LineItemsView(ApiView):
    resource = "payment_intents"
    params = {"GET": ListParams}

    def get(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        intent = queries.payment_intent(request.caller.tenant, intent_id)
        found, has_more = pagination.cut(resources.line_items(intent), params, kind="line item")
        return pagination.wire_list(found, dict, has_more=has_more, url=request.path)


class SearchPaymentIntentsView(ApiView):
    resource = "payment_intents"
    params = {"GET": search.SearchParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.payment_intents(request.caller.tenant)
        return search.find(
            rows,
            params,
            search_fields.PAYMENT_INTENTS,
            resources.payment_intent,
            tenant=request.caller.tenant,
            url=request.path,
            prepare=capabilities.refresh,
        )


def _columns(params: Wire) -> Wire:
    """Turn the wire's nesting into columns, and leave out what changes nothing yet."""
    columns = method_choice.choose_method(params)
    session = ConfirmationOptions(
        is_off=bool(columns.pop("off_session", False)),
        refuses_actions=bool(columns.pop("error_on_requires_action", False)),
        return_url=columns.pop("return_url", None),
        customer_acceptance=(columns.pop("mandate_data", None) or {}).get("customer_acceptance"),
        mandate_id=columns.pop("mandate", None),
    )
    if session != NO_OPTIONS:
        columns["session"] = session
    split = columns.pop("transfer_data", None)
    if split:
        if "destination" in split:
            columns["transfer_destination"] = split["destination"]
        if "amount" in split:
            columns["transfer_amount"] = split["amount"]
    return columns
