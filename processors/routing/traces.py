"""Traces: why a payment went where it went, in a form that is kept with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from core.types import Fields, JsonObject
from processors.routing.eligibility import Rejection


@dataclass(frozen=True, slots=True)
class Trace:
    """How the account of an attempt was chosen. How it ended is said by the attempt itself.

    Args:
        order: The account that was chosen, and those that would follow it.
        barred: Those that could have taken it too, and that a strict rule does not name.
        rejected: The other accounts, each with its reason.
        version: Of the rules; 0 if none were published.
        rule: The name of the rule that matched; empty if none did.
        strategy: Its strategy; empty without a rule.
        figures: What the strategy knew of accounts, as it was then.
        seed: The payment's.
        attempt: 1 for the first.
        is_explored: True if the account was drawn by lot, to learn.
        is_fallback: True if none of the rule's own accounts could take the payment.
    """

    order: tuple[str, ...]
    barred: tuple[str, ...] = ()
    rejected: Mapping[str, Rejection] = field(default_factory=dict)
    version: int = 0
    rule: str = ""
    strategy: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0
    attempt: int = 1
    is_explored: bool = False
    is_fallback: bool = False

    def pack(self) -> JsonObject:
        """Return it in its compact form: what is as usual is left away."""
        packed = {
            "o": list(self.order),
            "w": list(self.barred),
            "x": {name: reason.value for name, reason in self.rejected.items()},
            "v": self.version,
            "r": self.rule,
            "k": self.strategy,
            "f": dict(self.figures),
            "s": f"{self.seed:016x}",
            "n": 0 if self.attempt == 1 else self.attempt,
            "e": int(self.is_explored),
            "b": int(self.is_fallback),
        }
        return {key: value for key, value in packed.items() if value}

    @classmethod
    def unpack(cls, packed: Fields) -> Self:
        """Return the trace of a compact form."""
        rejected = {name: Rejection(word) for name, word in packed.get("x", {}).items()}
        return cls(
            order=tuple(packed["o"]),
            barred=tuple(packed.get("w", ())),
            rejected=rejected,
            version=packed.get("v", 0),
            rule=packed.get("r", ""),
            strategy=packed.get("k", ""),
            figures=packed.get("f", {}),
            seed=int(packed.get("s", "0"), 16),
            attempt=packed.get("n", 1),
            is_explored=bool(packed.get("e")),
            is_fallback=bool(packed.get("b")),
        )
