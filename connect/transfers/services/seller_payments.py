"""Updates of seller payments."""

from datetime import datetime
from typing import Final

from connect.models import SellerPayment
from connect.transfers import resources as transfer_resources
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from operations import locking
from operations.unit_of_work import UnitOfWork

_CHANGEABLE: Final = ("description", "metadata")


def update(*, tenant: Tenant, payment_id: str, changes: JsonObject, at: datetime) -> SellerPayment:
    """Update a seller payment's description and metadata.

    Args:
        tenant: The seller.
        payment_id: `py_...`.
        changes: Parameters of the request.
        at: The moment of the request.

    Raises:
        Missing: If the seller has no such payment.
        InvalidRequest: If something else is to be changed.
    """
    with UnitOfWork(tenant, at=at) as work:
        rows = SellerPayment.objects.select_related("transfer")
        payment = locking.lock(rows, tenant, payment_id, kind="charge")
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
            work.emit("charge.updated", tenant, after, before=before)
    return payment
