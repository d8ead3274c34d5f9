"""Rules of what another person must approve: nobody changes them alone."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.approvals import ApprovalAction, Preview, registry
from accounts.audit import trail
from accounts.models import ApprovalRule
from core import currencies
from core.database.locking import lock_one
from core.database.lookups import one
from core.errors import InvalidRequest
from core.money import Money

SAVE: Final = "approval_rule.save"
DELETE: Final = "approval_rule.delete"
_COLUMNS: Final = ("action", "currency", "above_amount", "in_test_mode")


def describe(rule: ApprovalRule) -> StrOrPromise:
    """Return in words what a rule asks for."""
    above = (
        format_lazy(gettext_lazy("above {money}"), money=Money(rule.above_amount, rule.currency))
        if rule.currency
        else gettext_lazy("always")
    )
    modes = gettext_lazy("in both modes") if rule.in_test_mode else gettext_lazy("in live mode")
    return format_lazy("{action}, {above}, {modes}", action=rule.action, above=above, modes=modes)


def _fact(rule: ApprovalRule) -> str:
    """Return what is compared: the same whoever reads it."""
    with translation.override("en"):
        return str(describe(rule))


def save(
    *,
    rule: str,
    about: str,
    currency: str,
    above_amount: int,
    in_test_mode: bool,
    at: datetime,
) -> ApprovalRule:
    """Make a rule, or change one.

    Args:
        rule: Its id; empty to make one.
        about: The name of a registered action.
        currency: Lower-case ISO code; empty for whatever the currency.
        above_amount: Minor units.
        in_test_mode: Whether it counts in test mode, too.
        at: The moment.

    Raises:
        Missing: If there is no such rule.
        InvalidRequest: If there is one of this action and currency, or no such action.
    """
    del at
    _check(about, currency, above_amount)
    given = dict(zip(_COLUMNS, (about, currency, above_amount, in_test_mode), strict=True))
    try:
        with transaction.atomic():
            row = _lock(rule) if rule else ApprovalRule()
            before = {name: getattr(row, name) if rule else None for name in _COLUMNS}
            for name, value in given.items():
                setattr(row, name, value)
            row.save()
            trail.record(
                f"approval_rule.{'changed' if rule else 'created'}",
                row,
                changes={name: (before[name], given[name]) for name in _COLUMNS},
            )
    except IntegrityError as error:
        raise InvalidRequest(
            gettext("There is a rule of this action and currency: change that one."), param="action"
        ) from error
    return row


def delete(*, rule: str, at: datetime) -> None:
    """Delete a rule.

    Raises:
        Missing: If there is no such rule.
    """
    del at
    with transaction.atomic():
        row = _lock(rule)
        trail.record("approval_rule.deleted", row)
        row.delete()


def _preview_save(
    *, rule: str, about: str, currency: str, above_amount: int, in_test_mode: bool
) -> Preview:
    _check(about, currency, above_amount)
    wanted = describe(
        ApprovalRule(
            action=about, currency=currency, above_amount=above_amount, in_test_mode=in_test_mode
        )
    )
    if not rule:
        return Preview(format_lazy(gettext_lazy("A new rule: {wanted}."), wanted=wanted))
    row = _find(rule)
    return Preview(
        format_lazy(
            gettext_lazy("The rule {rule} becomes {wanted}."),
            rule=describe(row),
            wanted=wanted,
        ),
        facts={"before": _fact(row)},
    )


def _preview_delete(*, rule: str) -> Preview:
    row = _find(rule)
    return Preview(
        format_lazy(gettext_lazy("The rule {rule} goes."), rule=describe(row)),
        facts={"before": _fact(row)},
    )


def _is_first(*, rule: str, **_: object) -> bool:
    """Tell whether it would be the first rule, which nobody weakens by it."""
    return not rule and not ApprovalRule.objects.exists()


def _check(action: str, currency: str, above_amount: int) -> None:
    if action not in registry.names():
        raise InvalidRequest(gettext("There is no such action."), param="action")
    if currency and currency not in currencies.CODES:
        raise InvalidRequest(gettext("There is no such currency."), param="currency")
    if above_amount < 0 or (above_amount and not currency):
        raise InvalidRequest(gettext("Say of which currency the amount is."), param="currency")


def _find(rule: str) -> ApprovalRule:
    return one(ApprovalRule.objects.all(), rule, kind="approval_rule")


def _lock(rule: str) -> ApprovalRule:
    return lock_one(ApprovalRule.objects.all(), rule, kind="approval_rule")


ACTIONS: Final = (
    ApprovalAction(
        SAVE,
        "accounts.change_approvalrule",
        _preview_save,
        save,
        approver_right="approval.rules.agree",
        is_always=True,
        may_be_alone=_is_first,
    ),
    ApprovalAction(
        DELETE,
        "accounts.delete_approvalrule",
        _preview_delete,
        delete,
        approver_right="approval.rules.agree",
        is_always=True,
    ),
)
