"""Wire objects of transfers and application fees: ids unexpanded, no queries."""

from collections.abc import Sequence

from connect.models import (
    ApplicationFee,
    ApplicationFeeRefund,
    ConnectReserveChange,
    SellerPayment,
    Transfer,
    TransferReversal,
)
from core.ids import application_id
from core.types import JsonObject

_SHOWN_INSIDE = 10


def transfer(row: Transfer, reversals: Sequence[TransferReversal]) -> JsonObject:
    """Render a transfer with its newest reversals inside."""
    return {
        "id": row.id,
        "object": "transfer",
        "amount": row.amount,
        "amount_reversed": row.amount_reversed,
        "balance_transaction": row.balance_transaction_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "description": row.description,
        "destination": row.destination_id,
        "destination_payment": row.destination_payment_id,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "reversals": _sublist(
            [transfer_reversal(r) for r in reversals], f"/v1/transfers/{row.id}/reversals"
        ),
        "reversed": row.amount_reversed == row.amount,
        "source_transaction": row.source_transaction,
        "source_type": "card",
        "transfer_group": row.transfer_group,
    }


def transfer_reversal(row: TransferReversal) -> JsonObject:
    """Render a reversal of a transfer."""
    return {
        "id": row.id,
        "object": "transfer_reversal",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "destination_payment_refund": row.destination_payment_refund_id,
        "metadata": row.metadata,
        "source_refund": row.source_refund_id,
        "transfer": row.transfer_id,
    }


def application_fee(row: ApplicationFee, refunds: Sequence[ApplicationFeeRefund]) -> JsonObject:
    """Render an application fee with its newest refunds inside.

    The wire's `charge` is never null: the fee of a payout names the payout there.
    """
    return {
        "id": row.id,
        "object": "application_fee",
        "account": row.seller_id,
        "amount": row.amount,
        "amount_refunded": row.amount_refunded,
        "application": application_id(row.account_id),
        "balance_transaction": row.balance_transaction_id,
        "charge": row.charge_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "fee_source": {"payout": row.charge_id, "type": "payout"}
        if row.is_of_payout
        else {"charge": row.charge_id, "type": "charge"},
        "livemode": row.livemode,
        "originating_transaction": row.originating_transaction,
        "refunded": row.amount_refunded == row.amount,
        "refunds": _sublist(
            [application_fee_refund(r) for r in refunds],
            f"/v1/application_fees/{row.id}/refunds",
        ),
    }


def application_fee_refund(row: ApplicationFeeRefund) -> JsonObject:
    """Render a refund of an application fee."""
    return {
        "id": row.id,
        "object": "fee_refund",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "fee": row.fee_id,
        "metadata": row.metadata,
    }


def reserve_transaction(row: ConnectReserveChange) -> JsonObject:
    """Render a change of a platform's reserve for its sellers."""
    return {
        "id": row.id,
        "object": "reserve_transaction",
        # As its balance transaction has it: what is set aside is no longer there.
        "amount": -row.amount,
        "currency": row.currency,
        "description": None,
    }


def seller_payment(row: SellerPayment, source: Transfer) -> JsonObject:
    """Render the seller's side of a transfer, which the wire calls a charge, `py_...`."""
    return {
        "id": row.id,
        "object": "charge",
        "amount": row.amount,
        "amount_captured": row.amount,
        "amount_refunded": row.amount_refunded,
        "application": application_id(row.source_transfer_account_id)
        if row.application_fee_id
        else None,
        "application_fee": row.application_fee_id,
        "application_fee_amount": row.application_fee_amount,
        "balance_transaction": row.balance_transaction_id,
        "billing_details": {
            "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": None,
        "captured": True,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "customer": None,
        "description": row.description,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": row.livemode,
        "metadata": row.metadata,
        "on_behalf_of": None,
        "outcome": None,
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": None,
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": row.amount_refunded == row.amount,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": source.id,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": source.transfer_group,
    }


def payment_refund(row: TransferReversal, balance_transaction_id: str | None) -> JsonObject:
    """Render the seller's side of a reversal, which the wire calls a refund, `pyr_...`.

    Args:
        row: The reversal, with its transfer.
        balance_transaction_id: The seller's; None for somebody else.
    """
    return {
        "id": row.destination_payment_refund_id,
        "object": "refund",
        "amount": row.amount if row.payment_amount is None else row.payment_amount,
        "balance_transaction": balance_transaction_id,
        "charge": row.transfer.destination_payment_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.payment_currency or row.currency,
        "customer": None,
        "customer_account": None,
        "metadata": {},
        "payment_intent": None,
        "payment_method": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": row.id,
        "status": "failed" if row.restored_at else "succeeded",
        "transfer_reversal": None,
    }


def _sublist(objects: list[JsonObject], url: str) -> JsonObject:
    return {
        "object": "list",
        "data": objects[:_SHOWN_INSIDE],
        "has_more": len(objects) > _SHOWN_INSIDE,
        "url": url,
    }
