"""What rules may ask another person to approve: to take what is held, and to let it go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.approvals import ApprovalAction, Preview, Table
from core.errors import InvalidRequest, missing
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from payments.charges.services.previews.tables import effects_table, shares_table
from payments.intents.services import authorizations, cancellation, capture_previews
from payments.intents.services.capture_previews import CapturePreview
from payments.models import PaymentIntent
from payments.states import IntentStatus

CAPTURE: Final = "payment_intent.capture"
CANCEL: Final = "payment_intent.cancel"
_ENDED: Final = (IntentStatus.SUCCEEDED, IntentStatus.CANCELED, IntentStatus.PROCESSING)


def look(
    *,
    account: str,
    livemode: bool,
    intent: str,
    amount: int | None,
    application_fee_amount: int | None,
    transfer_amount: int | None,
) -> CapturePreview:
    """Preview a capture with the parameters of its action."""
    return capture_previews.preview(
        tenant=Tenant(account, livemode),
        intent_id=intent,
        amount_to_capture=amount,
        application_fee_amount=application_fee_amount,
        transfer_amount=transfer_amount,
        at=timezone.now(),
    )


def tables_of(found: CapturePreview) -> Sequence[Table]:
    """Return what a capture would do, line by line."""
    currency = found.captured.currency
    return shares_table(found.shares, currency), effects_table(found.effects, currency)


def summary_of(found: CapturePreview) -> Preview:
    """Return in words what a capture would do, and what decides whether it waits."""
    rest = (
        format_lazy(gettext_lazy(" {released} are released."), released=found.released)
        if found.released.amount
        else ""
    )
    return Preview(
        format_lazy(
            gettext_lazy("{captured} of {held} held for {id} are captured.{rest}"),
            captured=found.captured,
            held=found.held,
            id=found.intent.id,
            rest=rest,
        ),
        found.captured,
        found.intent.livemode,
        facts={"held_amount": found.held.amount},
        account_id=found.intent.account_id,
    )


def _preview_capture(**given: object) -> Preview:
    return summary_of(look(**given))  # type: ignore[arg-type]


def _tables_of_capture(**given: object) -> Sequence[Table]:
    return tables_of(look(**given))  # type: ignore[arg-type]


def _capture(
    *,
    account: str,
    livemode: bool,
    intent: str,
    amount: int | None,
    application_fee_amount: int | None,
    transfer_amount: int | None,
    at: datetime,
) -> PaymentIntent:
    return authorizations.capture(
        tenant=Tenant(account, livemode),
        intent_id=intent,
        amount_to_capture=amount,
        application_fee_amount=application_fee_amount,
        transfer_amount=transfer_amount,
        at=at,
    )


def parameters_to_cancel(intent: PaymentIntent, code: str) -> JsonObject:
    """Return what the action that cancels is called with."""
    return {
        "account": intent.account_id,
        "livemode": intent.livemode,
        "intent": intent.id,
        "code": code,
    }


def summary_to_cancel(intent: PaymentIntent) -> Preview:
    """Return in words what cancelling would do, and what decides whether it waits."""
    held = Money(intent.amount_capturable, intent.currency)
    rest = (
        format_lazy(gettext_lazy(" {held} are released to the payer."), held=held)
        if held.amount
        else ""
    )
    return Preview(
        format_lazy(
            gettext_lazy("{id} over {money} cannot be paid any more.{rest}"),
            id=intent.id,
            money=intent.money,
            rest=rest,
        ),
        intent.money,
        intent.livemode,
        facts={"status": intent.status, "held_amount": held.amount},
        account_id=intent.account_id,
    )


def _preview_cancel(*, account: str, livemode: bool, intent: str, code: str) -> Preview:
    del code
    rows = PaymentIntent.objects.filter(account_id=account, livemode=livemode)
    row = rows.filter(id=intent).first()
    if row is None:
        raise missing("payment_intent", intent)
    if row.status in _ENDED:
        raise InvalidRequest(
            gettext("%(intent)s is %(state)s, and cannot be canceled.")
            % {"intent": intent, "state": gettext(row.status.replace("_", " "))},
            param="intent",
        )
    return summary_to_cancel(row)


def _cancel(*, account: str, livemode: bool, intent: str, code: str, at: datetime) -> PaymentIntent:
    return cancellation.cancel(
        tenant=Tenant(account, livemode),
        intent_id=intent,
        cancellation_reason=code or None,
        at=at,
    )


ACTIONS: Final = (
    ApprovalAction(
        CAPTURE, "", _preview_capture, _capture, right="capture", tables=_tables_of_capture
    ),
    ApprovalAction(CANCEL, "", _preview_cancel, _cancel, right="cancel"),
)
