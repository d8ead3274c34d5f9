"""Which types of payment methods sellers lack a capability for, as it stands now."""

from collections.abc import Iterable
from typing import TypeVar

from connect.onboarding.services import charge_eligibility
from payments.method_types import offers
from payments.models import PaymentIntent, SetupIntent
from payments.states import WAITING, SetupStatus

_Intent = TypeVar("_Intent", bound=PaymentIntent | SetupIntent)
_OPEN = frozenset({*WAITING, *(SetupStatus(status) for status in WAITING)})


def seller_of(intent: PaymentIntent | SetupIntent) -> str:
    """Return the account whose capabilities decide: whom the payer sees as paid."""
    return intent.on_behalf_of or intent.account_id


def lacking(account_id: str, *, livemode: bool) -> list[str] | None:
    """Name the types that an account cannot be paid with; None if it needs no capability."""
    active = charge_eligibility.capabilities([account_id], livemode=livemode).get(account_id)
    return None if active is None else offers.lacking(active)


def refresh(intents: Iterable[_Intent]) -> list[_Intent]:
    """Return intents of one mode, those that are open with what their sellers lack now.

    One query at most, and none where only accounts are paid that need no capability. Nothing is
    written.
    """
    found = list(intents)
    asked = [one for one in found if one.status in _OPEN and depends(one)]
    if asked:
        sellers = {seller_of(one) for one in asked}
        active = charge_eligibility.capabilities(sellers, livemode=asked[0].livemode)
        for one in asked:
            names = active.get(seller_of(one))
            one.lacking_types = None if names is None else offers.lacking(names)
    return found


def depends(intent: PaymentIntent | SetupIntent) -> bool:
    """Tell whether capabilities decide what an intent's payer is offered.

    Where only cards are, the charge itself is refused.
    """
    return set(intent.payment_method_types) != {"card"}
