"""What Stripe says, in our words."""

from dataclasses import replace
from typing import Final

import stripe

from processors.protocols.base import (
    AccessRefused,
    Action,
    Outcome,
    OutcomeStatus,
    ProcessorUnavailable,
    Throttled,
)
from processors.protocols.declines import Decline
from processors.protocols.instruments import ChargedAccount, ChargedCard

# In the metadata of what we make there: by this we know it again.
OUR_KEY = "rialto_key"
# What a payment is read with: the charge of its last try, and what Stripe took for it.
EXPANDED: Final = ("latest_charge.balance_transaction",)
# And what a setup is read with: the card.
EXPANDED_SETUP: Final = ("payment_method",)
_WITH_CHARGE: Final = frozenset({OutcomeStatus.SUCCEEDED, OutcomeStatus.PENDING})
# What the wire shows of bank accounts, by their types; the last digits and the country besides.
_OF_ACCOUNTS: Final = {
    "sepa_debit": ("bank_code", "branch_code"),
    "us_bank_account": ("account_holder_type", "account_type", "bank_name", "routing_number"),
}
ENDED: Final = frozenset({"succeeded", "canceled", "requires_capture"})
# Nobody has paid, and somebody still may.
OPEN: Final = frozenset({"requires_payment_method", "requires_confirmation"})
SORRY: Final = "An error occurred while processing your card. Try again in a little bit."
_RISKS: Final = frozenset({"normal", "elevated", "highest"})
_GENERIC = "Your card was declined."
# What is left of a statement's 22 characters beside the longest prefix and `* `.
_MOST_SUFFIX = 10


def suffix(statement: str) -> str | None:
    """Return what a card's statement says after the prefix that is set there; None for nothing.

    Words are left out rather than cut, and what Stripe would refuse is not sent.
    """
    words = "".join(sign for sign in statement if sign not in "<>\\'\"*").split()
    text = (words or [""])[0][:_MOST_SUFFIX]
    for word in words[1:]:
        if len(f"{text} {word}") > _MOST_SUFFIX:
            break
        text = f"{text} {word}"
    is_printable = text.isascii() and text.isprintable() and any(sign.isalpha() for sign in text)
    return text if is_printable else None


def payment(intent: stripe.PaymentIntent) -> Outcome:
    """Map a PaymentIntent to the outcome of a charge."""
    status, amount = OutcomeStatus.UNKNOWN, 0
    match intent.status:
        case "succeeded":
            status, amount = OutcomeStatus.SUCCEEDED, intent.amount_received
        case "requires_capture":
            status, amount = OutcomeStatus.SUCCEEDED, intent.amount_capturable
        case "processing":
            status = OutcomeStatus.PENDING
        case "requires_action":
            status = OutcomeStatus.ACTION_REQUIRED
        case "requires_payment_method" | "requires_confirmation" | "canceled":
            return _decline(intent.id, intent.currency, intent.last_payment_error)
    outcome = Outcome(status, intent.id, amount, intent.currency, instrument=kept(intent))
    charge = intent.latest_charge
    return with_charge(outcome, charge) if charge and status in _WITH_CHARGE else outcome


def with_charge(outcome: Outcome, charge: str | stripe.Charge) -> Outcome:
    """Add what the charge of a payment's last try says: its fee, its network's id, its risk."""
    details = {"stripe_charge": id_of(charge)}
    if isinstance(charge, str):
        return replace(outcome, details=details)
    shown = charge.payment_method_details
    card = shown.card if shown and shown.type == "card" else None
    if card and card.authorization_code:
        details["authorization_code"] = card.authorization_code
    risk = charge.outcome.risk_level if charge.outcome else None
    return replace(
        outcome,
        details=details,
        fee=_fee(charge),
        network_transaction_id=card.network_transaction_id if card else None,
        card=card_of(card) if card else None,
        account=account_of(shown) if shown else None,
        risk=risk if risk in _RISKS else "normal",
    )


def _fee(charge: stripe.Charge) -> int | None:
    """Return what Stripe took; None if it does not say so yet, or says so in another currency."""
    row = charge.balance_transaction
    if row is None or isinstance(row, str) or row.currency != charge.currency:
        return None
    return row.fee


def card_of(
    card: stripe.PaymentMethod.Card | stripe.Charge.PaymentMethodDetails.Card,
) -> ChargedCard:
    """Map what Stripe says of a card."""
    return ChargedCard(
        brand=card.brand or "unknown",
        last4=card.last4 or "",
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        funding=card.funding or "unknown",
        country=card.country,
        fingerprint=card.fingerprint or "",
    )


def account_of(
    shown: stripe.PaymentMethod | stripe.Charge.PaymentMethodDetails,
) -> ChargedAccount | None:
    """Map what Stripe says of a bank account; None if it is none."""
    account = getattr(shown, shown.type, None) if shown.type in _OF_ACCOUNTS else None
    if account is None:
        return None
    names = _OF_ACCOUNTS[shown.type]
    country = "US" if shown.type == "us_bank_account" else getattr(account, "country", None)
    return ChargedAccount(
        last4=account.last4 or "",
        country=country,
        details={name: getattr(account, name, None) for name in names},
        fingerprint=account.fingerprint or "",
    )


