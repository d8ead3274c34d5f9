"""What is charged at Stripe: a token from a browser, what is kept there, a test card or account."""

from typing import Final

import stripe

from core.types import JsonObject
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from processors.protocols.instruments import ChargedAccount, ChargedCard, Permission
from processors.stripe import mapping
from processors.stripe.calls import once

# In the metadata of a customer there: our customer's id, or the charge's of a payer without one.
OUR_PAYER: Final = "rialto_payer"
_METHOD, _TOKEN = "pm_", "tok_"
# Source: Stripe's page on testing SEPA direct debits. By the names that Rialto's tokens have.
TEST_IBANS: Final = {
    "success_de": "DE89370400440532013000",
    "successDelayed_de": "DE08370400440532013003",
    "failed_de": "DE62370400440532013001",
    "failedDelayed_de": "DE78370400440532013004",
    "exceedsWeeklyVolumeLimit_de": "DE65370400440000343434",
    "insufficientFunds_de": "DE65370400440002222227",
    "success_at": "AT611904300234573201",
    "success_nl": "NL39RABO0300065264",
    "success_be": "BE62510007547061",
}
# Tokens name networks as people write them: by the first word.
_BRANDS: Final = {"american": "amex"}


class NotAtStripe(Exception):
    """An instrument that is nothing there."""


def used(
    account: RailAccount,
    instrument: str,
    method: str = "card",
    permission: Permission | None = None,
) -> JsonObject:
    """Return the parameters that name an instrument in a payment or a setup.

    Args:
        account: Whose it is.
        instrument: `pm_...` or `tok_...` of the browser's; `cus_.../pm_...` of one that is kept;
            in test mode the name of a published test card or account.
        method: The type of the payment method.
        permission: Whose bank account is debited, and how that was agreed.

    Raises:
        NotAtStripe: If it is none of these.
    """
    customer, _, name = instrument.rpartition("/")
    held = {"customer": customer} if customer else {}
    if name.startswith(_METHOD):
        return {"payment_method": name} | held
    if name.startswith(_TOKEN) and method == "card":
        return {"payment_method_data": {"type": "card", "card": {"token": name}}} | held
    if account.livemode:
        raise NotAtStripe(f"{instrument} is no {method} at Stripe.")
    if method == "sepa_debit":
        return {"payment_method_data": _test_iban(name, permission)}
    return {"payment_method": f"pm_card_{name}" if method == "card" else f"pm_{name}"} | held


def _test_iban(name: str, permission: Permission | None) -> JsonObject:
    """Stripe has no tokens of these accounts: a test IBAN is named by its number."""
    iban = TEST_IBANS.get(name)
    if iban is None:
        raise NotAtStripe(f"Stripe has no test account {name}.")
    billing = {"name": permission.name, "email": permission.email} if permission else {}
    return {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": billing}


def agreed(permission: Permission | None) -> JsonObject:
    """Return the parameters that tell how a payer agreed to be debited; none if nobody asked."""
    if permission is None:
        return {}
    told: JsonObject = {"type": "offline", "offline": {}}
    if permission.ip_address:
        where = {"ip_address": permission.ip_address, "user_agent": permission.user_agent}
        told = {"type": "online", "online": where}
    return {"mandate_data": {"customer_acceptance": told}}


def customer(there: stripe.StripeClient, payer: str) -> str:
    """Return the customer there who keeps a payer's cards; it is made once.

    A search may not find one that was made a moment ago: then the key does.
    """
    query = f"metadata['{OUR_PAYER}']:'{payer}'"
    for row in there.v1.customers.search({"query": query}).data:
        if row.metadata and row.metadata.to_dict().get(OUR_PAYER) == payer:
            return row.id
    wish = {"metadata": {OUR_PAYER: payer}}
    return there.v1.customers.create(wish, once(f"{OUR_PAYER}_{payer}")).id  # type: ignore[arg-type]


def describe(there: stripe.StripeClient, instrument: str) -> ChargedCard | ChargedAccount | None:
    """Return what there is to show of a token; None if there is no such card or account."""
    name = instrument.rpartition("/")[2]
    try:
        if name.startswith(_TOKEN):
            card = there.v1.tokens.retrieve(name).card
            return _of_token(card) if card else None
        if not name.startswith(_METHOD):
            return None
        shown = there.v1.payment_methods.retrieve(name)
    except stripe.InvalidRequestError:
        return None
    if shown.type == "card" and shown.card:
        return mapping.card_of(shown.card)
    return mapping.account_of(shown)


def _of_token(card: stripe.Card) -> ChargedCard:
    first = card.brand.partition(" ")[0].lower()
    return ChargedCard(
        brand=_BRANDS.get(first, first),
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        funding=card.funding,
        country=card.country,
        fingerprint=card.fingerprint or "",
    )


def refused(error: NotAtStripe) -> Outcome:
    """Return the outcome of a request about an instrument that is nothing there."""
    why = Decline("processing_error", mapping.SORRY, for_operator=str(error))
    return Outcome(OutcomeStatus.ERRORED, "", 0, "xxx", decline=why)
