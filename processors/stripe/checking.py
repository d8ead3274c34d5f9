"""Asking Stripe whether an account there can be used."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

import stripe
from django.utils.translation import gettext_noop

from processors.protocols.accounts import RailAccount
from processors.protocols.kinds import CheckLine
from processors.stripe.calls import ask
from processors.stripe.client import client

_MOST_SECONDS: Final = 60


@lru_cache(maxsize=64)
def own_id(account: RailAccount) -> str:
    """Return what Stripe calls an account, `acct_...`; it is asked once.

    Raises:
        ProcessorUnavailable: If no answer came, or the key is refused.
    """
    there = client(account)
    return ask(lambda: there.v1.accounts.retrieve_current()).id


def check(account: RailAccount) -> Iterator[CheckLine]:
    """Ask about the account's key, mode, clock and currency.

    Raises:
        ProcessorUnavailable: If no answer came, or the key is refused.
    """
    at = client(account)
    there = ask(lambda: at.v1.accounts.retrieve_current())
    name = (there.business_profile and there.business_profile.name) or there.id
    opened = gettext_noop("The key opens %(name)s.")
    named = {"name": f"{name} ({there.id})"}
    yield CheckLine("credentials", opened, is_good=True, values=named)
    # Only an account that may charge has a balance in this mode.
    balance = ask(lambda: at.v1.balance.retrieve())
    fits = balance.livemode == account.livemode
    yield CheckLine("mode", _MODES[balance.livemode, fits], is_good=fits)
    if there.charges_enabled is False:
        words = gettext_noop("Stripe does not let it charge yet: see its dashboard.")
        yield CheckLine("charges", words, is_good=False)
    yield _clock(there)
    currency = (there.default_currency or "").upper()
    words = gettext_noop("It is paid out in %(currency)s, and takes all others.")
    yield CheckLine("currencies", words, is_good=True, values={"currency": currency})


# Of a key: whether it is for live payments, and whether the account is too.
_MODES: Final = {
    (True, True): gettext_noop("The key is for live payments."),
    (False, True): gettext_noop("The key is for test payments."),
    (True, False): gettext_noop(
        "The key is for live payments: this account is not. Give a key of the other mode."
    ),
    (False, False): gettext_noop(
        "The key is for test payments: this account is not. Give a key of the other mode."
    ),
}


def _clock(there: stripe.Account) -> CheckLine:
    headers = there.last_response.headers if there.last_response else {}
    told = next((text for name, text in headers.items() if name.lower() == "date"), "")
    if not told:
        return CheckLine("clock", gettext_noop("It does not say what time it is."), is_good=None)
    seconds = abs((datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds())
    if seconds > _MOST_SECONDS:
        words = gettext_noop(
            "The clocks are %(seconds)s seconds apart: set this machine's, or signed notices are "
            "refused."
        )
        return CheckLine("clock", words, is_good=False, values={"seconds": f"{seconds:.0f}"})
    return CheckLine("clock", gettext_noop("Both clocks are right."), is_good=True)
