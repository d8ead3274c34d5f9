"""Asking Stripe whether an account there can be used."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

import stripe

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
    yield CheckLine("credentials", f"The key opens {name} ({there.id}).", is_good=True)
    # Only an account that may charge has a balance in this mode.
    balance = ask(lambda: at.v1.balance.retrieve())
    mode = "live" if balance.livemode else "test"
    fits = balance.livemode == account.livemode
    yield CheckLine(
        "mode", f"The key is for {mode} payments{'' if fits else _WRONG_MODE}.", is_good=fits
    )
    if there.charges_enabled is False:
        yield CheckLine(
            "charges", "Stripe does not let it charge yet: see its dashboard.", is_good=False
        )
    yield _clock(there)
    currency = (there.default_currency or "").upper()
    yield CheckLine(
        "currencies", f"It is paid out in {currency}, and takes all others.", is_good=True
    )


_WRONG_MODE: Final = ": this account is not. Give a key of the other mode"


def _clock(there: stripe.Account) -> CheckLine:
    headers = there.last_response.headers if there.last_response else {}
    told = next((text for name, text in headers.items() if name.lower() == "date"), "")
    if not told:
        return CheckLine("clock", "It does not say what time it is.", is_good=None)
    seconds = abs((datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds())
    if seconds > _MOST_SECONDS:
        words = f"The clocks are {seconds:.0f} seconds apart: set this machine's, or signed "
        return CheckLine("clock", f"{words}notices are refused.", is_good=False)
    return CheckLine("clock", "Both clocks are right.", is_good=True)
