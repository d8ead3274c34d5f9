"""What rules may ask another person to approve: money that goes back, and who bears it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from accounts.approvals import ApprovalAction, Preview, Table
from connect.transfers.services.refunds.named_reversals import Reversals
from core.errors import InvalidRequest, missing
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from payments.charges.services.previews.tables import effects_table, shares_table
from payments.models import Refund
from payments.refunds.services import outside_refunds, refund_previews, refunds
from payments.refunds.services.refund_drafts import RefundRequest
from payments.resources.refund_previews import Preview as RefundPreview

CREATE: Final = "refund.create"
ENDS: Final = {
    "succeeded": "{money} was refunded: {id}.",
    "pending": "{money} is set aside and {id} is on its way, but the processor has not said the "
    "last word. It is asked again by itself: do not refund it a second time.",
    "requires_action": "{money} is set aside. The payer is asked by mail for an account, and {id} "
    "goes on by itself once it has given one.",
    "failed": "{id} failed, and {money} is back where it came from.",
    "canceled": "The processor refused {id}: {money} is back.",
}


# Whether the seller bears its part, and whether the application fee is returned → in words.
SHARES: Final = {
    (True, True): gettext_lazy(
        "Of refund {id} of {total} the seller bears its part, and the application fee is given "
        "back in part."
    ),
    (True, False): gettext_lazy(
        "Of refund {id} of {total} the seller bears its part, and the application fee stays with "
        "the platform."
    ),
    (False, True): gettext_lazy(
        "Of refund {id} of {total} the seller bears nothing, and the application fee is given back "
        "in part."
    ),
    (False, False): gettext_lazy(
        "Of refund {id} of {total} the seller bears nothing, and the application fee stays with "
        "the platform."
    ),
}


def parameters(found: RefundPreview, *, code: str, refunded_before: int) -> JsonObject:
    """Return what a refund that was previewed is made with.

    Args:
        found: The preview.
        code: A word of the wire, such as `"duplicate"`; empty for none.
        refunded_before: What was refunded of the charge when somebody looked.
    """
    refund, charge = found.refund, found.charge
    return {
        "account": charge.account_id,
        "livemode": charge.livemode,
        "charge": charge.id,
        "amount": refund.amount,
        "code": code,
        "reverse_transfer": refund.reverse_transfer,
        "refund_application_fee": refund.refund_application_fee,
        "transfer_reversals": refund.transfer_reversals,
        "refunded_before_amount": refunded_before,
    }


def summary_of(found: RefundPreview) -> Preview:
    """Return in words what a refund would do, and what decides whether it waits."""
    refund, charge = found.refund, found.charge
    total = Money(refund.amount, refund.currency)
    shared = refund.reverse_transfer or refund.transfer_reversals
    bearer = gettext_lazy(" Sellers bear their part.") if shared else ""
    fee = gettext_lazy(" The application fee is returned.") if refund.refund_application_fee else ""
    return Preview(
        format_lazy(
            gettext_lazy("{total} of {id} go back to the payer.{bearer}{fee}"),
            total=total,
            id=charge.id,
            bearer=bearer,
            fee=fee,
        ),
        total,
        charge.livemode,
        facts={"amount_refunded": charge.amount_refunded},
        account_id=charge.account_id,
        limited=Money(charge.amount_refunded + refund.amount, refund.currency),
    )


def _look(
    *,
    account: str,
    livemode: bool,
    charge: str,
    amount: int,
    code: str,
    reverse_transfer: bool,
    refund_application_fee: bool,
    transfer_reversals: Reversals | None,
    refunded_before_amount: int,
) -> RefundPreview:
    request = RefundRequest(
        charge_id=charge,
        amount=amount,
        reverse_transfer=reverse_transfer,
        refund_application_fee=refund_application_fee,
        transfer_reversals=transfer_reversals,
    )
    found = refund_previews.preview(
        tenant=Tenant(account, livemode), request=request, at=timezone.now()
    )
    refunds.check_unchanged(found.charge, refunded_before_amount)
    return found


def _preview_create(**given: object) -> Preview:
    return summary_of(_look(**given))  # type: ignore[arg-type]


def _tables(**given: object) -> Sequence[Table]:
    found = _look(**given)  # type: ignore[arg-type]
    currency = found.refund.currency
    return shares_table(found.shares, currency), effects_table(found.effects, currency)


def _create(
    *,
    account: str,
    livemode: bool,
    charge: str,
    amount: int,
    code: str,
    reverse_transfer: bool,
    refund_application_fee: bool,
    transfer_reversals: Reversals | None,
    refunded_before_amount: int,
    at: datetime,
) -> Refund:
    return refunds.create(
        tenant=Tenant(account, livemode),
        charge_id=charge,
        amount=amount,
        reason=code or None,
        reverse_transfer=reverse_transfer,
        refund_application_fee=refund_application_fee,
        transfer_reversals=transfer_reversals,
        refunded_before=refunded_before_amount,
        at=at,
    )


def tell(row: Refund) -> str:
    """Return what became of a refund, in a sentence."""
    return gettext(ENDS[row.status]).format(money=Money(row.amount, row.currency), id=row.id)


def _preview_share(
    *, refund_id: str, reverse_transfer: bool, refund_application_fee: bool
) -> Preview:
    row = Refund.objects.filter(id=refund_id).first()
    if row is None:
        raise missing("refund", refund_id)
    if not row.is_outside or row.shared_at:
        raise InvalidRequest(
            gettext("Who bears refund %(refund_id)s is decided already.")
            % {"refund_id": refund_id},
            param="id",
        )
    total = Money(row.amount, row.currency)
    return Preview(
        format_lazy(SHARES[reverse_transfer, refund_application_fee], id=row.id, total=total),
        total,
        row.livemode,
        facts={"status": row.status},
        account_id=row.account_id,
    )


ACTIONS: Final = (
    ApprovalAction(CREATE, "", _preview_create, _create, right="refund", tables=_tables, tell=tell),
    ApprovalAction("refund.share", "payments.change_refund", _preview_share, outside_refunds.share),
)
