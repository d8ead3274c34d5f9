"""Why nobody takes a payment, in words for the merchant."""

from collections.abc import Iterable, Sequence
from typing import Final

from core.money import Money
from processors.accounts import live_payments
from processors.routing import words
from processors.routing.eligibility import Rejection
from processors.routing.facts import Candidate, PaymentFacts
from processors.routing.traces import Trace

_NONE: Final = {
    False: "No processor takes test payments: `rialto processors enable simulator` lets one.",
    True: "No processor is set up for live payments. Add one in the admin under Processors, or "
    "with `rialto processors add`.",
}

_NOBODY: Final = "no processor account"


def live_payments_off() -> str:
    """Return why no live payment is taken, and where that is changed."""
    return (
        "Live payments are switched off here, so nothing was charged. An operator of this Rialto "
        f"switches them on under Going live ({live_payments.page()}), or with `rialto live on`. "
        "Test keys work meanwhile."
    )


def explain(facts: PaymentFacts, candidates: Sequence[Candidate], trace: Trace) -> str:
    """Return why no account takes a payment: of several, why the first that is open does not."""
    if trace.barred:
        return (
            f"Rule {trace.rule!r} of routing lets no account take this payment that could. Name "
            "another account in it, or let others follow."
        )
    open_ones = [
        one for one in candidates if trace.rejected.get(one.name) is not Rejection.STANDING
    ]
    if not open_ones:
        return _NONE[facts.livemode]
    first = open_ones[0]
    return _sentence(first, trace.rejected[first.name], facts)


def _sentence(one: Candidate, why: Rejection, facts: PaymentFacts) -> str:
    can, name = one.capabilities, one.name
    if why is Rejection.METHOD:
        return f"The rail {name} does not take {facts.method}. It takes {_names(can.methods)}."
    if why is Rejection.CURRENCY:
        return (
            f"The rail {name} does not take {(facts.currency or '').upper()}. It takes "
            f"{_names(can.currencies or ()).upper()}."
        )
    if why is Rejection.AMOUNT:
        return f"The rail {name} takes {_amounts(one, facts.currency or '')} at a time."
    if why is Rejection.CAPTURE:
        return f"The rail {name} cannot capture later: use capture_method=automatic."
    if why is Rejection.VERIFY:
        return f"The rail {name} cannot keep a {facts.method} for later: charge it at once."
    if why is Rejection.INSTRUMENT:
        return (
            f"This {facts.method} is known to {_names(facts.known_at or ()) or _NOBODY} only, and "
            f"payments go to {name}. Ask the payer for it again."
        )
    return f"The rail {name} cannot take this payment: {words.reason(why)}."


def _amounts(one: Candidate, currency: str) -> str:
    least, most = one.least_amount.get(currency), one.most_amount.get(currency)
    parts = [f"at least {Money(least, currency)}"] if least is not None else []
    parts += [f"at most {Money(most, currency)}"] if most is not None else []
    return " and ".join(parts)


def _names(found: Iterable[str]) -> str:
    return ", ".join(sorted(found))
