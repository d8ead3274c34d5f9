"""What would be done to balances, as lines for people."""

from collections.abc import Iterable
from typing import Final

from accounts.approvals import Table
from core.money import Money
from payments.resources.refund_previews import Effect, Share

_EFFECTS: Final = ("Account", "Can use now", "Then", "Pending now", "Then", "Change", "")


def shares_table(shares: Iterable[Share], currency: str) -> Table:
    """Return who would pay what to whom, as lines."""
    return Table(
        "Who would pay what",
        ("What", "Amount", "From", "To"),
        [
            [
                share.type.replace("_", " "),
                _money(share.amount, currency),
                share.giver,
                share.getter,
            ]
            for share in shares
        ],
    )


def effects_table(effects: Iterable[Effect], currency: str) -> Table:
    """Return what that does to balances, as lines."""
    return Table(
        "What that does to balances", _EFFECTS, [_row(effect, currency) for effect in effects]
    )


def _row(effect: Effect, currency: str) -> list[str]:
    amounts = (
        effect.available_before,
        effect.available_after,
        effect.pending_before,
        effect.pending_after,
        effect.change,
    )
    return [
        effect.account,
        *(_money(amount, currency) for amount in amounts),
        "below zero" if effect.is_negative else "",
    ]


def _money(amount: int, currency: str) -> str:
    return str(Money(amount, currency)).replace(" ", "\u00a0")
