"""The secrets that an endpoint's deliveries are signed with, and replacing them."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from accounts.audit import trail
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.tenant import Tenant
from webhooks import encryption, queries
from webhooks.models import Endpoint

# How long the old secret may still sign beside the new one.
OVERLAPS: Final = (timedelta(0), timedelta(hours=1), timedelta(hours=24))


def in_use(endpoint: Endpoint, *, at: datetime) -> list[str]:
    """Return the secrets to sign with, the newest first.

    Raises:
        cryptography.exceptions.InvalidTag: If one cannot be read.
    """
    sealed = [endpoint.secret]
    until = endpoint.previous_secret_until
    if endpoint.previous_secret is not None and until is not None and at < until:
        sealed.append(endpoint.previous_secret)
    return [encryption.decrypt(one, row=endpoint.id) for one in sealed]


def fingerprint(endpoint: Endpoint) -> str:
    """Return what tells an endpoint's secret from the next one, and nothing about it."""
    return hashlib.sha256(bytes(endpoint.secret)).hexdigest()


def roll(
    *, tenant: Tenant, endpoint_id: str, replacing: str, overlap: timedelta, at: datetime
) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret, beside which the old one may sign for a while.

    Args:
        tenant: Whose endpoint.
        endpoint_id: `we_...`.
        replacing: The fingerprint of the secret that is to be replaced.
        overlap: How long both sign: one of `OVERLAPS`.
        at: The moment.

    Returns:
        The row, and the new secret, which is shown only now.

    Raises:
        Missing: If the account has no such endpoint.
        InvalidRequest: If the secret was replaced meanwhile, or the overlap is none of those.
    """
    if overlap not in OVERLAPS:
        raise InvalidRequest("An old secret ends at once, or in 1 hour or 24 hours.")
    secret = encryption.new_secret()
    with atomic():
        row = lock_one(queries.endpoints(tenant), endpoint_id, kind="webhook_endpoint")
        if fingerprint(row) != replacing:
            raise InvalidRequest(
                "This secret was rolled already, and a secret is shown once. If nobody kept the "
                "new one, roll it again from here."
            )
        old = bytes(row.secret)
        row.previous_secret = old if overlap else None
        row.previous_secret_until = at + overlap if overlap else None
        row.secret = encryption.encrypt(secret, row=row.id)
        row.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
        trail.record(
            "endpoint.secret_rolled",
            row,
            changes={"secret": (old, row.secret), "old one signs until": (None, at + overlap)},
        )
    return row, secret
