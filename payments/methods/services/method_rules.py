"""Which payment methods an intent takes."""

from connect.onboarding.services import charge_eligibility
from core import currencies
from core.errors import InvalidRequest
from core.money import Money
from payments import method_types
from payments.method_types import offers
from payments.method_types.base import Method
from payments.methods.services import payment_methods
from payments.models import PaymentIntent, PaymentMethod, SetupIntent
from payments.resources.payment_intents import choice_of, may_redirect, needs_of


def available_types(intent: PaymentIntent) -> list[str]:
    """Name the types with which an intent can be paid."""
    return offers.available(choice_of(intent), needs_of(intent))


def check(intent: PaymentIntent, method: PaymentMethod) -> None:
    """Refuse a payment method that cannot pay an intent.

    Raises:
        InvalidRequest: If the merchant did not want its type, if it does not know the currency,
            takes no amount as large, or cannot be captured later.
    """
    payment_methods.check_usable(method)
    rules = method_types.of(method.type)
    if rules.currencies is not None and intent.currency not in rules.currencies:
        raise InvalidRequest(
            f"The currency provided ({intent.currency}) is invalid for {method.type}, which can "
            f"take {', '.join(sorted(rules.currencies))}.",
            code="payment_intent_invalid_currency",
            param="currency",
        )
    if intent.capture_method == "manual" and not rules.captures_later:
        raise InvalidRequest(
            f"A {method.type} cannot be captured later: use capture_method=automatic.",
            code="payment_intent_invalid_parameter",
            param="capture_method",
        )
    if intent.setup_future_usage and not rules.is_lasting:
        raise InvalidRequest(
            f"A {method.type} cannot be charged again: leave setup_future_usage away.",
            code="payment_intent_invalid_parameter",
            param="setup_future_usage",
        )
    most = currencies.maximum_charge(
        intent.currency, is_card=method.type == "card", brand=method.brand
    )
    most = min(most, rules.most.get(intent.currency, most))
    if intent.amount > most:
        raise too_large(most, intent.currency)
    _check_least(intent, rules)
    _check_capability(intent, rules)
    _check_type(method, available_types(intent), "PaymentIntent")
    _check_options(intent)


def too_large(most: int, currency: str) -> InvalidRequest:
    """Build the error for an amount above the most that may be charged."""
    return InvalidRequest(
        f"Amount must be no more than {Money(most, currency)}.",
        code="amount_too_large",
        param="amount",
    )


def check_setup(intent: SetupIntent, method: PaymentMethod) -> None:
    """Refuse a payment method that a setup intent cannot save.

    Raises:
        InvalidRequest: If the merchant did not want its type, or if it needs a permission of the
            payer that was not given.
    """
    payment_methods.check_usable(method)
    payment_methods.check_reusable(method, param="payment_method")
    _check_capability(intent, method_types.of(method.type))
    allowed = offers.to_keep(choice_of(intent), redirects=may_redirect(intent))
    _check_type(method, allowed, "SetupIntent")
    _check_options(intent)
    rules = method_types.of(method.type)
    if (rules.needs_mandate or rules.keeps_as) and intent.customer_acceptance is None:
        raise InvalidRequest(
            f"A {method.type} needs a mandate. Provide how the customer accepted it in the "
            "mandate_data parameter.",
            code="setup_intent_mandate_invalid",
            param="mandate_data",
        )


def _check_least(intent: PaymentIntent, rules: Method) -> None:
    least = rules.least.get(intent.currency, 0)
    if intent.amount < least:
        raise InvalidRequest(
            f"Amount must be at least {Money(least, intent.currency)} for {rules.type}.",
            code="amount_too_small",
            param="amount",
        )


def _check_capability(intent: PaymentIntent | SetupIntent, rules: Method) -> None:
    if rules.type in (intent.lacking_types or ()):
        if not intent.on_behalf_of:
            charge_eligibility.explain_lacking(intent.account_id)
        raise InvalidRequest(
            f"A {rules.type} cannot pay this: the account that is paid has no active capability "
            f"{rules.capabilities[0]}. Request it with an update of the account, and make a new "
            "intent then, or pay in another way.",
            code="payment_intent_invalid_parameter",
            param="payment_method",
        )


def _check_type(method: PaymentMethod, allowed: list[str], kind: str) -> None:
    if method.type not in allowed:
        raise InvalidRequest(
            f"The PaymentMethod provided ({method.type}) is not allowed for this {kind}. Provide "
            f"one of the following types: {', '.join(allowed)}.",
            code="payment_intent_invalid_parameter" if kind == "PaymentIntent" else None,
            param="payment_method",
        )


def _check_options(intent: PaymentIntent | SetupIntent) -> None:
    options = (intent.payment_method_options or {}).get("us_bank_account") or {}
    if options.get("verification_method") in ("instant", "microdeposits"):
        raise InvalidRequest(
            "Rialto does not verify bank accounts: whoever takes the mandate answers for it. Leave "
            "verification_method away.",
            param="payment_method_options[us_bank_account][verification_method]",
        )
