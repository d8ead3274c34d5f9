"""Why a charge went to its processor account: for operators and for merchants."""

from django.utils.translation import gettext

from payments.models import Charge
from processors.routing import words
from processors.routing.traces import Trace


def explain(charge: Charge) -> str:
    """Return in one sentence why a charge went where it went, for operators."""
    if charge.routing is None:
        return gettext("It went to %(name)s: there was no other account.") % {
            "name": charge.processor
        }
    return words.choice(Trace.unpack(charge.routing), currency=charge.currency, say=gettext)
