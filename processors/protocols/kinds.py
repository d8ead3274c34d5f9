"""What a rail says of itself before it is made, and how an account there is checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

from processors.protocols.accounts import RailAccount
from processors.protocols.base import Capabilities, Processor
from processors.protocols.payouts import PaysOut

# What an address that browsers load from looks like: https, or this machine.
ADDRESS: Final = r"(https://|http://(127\.0\.0\.1|localhost)(:[0-9]+)?/)[^\s\\\"'<>]{1,200}"
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
        words_of_mode: What it begins with in test and in live mode; empty if it does not tell.
    """

    name: str
    label: str
    how: str
    is_secret: bool = True
    is_required: bool = True
    pattern: str = ""
    words_of_mode: tuple[str, str] | tuple[()] = ()


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


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was looked at.

    Args:
        name: What: `"credentials"`, `"mode"`, `"clock"`, `"currencies"`, `"notices"`, ...
        words: What was found, in a sentence; of what is not good, how to mend it. It is a key of
            the catalogues of translations, in which `%(name)s` stands for a value.
        is_good: None if nobody can say.
        values: What the sentence names.
    """

    name: str
    words: str
    is_good: bool | None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English, with its values."""
        return self.words % self.values if self.values else self.words


@runtime_checkable
class ChecksAccount(Protocol):
    """A rail that can ask its processor about the account."""

    def check_account(self) -> Sequence[CheckLine]:
        """Ask, and say what was found. Nothing is changed there, and no money moves.

        Raises:
            ProcessorUnavailable: If no answer came, or the credentials are refused.
        """
        ...
