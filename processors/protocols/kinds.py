"""What a rail says of itself before it is made: what it asks for, and what it can do."""

from collections.abc import Callable
from dataclasses import dataclass

from processors.protocols.accounts import RailAccount
from processors.protocols.base import Capabilities, Processor
from processors.protocols.payouts import PaysOut

# One takes payments, pays out, or does both.
Rail = Processor | PaysOut


@dataclass(frozen=True, slots=True)
class Credential:
    """Something that a rail asks for. Forms and commands are made from it.

    Args:
        name: Under which `RailAccount.credentials` has it.
        label: What people call it.
        how: Where to find it, in a sentence.
        is_secret: False for what may be shown again.
        is_required: False if the rail does without.
        pattern: A regular expression that the whole of it fits.
    """

    name: str
    label: str
    how: str
    is_secret: bool = True
    is_required: bool = True
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class RailKind:
    """A kind of rail.

    Args:
        title: What people call the processor.
        make: Makes the rail of one account; it imports what it needs then.
        capabilities: What such a rail can do.
        credentials: What an account there is opened with.
        notice_secret: What its notices are signed with; None if it sends none.
        modes: The values of `livemode` that its accounts may have.
        takes_payments: False if it only pays out.
    """

    title: str
    make: Callable[[RailAccount], Rail]
    capabilities: Capabilities
    credentials: tuple[Credential, ...] = ()
    notice_secret: Credential | None = None
    modes: tuple[bool, ...] = (False, True)
    takes_payments: bool = True
