"""What a seller says about the payments that it got of a platform."""

from datetime import datetime
from typing import Final

from connect.models import SellerPayment
from connect.transfers import resources as transfer_resources
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from operations.unit_of_work import UnitOfWork

_CHANGEABLE: Final = ("description", "metadata")


def update(*, tenant: Tenant, payment_id: str, changes: JsonObject, at: datetime) -> SellerPayment:
    """Change what a seller says about a payment: its description and metadata.

    Args:
        tenant: The seller.
        payment_id: `py_...`.
        changes: As the wire spells them.
        at: The moment of the request.

    Raises:
        Missing: If the seller has no such payment.
        InvalidRequest: If something else is to be changed.
    """
    with UnitOfWork(tenant, at=at) as work:
        rows = SellerPayment.objects.select_for_update(of=("self",), no_key=True)
        payment = (
            rows.select_related("transfer")
            .filter(id=payment_id, account_id=tenant.account_id, livemode=tenant.livemode)
            .first()
        )
        if payment is None:
            raise missing("charge", payment_id)
        for name in changes:
            if name not in _CHANGEABLE:
                raise InvalidRequest(
                    f"{payment_id} is a payment of your platform: only its description and "
                    "metadata can be changed.",
                    param=name.removesuffix("_id"),
                )
        before = transfer_resources.seller_payment(payment, payment.transfer)
        apply(payment, changes)
        if changes:
            after = transfer_resources.seller_payment(payment, payment.transfer)
            work.update(payment, *sorted(changes))
            work.emit(
                "charge.updated",
                tenant,
                after,
                {name: before[name] for name in after if before[name] != after[name]},
            )
    return payment
