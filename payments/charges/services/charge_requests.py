"""Requests to rails about charges, in the rails' words."""

from payments import pages
from payments.charges import statements
from payments.charges.services.push_charges import WITHDRAWALS
from payments.charges.services.unresolved_requests import RailRequest
from payments.methods import card_installments, payer_options
from payments.methods.services import mandates
from payments.methods.services.instruments import known_instruments
from payments.methods.services.instruments.known_instruments import Known
from payments.models import Charge, PaymentIntent, PaymentMethod
from payments.three_d_secure import queries, sca
from processors import gateway, registry
from processors.protocols.base import Action, ChargeRequest, FollowUp, Inquiry, Outcome


def send(charge: Charge, method: PaymentMethod, intent: PaymentIntent) -> Outcome:
    """Send a charge's open request to its rail; it may be sent again, with the same key."""
    rail, key = charge.processor, request_key(charge)
    if charge.open_request == "charge":
        first = _charge_request(key, charge, method, intent)
        return gateway.charge(rail, first, method=charge.method_type)
    request = FollowUp(
        key=key,
        charge_key=charge.id,
        amount=charge.open_request_amount or 0,
        currency=charge.currency,
        instrument=method.instrument,
        charge_reference=charge.processor_reference,
    )
    if charge.open_request == "capture":
        return gateway.capture(rail, request)
    if charge.open_request in WITHDRAWALS:
        return gateway.cancel_charge(rail, request)
    return gateway.void(rail, request)


def _charge_request(
    key: str, charge: Charge, method: PaymentMethod, intent: PaymentIntent
) -> ChargeRequest:
    text = charge.statement_text
    known = known_instruments.load(method, charge.processor)
    return ChargeRequest(
        key=key,
        amount=charge.amount,
        currency=charge.currency,
        instrument=known.token,
        is_captured=intent.capture_method != "manual",
        authentication=sca.transaction_of(charge.three_d_secure),
        is_off_session=charge.is_off_session,
        is_set_up=_is_set_up(charge, method),
        statement=statements.read(charge) if text is None else text,
        return_url=pages.return_address(charge.id) if charge.is_payer_present else None,
        is_to_be_kept=_is_to_be_kept(intent, method, known),
        payer=method.customer_id or intent.customer_id,
        network_transaction_id=known.network_transaction_id if charge.is_off_session else None,
        pay_within=payer_options.pay_within(intent, charge.method_type, since=charge.created_at),
        installments=card_installments.count_of(charge.card),
        payer_code=payer_options.code_of(intent, charge.method_type),
        method=charge.method_type,
        permission=mandates.permission_of(charge.mandate_id, method),
        description=charge.description or "",
        metadata=charge.metadata,
    )


def _is_set_up(charge: Charge, method: PaymentMethod) -> bool:
    if not method.instrument:
        return False
    enrolment = registry.get(charge.processor).enrolment(method.instrument)
    return queries.is_set_up(method, enrolment)


def _is_to_be_kept(intent: PaymentIntent, method: PaymentMethod, known: Known) -> bool:
    """Tell whether the processor is to keep the card: if it has a payer, and is not kept yet."""
    return not known.is_kept and bool(intent.setup_future_usage or method.customer_id)


def describe_open_request(charge: Charge) -> RailRequest | None:
    """Describe the open request; None if there is none."""
    if charge.open_request is None:
        return None
    is_charge = charge.open_request == "charge"
    is_withdrawn = charge.open_request in WITHDRAWALS
    action = Action.CANCEL if is_withdrawn else Action(charge.open_request)
    return RailRequest(
        inquiry=Inquiry(action, request_key(charge), charge.id, charge.processor_reference),
        object_id=charge.id,
        tenant=charge.tenant,
        processor=charge.processor,
        amount=charge.amount if is_charge else charge.open_request_amount or 0,
        currency=charge.currency,
        sent_at=charge.payment_intent.processing_since or charge.created_at,
    )


def request_key(charge: Charge) -> str:
    """Return the key under which the rail knows the charge's open request."""
    if charge.open_request == "charge":
        return charge.id
    return follow_up_key(charge, str(charge.open_request))


def follow_up_key(charge: Charge, action: str) -> str:
    """Return the key of a charge's next capture, void or withdrawal.

    One that was refused leaves its key behind: a processor answers that with what it said first.
    """
    refused = charge.refused_requests
    return f"{charge.id}_{action}_{refused + 1}" if refused else f"{charge.id}_{action}"
