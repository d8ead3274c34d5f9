"""The way to Stripe, or to whatever speaks its protocol."""

from functools import lru_cache

import stripe
from django.conf import settings

from processors.protocols.base import ProcessorUnavailable

# Longer than Stripe ever takes, and shorter than a worker's time.
_TIMEOUT_SECONDS = (5.0, 25.0)


def client() -> stripe.StripeClient:
    """Return the client for the address and the key of the settings.

    Raises:
        ProcessorUnavailable: If there is no key.
    """
    if not settings.STRIPE_SECRET_KEY:
        raise ProcessorUnavailable("RIALTO_STRIPE_SECRET_KEY is not set.")
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        # Whoever asks again is the repair task, which writes down that it does.
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
    )
