"""Which kinds of rails there are, and the rail of an account."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from processors.adyen import about as adyen_about
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Capabilities, Processor
from processors.protocols.kinds import Rail, RailKind
from processors.sepa.rail import BankFileRail
from processors.simulator.rail import Simulator
from processors.stripe import about as stripe_about

# The one that pays out of our own account at a bank.
BANK_RAIL: Final = "bankfile"


def _simulator(account: RailAccount) -> Rail:
    return Simulator(account)


def _bank_file(account: RailAccount) -> Rail:
    return BankFileRail()


def _stripe(account: RailAccount) -> Rail:
    # Its package is large: who does not use it does not load it.
    from processors.stripe.rail import StripeRail

    return StripeRail(account)


def _adyen(account: RailAccount) -> Rail:
    # Its package is an extra: who has no account there does not install it.
    from processors.adyen.rail import AdyenRail

    return AdyenRail(account)


KINDS: Final[dict[str, RailKind]] = {
    "simulator": RailKind(
        "Simulated processor", _simulator, Simulator.capabilities, modes=(False,)
    ),
    BANK_RAIL: RailKind(
        "Bank files", _bank_file, BankFileRail.capabilities, modes=(True,), takes_payments=False
    ),
    "adyen": RailKind(
        adyen_about.TITLE,
        _adyen,
        adyen_about.CAPABILITIES,
        adyen_about.CREDENTIALS,
        adyen_about.NOTICE_SECRET,
    ),
    "stripe": RailKind(
        stripe_about.TITLE,
        _stripe,
        stripe_about.CAPABILITIES,
        stripe_about.CREDENTIALS,
        stripe_about.NOTICE_SECRET,
    ),
}


@lru_cache(maxsize=64)
def make(account: RailAccount) -> Rail:
    """Return the rail of an account; the same one as long as the account is the same.

    Raises:
        KeyError: If there is no such kind.
    """
    return KINDS[account.kind].make(account)


@lru_cache(maxsize=64)
def make_for_payments(account: RailAccount) -> Processor | None:
    """Return the rail of an account; None if it takes no payments.

    Python looks at every attribute of a protocol for each question, which a payment asks six times.

    Raises:
        KeyError: If there is no such kind.
    """
    rail = make(account)
    return rail if isinstance(rail, Processor) else None


def register(
    kind: str, make_rail: Callable[[RailAccount], Rail] | None
) -> Callable[[RailAccount], Rail] | None:
    """Add a kind of rail, put one in the place of another, or with None take it away.

    Returns:
        What made the rails of this kind before; None if there was none.
    """
    before = KINDS.pop(kind, None)
    if make_rail is not None:
        bare = RailKind(kind, make_rail, Capabilities(methods=frozenset()))
        KINDS[kind] = replace(before or bare, make=make_rail)
    make.cache_clear()
    make_for_payments.cache_clear()
    return before.make if before else None
