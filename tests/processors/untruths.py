"""What a processor tells wrongly, and notices that are not its own."""

from dataclasses import replace

from processors.protocols.base import (
    Outcome,
    OutcomeStatus,
)
from processors.protocols.declines import Decline

Notice = tuple[bytes, dict[str, str]]


def untrue(outcome: Outcome, what: str) -> Outcome:
    """Return an outcome that says something else: see `World.lying`."""
    match what:
        case "currency":
            return replace(outcome, currency="eur")
        case "status":
            why = Decline("card_declined", "Your card was declined.", "generic_decline")
            return replace(outcome, status=OutcomeStatus.DECLINED, decline=why)
    return replace(outcome, amount=outcome.amount + 1)


def forged_headers(notice: Notice) -> list[Notice]:
    """Return a notice whose header is not the signature of its body."""
    body, headers = notice
    header, value = next(iter(headers.items()))
    return [
        (body + b" ", headers),
        (body, {}),
        (body, {header: ""}),
        (body, {header: "t=1"}),
        (body, {header: value.replace("v1", "v0")}),
        (b"\xff" + body, headers),
        (body, {header: f"t=\u0665,{value}"}),
    ]
