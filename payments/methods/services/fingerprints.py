"""Fingerprints: equal for the same card or account, and telling nothing of its number."""

import hashlib
import hmac

from django.conf import settings

from core.tenant import Tenant


def of(tenant: Tenant, instrument: str) -> str:
    """Return a card's fingerprint: the same one for the same card within an account."""
    digest = hmac.new(
        settings.RIALTO_KEY_PEPPER.encode(),
        f"card {tenant.account_id} {instrument}".encode(),
        hashlib.sha256,
    )
    return digest.hexdigest()[:16]
