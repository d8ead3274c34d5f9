"""Which rails there are, and which one a payment takes."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from processors.protocols.accounts import RailAccount
from processors.protocols.base import Enrolment, Processor
from processors.protocols.identity import IdentityVerifier
from processors.protocols.instruments import Card, InstrumentVault
from processors.protocols.payouts import PaysOut
from processors.simulator.identity import SimulatedRegistryOffice
from processors.simulator.rail import Simulator
from processors.simulator.vault import SimulatedVault

# One takes payments, pays out, or does both: `get` and `get_for_payouts` tell.
Rail = Processor | PaysOut

# The one that pays out of our own account at a bank.
BANK_RAIL: Final = "bankfile"

# Test payments are made with the published cards and accounts, whichever rail takes them.
_TEST_VAULT: Final = SimulatedVault()
_TEST_VERIFIER: Final = SimulatedRegistryOffice()


class NoRail(LookupError):
    """No rail can take the payment."""


def _simulator(account: RailAccount) -> Rail:
    return Simulator()


def _stripe(account: RailAccount) -> Rail:
    # Its package is large: who does not use it does not load it.
    from processors.stripe.rail import StripeRail

    return StripeRail(account)


def _adyen(account: RailAccount) -> Rail:
    # Its package is an extra: who has no account there does not install it.
    from processors.adyen.rail import AdyenRail

    return AdyenRail(account)


def _bank_file(account: RailAccount) -> Rail:
    from processors.sepa.rail import BankFileRail

    return BankFileRail()


_RAILS: Final[dict[str, Callable[[RailAccount], Rail]]] = {
    "adyen": _adyen, "simulator": _simulator, "stripe": _stripe, BANK_RAIL: _bank_file,
}  # fmt: skip


def find(name: str) -> Rail:
    """Return the rail with this name, whatever it can do.

    Raises:
        KeyError: If there is none.
    """
    return _make(_account(name))


@lru_cache(maxsize=16)
def _make(account: RailAccount) -> Rail:
    return _RAILS[account.kind](account)


def _account(name: str) -> RailAccount:
    if name != "stripe":
        return RailAccount(name, name)
    return RailAccount(
        name,
        name,
        credentials={"secret_key": settings.STRIPE_SECRET_KEY},
        notice_secrets=(settings.STRIPE_NOTICE_SECRET,),
        base_url=settings.STRIPE_API_BASE,
    )


def get(name: str) -> Processor:
    """Return the rail with this name, which takes payments.

    Raises:
        LookupError: If there is none, or it takes none.
    """
    rail = find(name)
    if not isinstance(rail, Processor):
        raise NoRail(f"{name} takes no payments.")
    return rail


def get_for_payouts(name: str) -> PaysOut:
    """Return the rail with this name, which sends payouts.

    Raises:
        LookupError: If there is none, or it sends none.
    """
    rail = find(name)
    if not isinstance(rail, PaysOut):
        raise NoRail(f"{name} sends no payouts.")
    return rail


def register(
    name: str, make: Callable[[RailAccount], Rail] | None
) -> Callable[[RailAccount], Rail] | None:
    """Add a rail, put one in the place of another, or with None take it away.

    Returns:
        What made the rail of this name before; None if there was none.
    """
    before = _RAILS.pop(name, None)
    if make is not None:
        _RAILS[name] = make
    _make.cache_clear()
    return before


def rails() -> list[tuple[str, Processor]]:
    """Return the rails that may have something to say, with their names."""
    return [(name, get(name)) for name in dict.fromkeys(("simulator", str(settings.TEST_RAIL)))]


def vault(*, livemode: bool) -> InstrumentVault | None:
    """Return who keeps the numbers that payers type in; None if nobody may see them here."""
    return None if livemode else _TEST_VAULT


def takes_tokens(name: str, *, livemode: bool) -> bool:
    """Tell whether a processor account charges tokens of its own browser library in a mode."""
    if name not in _RAILS or _account(name).livemode != livemode:
        return False
    rail = find(name)
    return isinstance(rail, Processor) and rail.capabilities.takes_tokens


def load_card(instrument: str, *, livemode: bool) -> Card | None:
    """Return what the vault says of a card that it gave this name; None if it knows none."""
    found = vault(livemode=livemode)
    return found.load_card(instrument) if found else None


def identity_verifier(*, livemode: bool) -> IdentityVerifier | None:
    """Return who checks people and companies; None if an operator does it."""
    return None if livemode else _TEST_VERIFIER


def enrolment(instrument: str, *, livemode: bool) -> Enrolment:
    """Return a card's 3-D Secure enrolment on the rail of a new payment."""
    try:
        return get(choose(livemode=livemode)).enrolment(instrument)
    except NoRail:
        return Enrolment.BY_RAIL


def methods(*, livemode: bool) -> frozenset[str] | None:
    """Return the types of payment methods that new payments can use; None if there is no rail."""
    return None if livemode else get(str(settings.TEST_RAIL)).capabilities.methods


def choose(
    *,
    livemode: bool,
    method: str = "card",
    currency: str | None = None,
    is_captured: bool = True,
    is_verified: bool = False,
    known_at: frozenset[str] | None = None,
) -> str:
    """Choose the rail of a new payment.

    Args:
        livemode: Test payments take the rail of the settings.
        method: What is paid with, as the wire names it.
        currency: Lower-case ISO code; None if no money moves.
        is_captured: False if the amount is only authorised first.
        is_verified: True if the method is only verified, to be charged later.
        known_at: The processor accounts that know the instrument; None if any may charge it.

    Raises:
        NoRail: If the rail does not take it, or does not know the instrument; and for real
            money: this version has no way to take cards in live mode.
    """
    if livemode:
        raise NoRail("No processor is set up for live payments.")
    name = str(settings.TEST_RAIL)
    can = get(name).capabilities
    if method not in can.methods:
        raise NoRail(f"The rail {name} does not take {method}. It takes {_names(can.methods)}.")
    if can.currencies is not None and currency is not None and currency not in can.currencies:
        raise NoRail(
            f"The rail {name} does not take {currency.upper()}. It takes "
            f"{_names(can.currencies).upper()}."
        )
    if not (is_captured or can.captures_later):
        raise NoRail(f"The rail {name} cannot capture later: use capture_method=automatic.")
    if is_verified and not can.verifies:
        raise NoRail(f"The rail {name} cannot keep a {method} for later: charge it at once.")
    if known_at is not None and name not in known_at:
        raise NoRail(
            f"This {method} is known to {_names(known_at) or 'no processor account'} only, and "
            f"payments go to {name}. Ask the payer for it again."
        )
    return name


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
    for setting, look_up in (("TEST_RAIL", get), ("TEST_PAYOUT_RAIL", get_for_payouts)):
        name = str(getattr(settings, setting))
        try:
            look_up(name)
        except LookupError as error:
            why = str(error) if name in _RAILS else f"There is no rail {name!r}."
            raise ImproperlyConfigured(
                f"RIALTO_{setting}: {why} The rails are {_names(_RAILS)}."
            ) from error


def _names(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
