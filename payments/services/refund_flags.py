"""Who is to bear a refund, and whether that is possible."""

from connect.services import spreading
from core.errors import InvalidRequest
from payments.models import Charge, Refund


def check(charge: Charge, refund: Refund) -> None:
    """Refuse a refund that wants back what its charge never gave.

    Raises:
        InvalidRequest: If there is no transfer, no application fee, or less left than is wanted.
    """
    if refund.reverse_transfer and charge.transfer_id is None:
        raise InvalidRequest(
            "Cannot reverse a transfer: this charge has no transfer of its own. For transfers "
            "with this charge as their source_transaction, pass transfer_reversals.",
            param="reverse_transfer",
        )
    if refund.refund_application_fee and charge.application_fee_id is None:
        raise InvalidRequest(
            "Cannot refund an application fee: this charge has none.",
            param="refund_application_fee",
        )
    if refund.transfer_reversals is None:
        return
    if refund.reverse_transfer:
        raise InvalidRequest(
            "You may only specify one of these parameters: reverse_transfer, transfer_reversals.",
            code="parameters_exclusive",
            param="transfer_reversals",
        )
    spreading.check(
        charge.platform, charge.id, refund.transfer_reversals, refund_amount=refund.amount
    )
