"""An account at a processor, as its rail is given it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RailAccount:
    """An account at a processor, with what opens it.

    Args:
        name: What we call it: charges, the ledger's accounts and `/inbound/NAME/` use this name,
            and it never changes.
        kind: The rail's: `"simulator"`, `"stripe"`, ...
        livemode: True if real money moves there.
        credentials: By the names that the rail asks for, in plain text.
        notice_secrets: Each may sign a notice: there are two while one replaces another.
        base_url: Where requests go, if not to the processor's own address.
    """

    name: str
    kind: str
    livemode: bool = False
    credentials: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    notice_secrets: tuple[str, ...] = field(default=(), repr=False)
    base_url: str = ""
