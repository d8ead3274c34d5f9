"""What is logged of log-ins, whatever the level of the rest: who was let in, by what, who not."""

import logging
from typing import Final

from django.http import HttpRequest

# The settings let it say all of it.
_LOGGER: Final = logging.getLogger("rialto.access")


def log_let_in(request: HttpRequest, *, person_id: str) -> None:
    """Log that a session began.

    Args:
        request: Theirs.
        person_id: Whose.
    """
    records = request.session.get("account_authentication_methods", [])
    factors = sorted({str(one.get("type") or one.get("method")) for one in records})
    _LOGGER.info(
        "%s was let in by %s, from %s.",
        person_id,
        ", ".join(factors) or "nothing that is known",
        request.META.get("REMOTE_ADDR"),
    )


def log_refused(request: HttpRequest | None, *, factor: str, person_id: str = "") -> None:
    """Log that a factor was refused.

    Args:
        request: Theirs, where it is at hand.
        factor: What was wrong: `"password"`, `"passkey"` or `"second factor"`.
        person_id: Whose, if another factor has shown that. Whom somebody else said to be is not
            logged: it may be a password in the wrong field.
    """
    address = request.META.get("REMOTE_ADDR") if request else None
    where = f", from {address}" if address else ""
    _LOGGER.warning("%s was refused by %s%s.", person_id or "Somebody", factor, where)
