"""A refund that was not made, and its wire object: it is ours, the wire has no such thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from payments.models import Charge, Refund

# Who is not an account of ours.
PAYER: Final = "payer"
PROCESSOR: Final = "processor"


@dataclass(frozen=True, slots=True)
class Share:
    """One amount that somebody would pay to somebody else.

    Args:
        type: `"refund"`, `"transfer_reversal"`, `"application_fee_refund"` or
            `"processor_fee_refund"`.
        amount: Minor units.
        giver: `acct_...` or `PROCESSOR`.
        getter: `acct_...` or `PAYER`.
    """

    type: str
    amount: int
    giver: str
    getter: str


@dataclass(frozen=True, slots=True)
class Effect:
    """An account's balance before and after, in minor units of the charge's currency.

    Args:
        account: `acct_...`.
        available_before: What it can use now.
        available_after: What it could use then; the only bucket that may go below zero.
        pending_before: What it is owed and cannot use yet.
        pending_after: The same, then.
    """

    account: str
    available_before: int
    available_after: int
    pending_before: int
    pending_after: int

    @property
    def change(self) -> int:
        """What it would have more, or less."""
        return (
            self.available_after + self.pending_after - self.available_before - self.pending_before
        )

    @property
    def is_negative(self) -> bool:
        """Whether it would owe money."""
        return self.available_after < 0


@dataclass(frozen=True, slots=True)
class Preview:
    """A refund that was not made.

    Args:
        charge: As it is.
        refund: As it would be, not saved.
        amount_left: What could still be refunded afterwards, in minor units.
        shares: Who would pay what to whom.
        effects: What that does to each account.
        is_refused: True if the owner's balance does not allow it: making it would fail with
            `balance_insufficient`.
    """

    charge: Charge
    refund: Refund
    amount_left: int
    shares: Sequence[Share]
    effects: Sequence[Effect]
    is_refused: bool

    @property
    def warnings(self) -> Sequence[str]:
        """What somebody may not have meant, as words: see the reference page."""
        has_seller = self.charge.transfer_id is not None
        reverses, returns = self.refund.reverse_transfer, self.refund.refund_application_fee
        words = {
            "balance_insufficient": self.is_refused,
            "balance_goes_negative": any(
                e.is_negative and e.available_before >= 0 for e in self.effects
            ),
            "platform_bears_all": has_seller and not reverses,
            "fee_goes_to_seller": returns and not reverses,
        }
        return [word for word, applies in words.items() if applies]


class Change(TypedDict):
    """Minor units before and after."""

    before: int
    after: int


class RefundPreviewBalance(TypedDict):
    """What a refund would do to one account."""

    account: str
    available: Change
    pending: Change
    change: int
    is_negative: bool


# The wire's word is no name in Python.
RefundPreviewShare = TypedDict(
    "RefundPreviewShare", {"type": str, "amount": int, "from": str, "to": str}
)


class RefundPreview(TypedDict):
    """What a refund would do, before anything moves."""

    object: Literal["refund_preview"]
    amount: int
    amount_left: int
    balances: list[RefundPreviewBalance]
    charge: str
    currency: str
    livemode: bool
    payment_intent: str | None
    refund_application_fee: bool
    reverse_transfer: bool
    shares: list[RefundPreviewShare]
    warnings: list[str]
    would_be_refused: bool


def refund_preview(row: Preview) -> RefundPreview:
    """Render what a refund would do."""
    refund = row.refund
    return {
        "object": "refund_preview",
        "amount": refund.amount,
        "amount_left": row.amount_left,
        "balances": [_effect(effect) for effect in row.effects],
        "charge": refund.charge_id,
        "currency": refund.currency,
        "livemode": refund.livemode,
        "payment_intent": refund.payment_intent_id,
        "refund_application_fee": refund.refund_application_fee,
        "reverse_transfer": refund.reverse_transfer,
        "shares": [
            {"type": s.type, "amount": s.amount, "from": s.giver, "to": s.getter}
            for s in row.shares
        ],
        "warnings": list(row.warnings),
        "would_be_refused": row.is_refused,
    }


def _effect(effect: Effect) -> RefundPreviewBalance:
    return {
        "account": effect.account,
        "available": {"after": effect.available_after, "before": effect.available_before},
        "change": effect.change,
        "is_negative": effect.is_negative,
        "pending": {"after": effect.pending_after, "before": effect.pending_before},
    }
