"""The way to Stripe, or to whatever speaks its protocol."""

from functools import lru_cache

import stripe

from processors.protocols.accounts import RailAccount
from processors.protocols.base import AccessRefused
from processors.stripe.about import SECRET_KEY

# Longer than Stripe ever takes, and shorter than a worker's time.
_TIMEOUT_SECONDS = (5.0, 25.0)


def client(account: RailAccount) -> stripe.StripeClient:
    """Return the client for an account's address and key.

    Raises:
        AccessRefused: If there is no key, or one of the other mode.
    """
    key = account.credentials.get(SECRET_KEY)
    if not key:
        raise AccessRefused(f"The account {account.name} has no {SECRET_KEY}.")
    if is_for_other_mode(key, livemode=account.livemode):
        mode = "live" if account.livemode else "test"
        raise AccessRefused(
            f"The account {account.name} is for {mode} payments, and its {SECRET_KEY} is not."
        )
    return _client(key, account.base_url)


def is_for_other_mode(key: str, *, livemode: bool) -> bool:
    """Tell whether a key says of itself that it is for the other mode."""
    return f"_{'test' if livemode else 'live'}_" in key[:9]


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base, "files": base} if base else {},
        # Whoever asks again is the repair task, which writes down that it does.
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
    )
