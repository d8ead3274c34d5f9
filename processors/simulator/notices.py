"""What the simulated processor tells us late, signed as a processor far away would sign it."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from core.ids import new_id
from processors import signing
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.notices import Fact, FactKind

HEADER = "Simulator-Signature"
# The account that every installation has.
_FIRST = "simulator"


def make(
    kind: str, key: str, *, at: datetime, account: str = _FIRST, **more: object
) -> tuple[bytes, dict[str, str]]:
    """Make a notice about a request, or about a refund that was made at the processor.

    Args:
        kind: A word of `FactKind`.
        key: The request's; for an outside refund the charge's.
        at: When it is sent.
        account: Of ours there, whose notice it is.
        more: Of an outside refund: `reference`, `amount` and `currency`.

    Returns:
        The body, and the headers that go with it.
    """
    payload = {"id": new_id("simno"), "kind": kind, "key": key} | more
    body = json.dumps(payload).encode()
    return body, {HEADER: signing.sign(body, _secret(account), at=at)}


def authenticate(
    body: bytes, headers: Mapping[str, str], account: str = _FIRST, *, at: datetime
) -> str:
    """Return the notice's own id.

    Raises:
        NoticeRefused: If the simulated processor did not sign it for this account.
    """
    signing.check(body, headers.get(HEADER, ""), _secret(account), at=at)
    return str(json.loads(body)["id"])


def translate(body: str) -> Fact | None:
    """Return the fact that a notice tells."""
    payload = json.loads(body)
    kind = FactKind(payload["kind"])
    if kind is not FactKind.OUTSIDE_REFUND:
        return Fact(kind, payload["key"])
    outcome = Outcome(
        OutcomeStatus.SUCCEEDED, payload["reference"], payload["amount"], payload["currency"]
    )
    return Fact(kind, payload["key"], outcome)


def _secret(account: str) -> str:
    return f"{account}:{settings.SECRET_KEY}"
