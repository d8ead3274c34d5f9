"""Charges whose request has just been opened, and what was read with that."""

from dataclasses import dataclass
from datetime import datetime

from core.database.bulk_writes import Call
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.retry_limits import Declines
from payments.charges.services import fee_schedules
from payments.charges.services.fee_schedules import Pricing
from payments.methods import card_installments, payer_options
from payments.methods.services.instruments.payment_facts import facts_of
from payments.models import Charge, PaymentIntent, PaymentMethod
from processors.router import choosing


@dataclass(frozen=True, slots=True)
class StartedCharge:
    """A charge with a request just opened, and the transaction that opened it.

    Args:
        charge: The charge, with its intent.
        work: The unit of work, ended before the rest is read.
    """

    charge: Charge
    work: UnitOfWork

    @property
    def pricing(self) -> Pricing:
        """Return what the operator charged at that moment."""
        return Pricing(*self.work.answer[0][1:-1])

    @property
    def declines(self) -> Declines:
        """Return how often the card was declined before."""
        return Declines.read(self.work.answer[0][-1])

    @property
    def transaction_id(self) -> str:
        """Return the transaction, as PostgreSQL notes it in rows (`xmin`)."""
        return str(self.work.answer[0][0])


def build(
    intent: PaymentIntent,
    method: PaymentMethod,
    *,
    charge_id: str,
    is_off_session: bool,
    at: datetime,
) -> Charge:
    """Build the charge of an intent, without saving it.

    Raises:
        NoRail: If no processor account takes it.
    """
    routed = choosing.choose(facts_of(intent, method, is_off_session=is_off_session), at=at)
    return Charge(
        id=charge_id,
        account_id=intent.account_id,
        livemode=intent.livemode,
        payment_intent=intent,
        payment_method=method,
        customer_id=intent.customer_id,
        amount=intent.amount,
        currency=intent.currency,
        processor=routed.account,
        routing=routed.trace,
        is_off_session=is_off_session,
        open_request="charge",
        method_type=method.type,
        card={
            **resources.card_of(method),
            **payer_options.charged(intent, method.type),
            **card_installments.kept(intent, method, routed.account),
        },
        billing_details=method.billing_details,
        description=intent.description,
        receipt_email=intent.receipt_email,
        shipping=intent.shipping,
        statement_descriptor=intent.statement_descriptor,
        statement_descriptor_suffix=intent.statement_descriptor_suffix,
        metadata=dict(intent.metadata),
        platform_id=intent.platform_id,
        application_fee_amount=intent.application_fee_amount,
        on_behalf_of=intent.on_behalf_of,
        transfer_destination=intent.transfer_destination,
        transfer_amount=intent.transfer_amount,
        split=intent.split,
        transfer_group=intent.transfer_group,
        is_standalone=intent.is_internal,
        created_at=at,
    )


def begin(work: UnitOfWork, charge: Charge) -> StartedCharge:
    """Read a charge's pricing with the last statement of the transaction that opens its request.

    Raises:
        InvalidRequest: If the charge is a seller's own, and its charges are not enabled; or its
            suffix is too long for the statement.
    """
    reading = Call(fee_schedules.FOR_NEW, fee_schedules.values_for_new(charge, work.at))
    work.read_with(reading)
    work.explain(fee_schedules.explain_refusal())
    return StartedCharge(charge, work)
