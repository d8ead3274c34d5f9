"""Why a payment was refused, in words for payers."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.models import CheckoutSession
from core.errors import CardError
from core.types import JsonObject
from payments import queries as payment_queries

# By the decline code of the wire, or its code where there is none. Why exactly a bank refuses is
# not for everybody's eyes: a stolen card is only declined.
_SENTENCES: Final[dict[str, Promise]] = {
    "authentication_required": _("Your bank could not confirm that it was you."),
    "card_declined": _("Your card was declined."),
    "expired_card": _("Your card has expired."),
    "incorrect_cvc": _("Your card's security code is incorrect."),
    "incorrect_number": _("Your card number is incorrect."),
    "insufficient_funds": _("Your card has insufficient funds."),
    "invalid_cvc": _("Your card's security code is incorrect."),
    "invalid_number": _("Your card number is incorrect."),
    "payment_intent_authentication_failure": _("Your bank could not confirm that it was you."),
    "payment_intent_payment_attempt_expired": _("The time to pay was up before you had paid."),
    "payment_intent_payment_attempt_failed": _("The payment was not made."),
    "processing_error": _("Your card could not be processed just now."),
    "setup_intent_authentication_failure": _("Your bank could not confirm that it was you."),
    "setup_intent_setup_attempt_expired": _("The time to agree was up before you had."),
}
_OTHERWISE: Final = _("The payment was not made.")


def of_error(error: Exception | None) -> str:
    """Return why an attempt failed; empty for what is no refusal."""
    if not isinstance(error, CardError):
        return ""
    return _sentence({"code": error.code, **error.extra})


def last_of(session: CheckoutSession) -> str:
    """Return why the last attempt of a session failed; empty if none did."""
    error: JsonObject | None = None
    if session.payment_intent_id:
        intent = payment_queries.payment_intent(session.tenant, session.payment_intent_id)
        error = intent.last_payment_error
    elif session.setup_intent_id:
        setup = payment_queries.setup_intent(session.tenant, session.setup_intent_id)
        error = setup.last_setup_error
    return _sentence(error) if error else ""


def _sentence(error: JsonObject) -> str:
    words = (_SENTENCES.get(str(error.get(name))) for name in ("decline_code", "code"))
    return str(next(filter(None, words), _OTHERWISE))
