"""Pages of the codes that payers scan, and what payers of test payments do there."""

from datetime import datetime

from core.errors import missing
from payments import pages
from payments.charges.services import charges, push_charges
from payments.models import Charge
from processors import gateway
from processors.protocols.payers import CODE, PayerAct


def find(charge_id: str, key: str) -> Charge:
    """Return the charge at an address, with its intent.

    Raises:
        Missing: If the address is nobody's.
    """
    rows = Charge.objects.select_related("payment_intent", "payment_method")
    row = rows.filter(id=charge_id).first() if pages.is_key_of_code(charge_id, key) else None
    if row is None:
        raise missing("charge", charge_id)
    return row


def payload(charge: Charge) -> str | None:
    """Return the payload of a charge's code; None once nobody may pay it."""
    intent = charge.payment_intent
    if intent.latest_charge_id != charge.id or not push_charges.is_shown(intent):
        return None
    return str(charge.network_details[CODE])


def act(charge: Charge, action: PayerAct, *, at: datetime) -> Charge:
    """Act for the payer of a test payment, and record what follows.

    Returns:
        The charge as it now is: unchanged if real payers act for themselves.
    """
    if charge.livemode or not gateway.act_for_payer(charge.processor, charge.id, action):
        return charge
    return charges.poll(charge, at=at)