def kept(intent: stripe.PaymentIntent | stripe.SetupIntent) -> str | None:
    """Return the name under which a payment's card can be charged again; None if it cannot."""
    if not (intent.customer and intent.payment_method):
        return None
    is_kept = isinstance(intent, stripe.SetupIntent) or intent.setup_future_usage
    return f"{id_of(intent.customer)}/{id_of(intent.payment_method)}" if is_kept else None


def id_of(named: object) -> str:
    """Return the id of what is named by it, or shown whole."""
    return named if isinstance(named, str) else str(getattr(named, "id", ""))


def capture(intent: stripe.PaymentIntent) -> Outcome | None:
    """Map a PaymentIntent to the outcome of a capture; None if it never arrived."""
    if intent.status == "requires_capture":
        return None
    if intent.status == "succeeded":
        outcome = Outcome(
            OutcomeStatus.SUCCEEDED, intent.id, intent.amount_received, intent.currency
        )
        charge = intent.latest_charge
        return with_charge(outcome, charge) if charge else outcome
    return _decline(intent.id, intent.currency, None)


def void(intent: stripe.PaymentIntent) -> Outcome | None:
    """Map a PaymentIntent to the outcome of a void; None if it never arrived."""
    if intent.status == "requires_capture":
        return None
    if intent.status == "canceled":
        return Outcome(OutcomeStatus.SUCCEEDED, intent.id, 0, intent.currency)
    return _decline(intent.id, intent.currency, None)


def refund(row: stripe.Refund) -> Outcome:
    """Map a refund to its outcome; a notice tells if it fails later."""
    status = {
        "succeeded": OutcomeStatus.SUCCEEDED,
        "pending": OutcomeStatus.PENDING,
        "requires_action": OutcomeStatus.ACTION_REQUIRED,
        "failed": OutcomeStatus.DECLINED,
        "canceled": OutcomeStatus.DECLINED,
    }.get(row.status or "", OutcomeStatus.UNKNOWN)
    why = None
    if status is OutcomeStatus.DECLINED:
        code = "canceled" if row.status == "canceled" else (row.failure_reason or "unknown")
        why = Decline(code, "The refund did not reach the payer.")
    return Outcome(status, row.id, row.amount, row.currency, decline=why)


def setup(intent: stripe.SetupIntent) -> Outcome:
    """Map a SetupIntent to the outcome of a verification."""
    if intent.status == "succeeded":
        outcome = Outcome(OutcomeStatus.SUCCEEDED, intent.id, 0, "xxx", instrument=kept(intent))
        method = intent.payment_method
        if not isinstance(method, stripe.PaymentMethod):
            return outcome
        card = card_of(method.card) if method.type == "card" and method.card else None
        return replace(outcome, card=card, account=account_of(method))
    if intent.status == "processing":
        return Outcome(OutcomeStatus.PENDING, intent.id, 0, "xxx")
    if intent.status == "requires_action":
        return Outcome(OutcomeStatus.ACTION_REQUIRED, intent.id, 0, "xxx")
    return _decline(intent.id, "xxx", intent.last_setup_error)


def failure(error: stripe.StripeError, action: Action) -> Outcome:
    """Map an error to a declined outcome, or to an unknown one.

    Raises:
        ProcessorUnavailable: If it is not certain that nothing was done. A wrong key is one of
            these: the request may have been carried out before the key was changed.
    """
    if isinstance(error, stripe.CardError):
        details = error.error
        created = getattr(details, "payment_intent", None) or getattr(details, "setup_intent", None)
        return _decline(created.id if created else "", currency_of(created), details)
    if isinstance(error, stripe.InvalidRequestError):
        message = f"{action.value}: {error.user_message or error}"[:500]
        why = Decline("processing_error", SORRY, for_operator=message)
        return Outcome(OutcomeStatus.ERRORED, "", 0, "xxx", decline=why)
    raise unavailable(error)


def unavailable(error: stripe.StripeError) -> ProcessorUnavailable:
    """Return why there is no answer, with a line for an operator."""
    why = f"{type(error).__name__}: {error.user_message or error}"[:500]
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return AccessRefused(why)
    return Throttled(why) if isinstance(error, stripe.RateLimitError) else ProcessorUnavailable(why)


def currency_of(created: object) -> str:
    """Return the currency of what was made in spite of a decline, if there is one."""
    return getattr(created, "currency", None) or "xxx"


def _decline(reference: str, currency: str, error: object) -> Outcome:
    why = Decline(
        getattr(error, "code", None) or "card_declined",
        getattr(error, "message", None) or _GENERIC,
        getattr(error, "decline_code", None),
        getattr(error, "advice_code", None),
        getattr(error, "network_decline_code", None),
    )
    return Outcome(OutcomeStatus.DECLINED, reference, 0, currency, decline=why)
