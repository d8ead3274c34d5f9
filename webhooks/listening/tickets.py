"""What lets a command of a developer open a connection on which it is told what happens."""

import base64
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from django.core import signing

from accounts.models import ApiKey
from core.security import derived_keys
from core.tenant import Tenant
from core.types import JsonObject

WEBHOOKS: Final = "webhooks"
REQUEST_LOGS: Final = "request_logs"
FEATURES: Final = (WEBHOOKS, REQUEST_LOGS)
# A command that listens comes again with the same ticket after each cut.
VALID_FOR: Final = timedelta(days=30)
_SALT: Final = "webhooks.listening"
_PURPOSE: Final = "listeners' secrets"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may listen, and to what.

    Args:
        account_id: Whose events or requests.
        livemode: In which mode.
        key_id: The API key that asked; once it is revoked, nobody is let in.
        device: What the command calls the machine it runs on.
        feature: One of `FEATURES`.
        filters: Name → accepted values, of requests.
    """

    account_id: str
    livemode: bool
    key_id: str
    device: str
    feature: str
    filters: dict[str, list[str]]

    @property
    def tenant(self) -> Tenant:
        """Return whose it is."""
        return Tenant(self.account_id, self.livemode)


def write(ticket: Ticket) -> str:
    """Return a ticket as text that only this installation can have written."""
    return signing.dumps(asdict(ticket), salt=_SALT, compress=True)


def read(text: str) -> Ticket | None:
    """Read a ticket; None if it is none of ours, too old, or its key does not count any more."""
    try:
        found: JsonObject = signing.loads(text, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    ticket = Ticket(**found)
    counts = ApiKey.objects.filter(
        id=ticket.key_id, account_id__isnull=False, account__closed_at=None
    ).values_list("expires_at", flat=True)
    kept = list(counts)
    return ticket if kept and kept[0] is None else None


def secret(tenant: Tenant, device: str) -> str:
    """Return what a device's deliveries are signed with: always the same, `whsec_...`."""
    about = f"{tenant.account_id}/{tenant.livemode}/{device}".encode()
    key = bytes.fromhex(derived_keys.mac(_PURPOSE, about))
    return "whsec_" + base64.b64encode(key).decode().rstrip("=")
