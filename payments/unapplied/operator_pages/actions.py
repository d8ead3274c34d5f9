"""What rules may ask another person to approve: whose a payment is that came too late."""

from collections.abc import Callable
from typing import Final, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.approvals import ApprovalAction, Preview
from core.money import Money
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus
from payments.unapplied.services import applications, returns, unapplied_locks, voids

RIGHT: Final = "unapplied.decide"


class Verb(NamedTuple):
    """Something that is decided of an unapplied payment.

    Args:
        action: What rules call it.
        title: Of the page, with the amount.
        button: What it says, with the amount.
        preview: Says what it would do, or raises what doing it would.
        done: What a payment becomes by it.
    """

    action: str
    title: str
    button: str
    preview: Callable[[UnappliedPayment], Preview]
    done: frozenset[str]


def tell(row: UnappliedPayment) -> str:
    """Return what has become of an unapplied payment, in a sentence."""
    money = Money(row.amount, row.currency)
    return gettext(ENDS[row.status]).format(money=money, account=row.account_id)


# State → what a person is told who has decided.
ENDS: Final = {
    "returned": "{money} went back to the payer.",
    "returning": "The processor has not said the last word. It is asked again by itself.",
    "open": "The processor refuses to give {money} back: decide again.",
    "applied": "{money} is in the balance of {account}.",
    "voided": "{money} never came: it is out of suspense.",
}


def summary_to_give_back(row: UnappliedPayment) -> Preview:
    """Return in words what giving it back would do.

    Raises:
        InvalidRequest: If it is decided already, or its processor gives nothing back.
    """
    unapplied_locks.check_open(row)
    returns.check_can_be_returned(row)
    money = Money(row.amount, row.currency)
    return _preview(
        row,
        format_lazy(
            gettext_lazy("{money}, which came after {charge} had ended, goes back to the payer."),
            money=money,
            charge=row.charge_id,
        ),
    )


def summary_to_apply(row: UnappliedPayment) -> Preview:
    """Return in words what giving it to the charge's owner would do.

    Raises:
        InvalidRequest: If it is decided already.
    """
    unapplied_locks.check_open(row)
    money = Money(row.amount, row.currency)
    return _preview(
        row,
        format_lazy(
            gettext_lazy(
                "{money}, which came after {charge} had ended, is {account}'s: all of it, as an "
                "adjustment. Nobody gets a share."
            ),
            money=money,
            charge=row.charge_id,
            account=row.account_id,
        ),
    )


def summary_to_void(row: UnappliedPayment) -> Preview:
    """Return in words what saying that it never came would do.

    Raises:
        InvalidRequest: If it is decided already.
    """
    unapplied_locks.check_open(row)
    money = Money(row.amount, row.currency)
    return _preview(
        row,
        format_lazy(
            gettext_lazy(
                "{money} of {charge} goes out of suspense, if {processor} says when it is asked "
                "that it never had it."
            ),
            money=money,
            charge=row.charge_id,
            processor=row.charge.processor,
        ),
    )


def _preview(row: UnappliedPayment, words: StrOrPromise) -> Preview:
    return Preview(
        words,
        Money(row.amount, row.currency),
        row.livemode,
        facts={"status": row.status, "failed_returns": row.failed_returns},
        account_id=row.account_id,
    )


GIVE_BACK: Final = Verb(
    "unapplied_payment.return",
    "Give %(amount)s back",
    "Give {money} back to the payer",
    summary_to_give_back,
    frozenset({UnappliedStatus.RETURNING, UnappliedStatus.RETURNED}),
)
APPLY: Final = Verb(
    "unapplied_payment.apply",
    "Give %(amount)s to the merchant",
    "Give {money} to the merchant",
    summary_to_apply,
    frozenset({UnappliedStatus.APPLIED}),
)


VOID: Final = Verb(
    "unapplied_payment.void",
    "%(amount)s never came",
    "Take {money} out of suspense",
    summary_to_void,
    frozenset({UnappliedStatus.VOIDED}),
)


def _action(verb: Verb, run: Callable[..., UnappliedPayment]) -> ApprovalAction:
    def preview(*, unapplied_id: str) -> Preview:
        return verb.preview(unapplied_locks.find(unapplied_id))

    return ApprovalAction(verb.action, "", preview, run, right=RIGHT, tell=tell)


ACTIONS: Final = (
    _action(GIVE_BACK, returns.give_back),
    _action(APPLY, applications.apply),
    _action(VOID, voids.void),
)
# What the pages say of all.
WORDS: Final = tuple(
    word for verb in (GIVE_BACK, APPLY, VOID) for word in (verb.title, verb.button)
)
