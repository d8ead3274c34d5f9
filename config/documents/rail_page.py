"""What the page of the rails' capabilities says."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from core import currencies
from core.durations import format_duration
from processors.accounts import kinds
from processors.protocols.accounts import RailAccount
from processors.protocols.base import CancelsCharges, CancelsRefunds, Processor
from processors.protocols.capabilities import Capabilities, PayerChecks
from processors.protocols.disputes import AcceptsDisputes
from processors.protocols.instruments import DescribesTokens, ShowsCardFields
from processors.protocols.kinds import ChecksAccount, Rail, RailKind
from processors.protocols.notices import KeepsNotices, SendsNotices
from processors.protocols.payouts import PaysOut
from processors.protocols.settlements import ReportsBalances

NOTES: Final = (
    "Whoever chooses a rail asks for these, and never for its name; what one cannot do is refused",
    "before a charge is opened. What they mean in practice is told in [Rails](rails.md).",
)
_PAYER_CHECKS: Final = {
    PayerChecks.BY_US: "Rialto",
    PayerChecks.BY_RAIL: "the processor",
    PayerChecks.NONE: "nobody",
}
_Told = Callable[[Capabilities], str]
# As many currencies as are named; of more, those that are missing are.
_NAMED: Final = 12


def capabilities() -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
    """Return the table of what each kind of rail can do."""
    rails = _rails()
    rows = [(title, *(tell(*one) for one in rails.values())) for title, tell in _ROWS]
    return ("", *(f"`{name}`" for name in rails)), rows


def credentials() -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
    """Return the table of what an account of each kind is opened with."""
    rows = [
        (
            f"`{name}`",
            f"`{one.name}`",
            one.label,
            "yes" if one.is_required else "no",
            "encrypted, never shown" if one.is_secret else "encrypted",
            one.how,
        )
        for name, kind in kinds.KINDS.items()
        for one in (*kind.credentials, *([kind.notice_secret] if kind.notice_secret else []))
    ]
    return ("Rail", "Name", "What", "Needed", "Kept", "Where to find it"), rows


def _rails() -> dict[str, tuple[RailKind, Rail]]:
    return {
        name: (kind, kinds.make(RailAccount(name, name)))
        for name, kind in sorted(kinds.KINDS.items())
    }


def _currencies(can: Capabilities) -> str:
    if can.currencies is None:
        return "all"
    missing = currencies.CODES - can.currencies
    if len(can.currencies) <= _NAMED or len(missing) > _NAMED:
        return _codes(can.currencies)
    return f"all but {_codes(missing)}" if missing else "all"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _keys(can: Capabilities) -> str:
    if can.key_seconds is None:
        return "for ever"
    return format_duration(timedelta(seconds=can.key_seconds))


def _can(tell: _Told) -> Callable[[RailKind, Rail], str]:
    return lambda kind, rail: tell(kind.capabilities) if kind.takes_payments else ""


def _has(port: type) -> Callable[[RailKind, Rail], str]:
    return lambda kind, rail: _yes(isinstance(rail, port))


def _yes(is_so: object) -> str:
    return "yes" if is_so else "no"


_ROWS: Final[tuple[tuple[str, Callable[[RailKind, Rail], str]], ...]] = (
    ("Processor", lambda kind, rail: kind.title),
    ("Modes", lambda kind, rail: ", ".join("live" if one else "test" for one in kind.modes)),
    ("Takes payments", _has(Processor)),
    ("Methods", _can(lambda can: _codes(can.methods))),
    ("Currencies", _can(_currencies)),
    ("Charges what the processor's browser library makes of a card",
     _can(lambda can: _yes(can.takes_tokens))),
    ("Shows its own card fields on Rialto's pages", _has(ShowsCardFields)),
    ("Says which card or account that is before it is charged", _has(DescribesTokens)),
    ("Keeps a method for later", _can(lambda can: _yes(can.verifies))),
    ("Authorises now, captures later", _can(lambda can: _yes(can.captures_later))),
    ("Captures less than was authorised", _can(lambda can: _yes(can.captures_parts))),
    ("Captures in several parts", _can(lambda can: _yes(can.captures_often))),
    ("Raises what was authorised", _can(lambda can: _yes(can.raises_authorisations))),
    ("Ends what a payer has not finished there", _has(CancelsCharges)),
    ("Gives money back", _can(lambda can: _yes(can.refunds))),
    ("Stops a pending refund", _has(CancelsRefunds)),
    ("Captures, voids and refunds are",
     _can(lambda can: "pending until a notice" if can.answers_later else "answered at once")),
    ("Who asks the payer's bank by 3-D Secure", _can(lambda can: _PAYER_CHECKS[can.checks_payers])),
    ("May want the payer to do something there", _can(lambda can: _yes(can.asks_payers))),
    ("Disputes are answered from here", _can(lambda can: _yes(can.has_disputes))),
    ("Disputes are accepted from here", _has(AcceptsDisputes)),
    ("Notices tell of disputes", _can(lambda can: _yes(can.tells_disputes))),
    ("Remembers our keys", _can(_keys)),
    ("Sends notices", _has(SendsNotices)),
    ("… whose signature says when", _can(lambda can: _yes(can.dates_notices))),
    ("… that can be asked for again", _has(KeepsNotices)),
    ("Says line by line what moved on its account", _can(lambda can: _yes(can.tells_settlements))),
    ("Says how much it owes us", _has(ReportsBalances)),
    ("Checks an account when asked", _has(ChecksAccount)),
    ("Sends payouts", _has(PaysOut)),
    ("… within minutes", lambda kind, rail: _payout(rail, "pays_instantly")),
    ("… from our own bank account", lambda kind, rail: _payout(rail, "pays_from_bank")),
)  # fmt: skip


def _payout(rail: Rail, what: str) -> str:
    return _yes(bool(getattr(rail.capabilities, what))) if isinstance(rail, PaysOut) else ""
