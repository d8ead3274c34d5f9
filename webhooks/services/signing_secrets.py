"""The secrets that an endpoint's deliveries are signed with, and replacing them."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from accounts.audit import trail
from core import request_context
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.tenant import Tenant
from webhooks import encryption, queries
from webhooks.models import Endpoint

# How long the old secret may still sign beside the new one: what operators choose of, and at most.
OVERLAPS: Final = (timedelta(0), timedelta(hours=1), timedelta(hours=24))
_LONGEST_OVERLAP: Final = max(OVERLAPS)


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
    *,
    tenant: Tenant,
    endpoint_id: str,
    overlap: timedelta,
    at: datetime,
    replacing: str | None = None,
    made_by: str | None = None,
) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret, beside which the old one may sign for a while.

    Args:
        tenant: Whose endpoint.
        endpoint_id: `we_...`.
        overlap: How long both sign, a day at most.
        at: The moment.
        replacing: The fingerprint of the secret that is to be replaced; None for whichever it is.
        made_by: A platform, to roll only that of an endpoint which it made itself.

    Returns:
        The row, and the new secret, which is shown only now.

    Raises:
        Missing: If the account has no such endpoint.
        InvalidRequest: If the secret was replaced meanwhile, or the overlap is longer than a day.
    """
    if not timedelta(0) <= overlap <= _LONGEST_OVERLAP:
        raise InvalidRequest("An old secret ends at once, or within 24 hours.")
    secret, rolled_as = encryption.new_secret(), request_context.reserved_id("we")
    with atomic():
        rows = queries.endpoints(tenant, made_by=made_by)
        row = lock_one(rows, endpoint_id, kind="webhook_endpoint")
        if request_context.current().is_recovery and row.rolled_as == rolled_as:
            return row, encryption.decrypt(row.secret, row=row.id)
        if replacing is not None and fingerprint(row) != replacing:
            raise InvalidRequest(
                "This secret was rolled already, and a secret is shown once. If nobody kept the "
                "new one, roll it again from here."
            )
        old = bytes(row.secret)
        row.previous_secret = old if overlap else None
        row.previous_secret_until = at + overlap if overlap else None
        row.secret, row.rolled_as = encryption.encrypt(secret, row=row.id), rolled_as
        row.save(update_fields=["secret", "previous_secret", "previous_secret_until", "rolled_as"])
        trail.record(
            "endpoint.secret_rolled",
            row,
            changes={"secret": (old, row.secret), "old one signs until": (None, at + overlap)},
        )
    return row, secret
