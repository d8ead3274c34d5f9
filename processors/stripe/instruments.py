"""What is charged at Stripe: a token from a browser, a card that is kept there, a test card."""

from typing import Final

import stripe

from core.types import JsonObject
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from processors.protocols.instruments import ChargedCard
from processors.stripe import mapping
from processors.stripe.calls import once

# In the metadata of a customer there: our customer's id, or the charge's of a payer without one.
OUR_PAYER: Final = "rialto_payer"
_METHOD, _TOKEN = "pm_", "tok_"
# Tokens name networks as people write them: by the first word.
_BRANDS: Final = {"american": "amex"}


class NotAtStripe(Exception):
    """An instrument that is nothing there."""


def used(account: RailAccount, instrument: str) -> JsonObject:
    """Return the parameters that name an instrument in a payment or a setup.

    Args:
        account: Whose it is.
        instrument: `pm_...` or `tok_...` of the browser's; `cus_.../pm_...` of one that is kept;
            in test mode the name of a published test card.

    Raises:
        NotAtStripe: If it is none of these.
    """
    customer, _, name = instrument.rpartition("/")
    held = {"customer": customer} if customer else {}
    if name.startswith(_METHOD):
        return {"payment_method": name} | held
    if name.startswith(_TOKEN):
        return {"payment_method_data": {"type": "card", "card": {"token": name}}} | held
    if account.livemode:
        raise NotAtStripe(f"{instrument} is no card at Stripe.")
    return {"payment_method": f"pm_card_{name}"} | held


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


def describe(there: stripe.StripeClient, instrument: str) -> ChargedCard | None:
    """Return what there is to show of a token's card; None if there is no such card."""
    name = instrument.rpartition("/")[2]
    try:
        if name.startswith(_TOKEN):
            card = there.v1.tokens.retrieve(name).card
            return _of_token(card) if card else None
        shown = there.v1.payment_methods.retrieve(name).card if name.startswith(_METHOD) else None
    except stripe.InvalidRequestError:
        return None
    return mapping.card_of(shown) if shown else None


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
