"""Which rail has an account, and what it takes."""

from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from processors.accounts import kinds, snapshot
from processors.accounts.kinds import BANK_RAIL as BANK_RAIL
from processors.accounts.kinds import register as register
from processors.accounts.snapshot import Listed
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Processor
from processors.protocols.identity import IdentityVerifier
from processors.protocols.instruments import Card, InstrumentVault
from processors.protocols.kinds import Rail as Rail
from processors.protocols.next_actions import ActionScript, RunsScripts
from processors.protocols.payouts import PaysOut
from processors.simulator.identity import SimulatedRegistryOffice
from processors.simulator.vault import SimulatedVault
from processors.states import AccountStatus

# Test payments are made with the published cards and accounts, whichever rail takes them.
_TEST_VAULT: Final = SimulatedVault()
_TEST_VERIFIER: Final = SimulatedRegistryOffice()


class NoRail(LookupError):
    """No rail can take the payment."""

    # What the wire calls it.
    default_code = "account_invalid"


class LivePaymentsOff(NoRail):
    """No live payment is taken now, whatever rails there are."""

    default_code = "testmode_charges_only"


def listed(name: str) -> Listed:
    """Return the account with this name.

    Raises:
        KeyError: If there is none.
    """
    return snapshot.current().accounts[name]


def find(name: str) -> Rail:
    """Return the rail of the account with this name, whatever it can do.

    Raises:
        KeyError: If there is none.
    """
    return kinds.make(listed(name).rail)


def get(name: str) -> Processor:
    """Return the rail of the account with this name, which takes payments.

    Raises:
        LookupError: If there is none, or it takes none.
    """
    rail = kinds.make_for_payments(listed(name).rail)
    if rail is None:
        raise NoRail(f"{name} takes no payments.")
    return rail


def get_for_payouts(name: str) -> PaysOut:
    """Return the rail of the account with this name, which sends payouts.

    Raises:
        LookupError: If there is none, or it sends none.
    """
    rail = find(name)
    if not isinstance(rail, PaysOut):
        raise NoRail(f"{name} sends no payouts.")
    return rail


def rails() -> list[tuple[str, Processor]]:
    """Return the rails that may have something to say, with the names of their accounts."""
    return [
        (one.name, get(one.name))
        for one in snapshot.current().accounts.values()
        if one.status != AccountStatus.DISABLED and _takes_payments(one)
    ]


def names(*, livemode: bool) -> list[str]:
    """Return the names of all accounts of a mode that are not disabled."""
    return [
        one.name
        for one in snapshot.current().accounts.values()
        if one.rail.livemode == livemode and one.status != AccountStatus.DISABLED
    ]


def title(name: str) -> str:
    """Return what people call an account; its name if there is no such account any more."""
    known = snapshot.current().accounts.get(name)
    return known.title or name if known else name


def takers(*, livemode: bool) -> list[Listed]:
    """Return the accounts that take new payments of a mode, the first one in front."""
    return [
        one
        for one in snapshot.current().accounts.values()
        if one.rail.livemode == livemode
        and one.status == AccountStatus.ENABLED
        and _takes_payments(one)
    ]


def _takes_payments(one: Listed) -> bool:
    kind = kinds.KINDS.get(one.rail.kind)
    return kind is not None and kind.takes_payments


def vault(*, livemode: bool) -> InstrumentVault | None:
    """Return who keeps the numbers that payers type in; None if nobody may see them here."""
    return None if livemode else _TEST_VAULT


def takes_tokens(name: str, *, livemode: bool, method: str = "card") -> bool:
    """Tell whether a processor account charges tokens of its own browser library in a mode.

    Args:
        name: The account.
        livemode: The mode.
        method: The type of payment method that a token is of.
    """
    one = snapshot.current().accounts.get(name)
    if one is None or one.rail.livemode != livemode:
        return False
    rail = kinds.make_for_payments(one.rail)
    if rail is None or not rail.capabilities.takes_tokens:
        return False
    return method in rail.capabilities.methods


def action_script(name: str, word: str) -> ActionScript | None:
    """Return what performs a payer's step at a processor account; None if no script does."""
    rail = find(name)
    return rail.scripts.get(word) if isinstance(rail, RunsScripts) else None


def load_card(instrument: str, *, livemode: bool) -> Card | None:
    """Return what the vault says of a card that it gave this name; None if it knows none."""
    found = vault(livemode=livemode)
    return found.load_card(instrument) if found else None


def identity_verifier(*, livemode: bool) -> IdentityVerifier | None:
    """Return who checks people and companies; None if an operator does it."""
    return None if livemode else _TEST_VERIFIER


def methods(*, livemode: bool) -> frozenset[str] | None:
    """Return the types of payment methods that new payments can use; None if there is no rail."""
    found = [allowed_methods(one) for one in takers(livemode=livemode)]
    return frozenset().union(*found) if found else None


def allowed_methods(one: Listed) -> frozenset[str]:
    """Return the types of payment methods that an account takes."""
    can = get(one.name).capabilities.methods
    return can & one.methods if one.methods else can


def choose_for_payouts(
    *, livemode: bool, currency: str | None = None, is_instant: bool = False
) -> str:
    """Choose the rail that sends a new payout.

    Args:
        livemode: Test payouts take the rail of the settings.
        currency: The currency of the payout; None to ask only whether there is a rail at all.
        is_instant: True if it is to be there within minutes.

    Raises:
        NoRail: If there is none for it. Its words are for whoever asked for the payout.
    """
    name = str(settings.TEST_PAYOUT_RAIL)
    if livemode:
        if not settings.BANK_IBAN:
            raise NoRail("No bank is set up for live payouts.")
        name = BANK_RAIL
    can = get_for_payouts(name).capabilities
    if can.currencies is not None and currency is not None and currency not in can.currencies:
        raise NoRail(
            f"Payouts go out in {_names(can.currencies).upper()} only; {currency.upper()} cannot "
            "be paid out."
        )
    if is_instant and not can.pays_instantly:
        raise NoRail("Instant payouts are not available: use method=standard.")
    return name


def check_settings() -> None:
    """Refuse names in the settings that no rail has.

    Raises:
        ImproperlyConfigured: If so. It says which rails there are.
    """
    for setting, port, cannot in (
        ("TEST_RAIL", Processor, "takes no payments"),
        ("TEST_PAYOUT_RAIL", PaysOut, "sends no payouts"),
    ):
        name = str(getattr(settings, setting))
        why = f"There is no rail {name!r}."
        if name in kinds.KINDS:
            if isinstance(kinds.make(RailAccount(name, name)), port):
                continue
            why = f"{name} {cannot}."
        raise ImproperlyConfigured(f"RIALTO_{setting}: {why} The rails are {_names(kinds.KINDS)}.")


def _names(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
