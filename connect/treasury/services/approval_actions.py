"""Moves of the operator's money, which nobody records alone."""

from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.approvals import ApprovalAction, Preview
from connect.treasury import queries
from connect.treasury.services import moves
from core.money import Money

RECORD: Final = "treasury_move.record"


def _preview(
    *,
    suffix: str,
    source: str,
    target: str,
    amount: int,
    currency: str,
    livemode: bool,
    note: str,
) -> Preview:
    moves.check(source=source, target=target, amount=amount, currency=currency, livemode=livemode)
    money = Money(amount, currency)
    left = queries.held_by(source, currency=currency, livemode=livemode) - amount
    return Preview(
        format_lazy(
            gettext_lazy(
                "{money} has left {source} for {target}. By the books, {left} stays at {source}."
            ),
            money=money,
            source=source,
            target=target,
            left=Money(left, currency),
        ),
        money,
        livemode,
    )


def _may_be_alone(*, livemode: bool, **_: object) -> bool:
    return not livemode


ACTIONS: Final = (
    ApprovalAction(
        RECORD,
        "connect.add_treasurymove",
        _preview,
        moves.record,
        is_always=True,
        may_be_alone=_may_be_alone,
    ),
)
