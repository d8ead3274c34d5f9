"""Pages of the codes that payers scan, and what payers of test payments do there."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from core.errors import missing
from payments import pages
from payments.charges.services import charges, push_charges
from payments.models import Charge
from payments.states import ChargeStatus
from processors import gateway
from processors.protocols.payers import CODE, STORES, PayerAct

_SHOPS: Final = dict(zip(STORES, ("FamilyMart", "Lawson", "Ministop", "Seicomart"), strict=True))


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


class CodeState(StrEnum):
    """What the page of a code shows."""

    OPEN = "open"
    # Somebody is asking how the payment stands.
    WAITING = "waiting"
    PAID = "paid"
    OVER = "over"


def state_of(charge: Charge) -> CodeState:
    """Return what the page of a charge's code shows by now."""
    if is_open(charge):
        return CodeState.OPEN
    if charge.status == ChargeStatus.PENDING:
        return CodeState.WAITING
    return CodeState.PAID if charge.status == ChargeStatus.SUCCEEDED else CodeState.OVER


def is_open(charge: Charge) -> bool:
    """Tell whether a charge's payer may pay it."""
    intent = charge.payment_intent
    return intent.latest_charge_id == charge.id and push_charges.is_shown(intent)


def payload(charge: Charge) -> str | None:
    """Return the payload of a charge's code; None without one, and once nobody may pay it."""
    return charge.network_details.get(CODE) if is_open(charge) else None


def stores(charge: Charge) -> list[tuple[str, str, str]]:
    """Return where a charge can be paid at a counter: the shop, and the two numbers for it."""
    known = charge.network_details
    return [
        (_SHOPS[store], known[f"{store}_code"], known[f"{store}_number"])
        for store in STORES
        if f"{store}_code" in known
    ]


def act(charge: Charge, action: PayerAct, *, at: datetime) -> Charge:
    """Act for the payer of a test payment, and record what follows.

    Returns:
        The charge as it now is: unchanged if real payers act for themselves.
    """
    if charge.livemode or not gateway.act_for_payer(charge.processor, charge.id, action):
        return charge
    return charges.poll(charge, at=at)
