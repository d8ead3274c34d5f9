"""What a form asks before it is shown: of its intent, or of one that is not made yet."""

from typing import Literal, TypedDict

from api.access.caller import Caller
from api.views import ApiRequest, ApiView
from checkout.browser import params as p
from checkout.browser.services import customers_methods
from checkout.hosted import card_frames
from core.errors import InvalidRequest
from core.types import JsonObject
from payments import method_types, queries, resources
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
    # Whether the payer may remove what is shown again.
    payment_method_remove: Literal["disabled", "enabled"]
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
            **customers_methods.of_customer(
                caller.tenant, params.get("customer_session_client_secret"), at=request.at
            ),
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
