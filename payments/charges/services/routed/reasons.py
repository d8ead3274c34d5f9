"""Why a charge went to its processor account: for operators and for merchants."""

from payments.models import Charge
from processors.routing import words
from processors.routing.traces import Trace


def explain(charge: Charge) -> str:
    """Return in one sentence why a charge went where it went, for operators."""
    if charge.routing is None:
        return f"It went to {charge.processor}: there was no other account."
    return words.choice(Trace.unpack(charge.routing), currency=charge.currency)
