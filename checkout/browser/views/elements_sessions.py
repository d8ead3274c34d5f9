"""What a form asks before it is shown: of its intent, or of one that is not made yet."""

from typing import Literal, TypedDict

from api.access.caller import Caller
from api.views import ApiRequest, ApiView
from checkout.browser import params as p
from checkout.hosted import card_frames
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject
from payments import method_types, queries, resources
from payments.customers.services import customer_sessions
from payments.methods import capabilities
from payments.methods.services import payment_method_configurations
from payments.methods.services.instruments import payment_facts
from payments.methods.views import secrets
from processors import registry
from processors.routing.facts import PaymentFacts

Wire = JsonObject


class ElementsSession(TypedDict):
    """How an intent could be paid, or what it could keep."""

    object: Literal["elements_session"]
    # The `processor` whose own card fields are shown, and the `address` of their frame; None if
    # Rialto's are, or none can be.
    card_fields: JsonObject | None
    livemode: bool
    # Whether the payer is asked to save what is paid with, and for what.
    payment_method_save: Literal["disabled", "enabled"]
    payment_method_save_usage: Literal["off_session", "on_session"] | None
    payment_method_types: list[str]
    # The wire's payment methods, of whoever the customer session is for.
    saved_payment_methods: list[JsonObject]


class ElementsSessionsView(ApiView):
    resource = "payment_method_configurations"
    params = {"GET": p.ElementsSessionParams}
    publishable = frozenset({"GET"})
    answers = {"GET": ElementsSession}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        caller = request.caller
        if secret := params.get("client_secret"):
            types, facts = _of_intent(request, secret)
        else:
            types, facts = _of_unmade(caller, params)
        tenants = [one for one in (caller.tenant, caller.platform) if one]
        fields = None
        if "card" in types:
            fields = card_frames.of_form(facts, tenants, at=request.at)
        return {
            "object": "elements_session",
            "card_fields": fields,
            "livemode": caller.tenant.livemode,
            "payment_method_types": types,
            **_customer_of(request, params.get("customer_session_client_secret")),
        }


def _of_intent(request: ApiRequest, secret: str) -> tuple[list[str], PaymentFacts]:
    """Return how an intent can be paid, and what the account of a new card is chosen by.

    Raises:
        Missing: If the merchant has no such intent, or the secret is another's.
    """
    tenant, (id, _, _) = request.caller.tenant, secret.partition("_secret_")
    if id.startswith("seti_"):
        setup = queries.setup_intent(tenant, id)
        secrets.check(request.caller, setup, secret)
        shown = resources.setup_intent(setup)
        return shown["payment_method_types"], payment_facts.facts_of_new_card(setup)
    intent = queries.payment_intent(tenant, id)
    secrets.check(request.caller, intent, secret)
    shown = resources.payment_intent(*capabilities.refresh([intent]))
    return shown["payment_method_types"], payment_facts.facts_of_new_card(intent)


def _of_unmade(caller: Caller, params: Wire) -> tuple[list[str], PaymentFacts]:
    """Return the same for an intent that is made once the payer has typed.

    Raises:
        InvalidRequest: If a payment has no currency, or there is no such configuration.
    """
    tenant, configured = caller.tenant, None
    if named := params.get("payment_method_configuration"):
        configured = payment_method_configurations.resolve(tenant, named)
    carried = registry.methods(livemode=tenant.livemode)
    lacking = capabilities.lacking(tenant.account_id, livemode=tenant.livemode) or ()
    is_direct = caller.platform is not None
    if params["mode"] == "setup":
        types = method_types.to_keep([], None, configured, carried, lacking)
        return types, card_frames.facts_of_unmade(tenant, is_verified=True)
    if "currency" not in params:
        raise InvalidRequest(
            "Missing required param: currency. A payment's form needs it.",
            code="parameter_missing",
            param="currency",
        )
    is_manual = params.get("capture_method") == "manual"
    types = method_types.available(
        [],
        configured=configured,
        carried=carried,
        lacking=lacking,
        currency=params["currency"],
        is_manual=is_manual,
        is_kept="setup_future_usage" in params,
    )
    facts = card_frames.facts_of_unmade(
        tenant,
        currency=params["currency"],
        amount=params.get("amount", 0),
        is_captured=not is_manual,
        is_direct=is_direct,
    )
    return types, facts


def _customer_of(request: ApiRequest, secret: str | None) -> JsonObject:
    """Return what a form may do with the methods of the customer that a session is for.

    Raises:
        InvalidRequest: If the customer session has ended, or is another merchant's.
    """
    nothing: JsonObject = {
        "payment_method_save": "disabled",
        "payment_method_save_usage": None,
        "saved_payment_methods": [],
    }
    if secret is None:
        return nothing
    tenant = request.caller.tenant
    session = customer_sessions.find(tenant=tenant, secret=secret, at=request.at)
    if session is None:
        raise InvalidRequest(
            "This customer session has ended, or is none of yours. Make a new one.",
            code="resource_missing",
            param="customer_session_client_secret",
        )
    shown = resources.customer_session(session, secret)["components"]["payment_element"]
    if not shown["enabled"]:
        return nothing
    features = shown["features"]
    saving = {name: features[name] for name in ("payment_method_save", "payment_method_save_usage")}
    return saving | {"saved_payment_methods": _saved(tenant, session.customer_id, features)}


def _saved(tenant: Tenant, customer_id: str, features: JsonObject) -> list[JsonObject]:
    """Return the methods that a customer may be shown again."""
    if features["payment_method_redisplay"] != "enabled":
        return []
    rows = queries.payment_methods(tenant).filter(
        customer_id=customer_id,
        allow_redisplay__in=features["payment_method_allow_redisplay_filters"],
    )
    newest = rows.order_by("-created_at", "-id")[: features["payment_method_redisplay_limit"]]
    return [resources.payment_method(row) for row in newest]
