from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources
from payments.methods import capabilities
from payments.methods.views import method_choice, secrets
from payments.setups import params as p
from payments.setups.services import setup_intents

Wire = JsonObject


class SetupIntentsView(ApiView):
    resource = "setup_intents"
    params = {"POST": p.CreateSetupIntentParams, "GET": p.ListSetupIntentsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        single = params.pop("single_use", None)
        if single:
            params |= {
                "single_use_amount": single["amount"],
                "single_use_currency": single["currency"],
            }
        intent = setup_intents.create(
            tenant=request.caller.tenant,
            at=request.at,
            **method_choice.default_types(
                method_choice.resolve_configuration(request.caller.tenant, _columns(params))
            ),
        )
        return resources.setup_intent(intent)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = pagination.created_within(
            queries.setup_intents(request.caller.tenant), params.get("created")
        )
        fields = {"customer": "customer_id", "payment_method": "payment_method_id"}
        fields["attach_to_self"] = "attach_to_self"
        rows = rows.filter(**{fields[name]: params[name] for name in fields if name in params})
        return pagination.list_page(
            rows,
            params,
            resources.setup_intent,
            kind="setup_intent",
            url=request.path,
            prepare=capabilities.refresh,
        )


class SetupIntentView(ApiView):
    resource = "setup_intents"
    params = {"POST": p.UpdateSetupIntentParams, "GET": p.RetrieveSetupIntentParams}
    publishable = frozenset({"GET"})

    def get(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        intent = queries.setup_intent(request.caller.tenant, intent_id)
        secrets.check(request.caller, intent, params.get("client_secret"))
        return resources.setup_intent(*capabilities.refresh([intent]))

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        params = method_choice.resolve_configuration(
            request.caller.tenant, method_choice.choose_method(params)
        )
        method = params.pop("payment_method", None)
        intent = setup_intents.update(
            tenant=request.caller.tenant,
            intent_id=intent_id,
            payment_method=method,
            changes=params,
            at=request.at,
        )
        return resources.setup_intent(intent)


class ConfirmView(ApiView):
    resource = "setup_intents"
    params = {"POST": p.ConfirmSetupIntentParams}
    publishable = frozenset({"POST"})
    tries_card = True

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        tenant = request.caller.tenant
        secrets.check_params(request.caller, params)
        secrets.infer_acceptance(request, params)
        secret = params.pop("client_secret", None)
        if request.caller.key_kind == "publishable":
            secrets.check(request.caller, queries.setup_intent(tenant, intent_id), secret)
        intent = setup_intents.confirm(
            tenant=tenant, intent_id=intent_id, at=request.at, **_columns(params)
        )
        return resources.setup_intent(intent)


class CancelView(ApiView):
    resource = "setup_intents"
    params = {"POST": p.CancelSetupIntentParams}

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        intent = setup_intents.cancel(
            tenant=request.caller.tenant, intent_id=intent_id, at=request.at, **params
        )
        return resources.setup_intent(intent)


class VerifyMicrodepositsView(ApiView):
    resource = "setup_intents"
    params = {"POST": p.VerifyMicrodepositsParams}
    publishable = frozenset({"POST"})

    def post(self, request: ApiRequest, params: Wire, intent_id: str) -> Wire:
        tenant = request.caller.tenant
        if request.caller.key_kind == "publishable":
            intent = queries.setup_intent(tenant, intent_id)
            secrets.check(request.caller, intent, params.get("client_secret"))
        intent = setup_intents.verify_microdeposits(tenant=tenant, intent_id=intent_id)
        return resources.setup_intent(intent)


class SetupAttemptsView(ApiView):
    resource = "setup_intents"
    params = {"GET": p.ListSetupAttemptsParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        tenant = request.caller.tenant
        intent = queries.setup_intent(tenant, params["setup_intent"], param="setup_intent")
        rows = queries.setup_attempts(tenant).filter(setup_intent=intent)
        rows = pagination.created_within(rows, params.get("created"))
        return pagination.list_page(
            rows, params, resources.setup_attempt, kind="setup_attempt", url=request.path
        )


class MandateView(ApiView):
    resource = "mandates"
    params = {"GET": NoParams}

    def get(self, request: ApiRequest, params: Wire, mandate_id: str) -> Wire:
        row = queries.mandates(request.caller.tenant).filter(id=mandate_id).first()
        if row is None:
            raise missing("mandate", mandate_id)
        return resources.mandate(row)


def _columns(params: Wire) -> Wire:
    columns = method_choice.choose_method(params)
    if given := columns.pop("mandate_data", None):
        columns["customer_acceptance"] = given["customer_acceptance"]
    return columns
