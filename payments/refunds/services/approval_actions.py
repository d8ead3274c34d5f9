"""What rules may ask another person to approve: who bears money that went back."""

from typing import Final

from accounts.approvals import ApprovalAction, Preview
from core.errors import InvalidRequest, missing
from core.money import Money
from payments.models import Refund
from payments.refunds.services import outside_refunds


def _preview_share(
    *, refund_id: str, reverse_transfer: bool, refund_application_fee: bool
) -> Preview:
    row = Refund.objects.filter(id=refund_id).first()
    if row is None:
        raise missing("refund", refund_id)
    if not row.is_outside or row.shared_at:
        raise InvalidRequest(f"Who bears refund {refund_id} is decided already.", param="id")
    total = Money(row.amount, row.currency)
    seller = "bears its part" if reverse_transfer else "bears nothing"
    fee = "is given back in part" if refund_application_fee else "stays with the platform"
    return Preview(
        f"Of refund {row.id} of {total} the seller {seller}, and the application fee {fee}.",
        total,
        row.livemode,
        facts={"status": row.status},
    )


ACTIONS: Final = (
    ApprovalAction("refund.share", "payments.change_refund", _preview_share, outside_refunds.share),
)
