"""Instalments of cards: which plans an intent offers, and which one its payer has chosen."""

from core.errors import InvalidRequest
from core.types import Fields, JsonObject
from payments.method_types import installments
from payments.models import PaymentIntent, PaymentMethod
from processors import registry

_PARAM = "payment_method_options[card][installments]"


def offer(intent: PaymentIntent, method: PaymentMethod) -> bool:
    """Write into an intent by which plans its card can be paid; True if it lets payers do so."""
    given = _given(intent)
    if not given:
        return False
    plans: list[JsonObject] = []
    if installments.is_enabled(given) and method.type == "card":
        plans = installments.available(
            country=method.country,
            funding=method.funding,
            currency=intent.currency,
            amount=intent.amount,
        )
    options = dict(intent.payment_method_options)
    kept = {**given, "available_plans": plans}
    intent.payment_method_options = {**options, "card": {**options["card"], "installments": kept}}
    return True


def check(intent: PaymentIntent, method: PaymentMethod) -> None:
    """Refuse a plan that the payer's card does not have.

    Raises:
        InvalidRequest: If so, if plans are not enabled, or the payment is captured later.
    """
    plan = _plan_of(intent)
    if plan is None or method.type != "card":
        return
    if not installments.is_enabled(_given(intent)):
        raise InvalidRequest(
            "A plan needs instalments: also pass enabled=true.", param=f"{_PARAM}[enabled]"
        )
    plans = _given(intent).get("available_plans") or []
    if plan not in plans:
        counts = ", ".join(str(one["count"] or one["type"]) for one in plans)
        raise InvalidRequest(
            "This card cannot be paid by that plan. "
            + (f"It has these: {counts}." if plans else "It has none for this payment."),
            code="payment_intent_invalid_parameter",
            param=f"{_PARAM}[plan]",
        )
    if intent.capture_method == "manual":
        raise InvalidRequest(
            "What is paid in parts cannot be captured later: use capture_method=automatic.",
            code="payment_intent_invalid_parameter",
            param="capture_method",
        )


def kept(intent: PaymentIntent, method: PaymentMethod, processor: str) -> JsonObject:
    """Return what a new charge keeps of the plan.

    Raises:
        NoRail: If its account tells banks of no plan.
    """
    plan = _plan_of(intent)
    if plan is None or method.type != "card":
        return {}
    if not registry.get(processor).capabilities.installments:
        raise registry.NoRail(
            f"{processor} takes no instalments: leave payment_method_options[card][installments] "
            "out."
        )
    return {"installments": {"plan": plan}}


def count_of(charged: Fields) -> int | None:
    """Return the number of parts of what a charge keeps; None if it is paid at once."""
    count: int | None = ((charged.get("installments") or {}).get("plan") or {}).get("count")
    return count


def _given(intent: PaymentIntent) -> Fields:
    card = (intent.payment_method_options or {}).get("card")
    given = card.get("installments") if isinstance(card, dict) else None
    return given if isinstance(given, dict) else {}


def _plan_of(intent: PaymentIntent) -> JsonObject | None:
    plan = _given(intent).get("plan")
    return installments.read_plan(plan) if isinstance(plan, dict) and plan else None
