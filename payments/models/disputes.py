from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    by_time_index,
    status_constraint,
)
from core.database.finding import tail_index
from payments.models.charges import Charge
from payments.states import DISPUTE, DisputeStatus


class Dispute(TenantModel):
    """The payer's bank asks for a payment back, or asks about it."""

    id = IdField(prefix="du")
    charge = models.ForeignKey(
        Charge, on_delete=models.PROTECT, db_index=False, related_name="disputes"
    )
    payment_intent_id = ReferenceField(null=True, blank=True)
    status = StatusField()
    amount = AmountField()
    currency = CurrencyField()
    reason = models.CharField(max_length=40)
    network_reason_code = models.CharField(max_length=10, null=True, blank=True)
    processor = models.CharField(max_length=40)
    # The processor's own id; one dispute is booked for each.
    processor_reference = ReferenceField()
    # What it cost, and what came back of it; minor units.
    fee_amount = AmountField(default=0)
    withdrawn_amount = AmountField(default=0)
    reinstated_amount = AmountField(default=0)
    # What of it is more than was left of the charge; the rail has taken it all the same.
    excess_amount = AmountField(default=0, db_default=0)
    # What its owner was shown of that, as the ledger has it.
    lines = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    # The answer is on its way; the processor has it once there is a submission.
    submitting_since = models.DateTimeField(null=True, blank=True)
    submission_count = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            status_constraint(DisputeStatus, name="dispute_status_is_known"),
            models.UniqueConstraint(
                fields=["processor", "processor_reference"], name="one_dispute_per_reference"
            ),
            models.CheckConstraint(
                condition=Q(reinstated_amount__gte=0)
                & Q(reinstated_amount__lte=models.F("withdrawn_amount")),
                name="no_more_is_reinstated_than_withdrawn",
            ),
        ]
        indexes = [
            by_time_index("dispute"),
            tail_index("dispute"),
            models.Index(fields=["charge", "-id"], name="dispute_by_charge"),
            # For those who answer them: few of all.
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=("needs_response", "warning_needs_response")),
                name="dispute_unanswered",
            ),
            models.Index(
                fields=["submitting_since"],
                condition=Q(submitting_since__isnull=False),
                name="dispute_submitting",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: DisputeStatus) -> None:
        """Change the status; the only writer but for the first."""
        DISPUTE.check(DisputeStatus(self.status), status)
        self.status = status


class EarlyFraudWarning(TenantModel):
    """The card's issuer believes that a payment was not the payer's. Often a dispute follows."""

    id = IdField(prefix="issfr")
    charge = models.ForeignKey(
        Charge, on_delete=models.PROTECT, db_index=False, related_name="fraud_warnings"
    )
    payment_intent_id = ReferenceField(null=True, blank=True)
    fraud_type = models.CharField(max_length=40)
    processor = models.CharField(max_length=40)
    processor_reference = ReferenceField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["processor", "processor_reference"], name="one_fraud_warning_per_reference"
            )
        ]
        indexes = [
            by_time_index("fraud_warning"),
            models.Index(fields=["charge", "-id"], name="fraud_warning_by_charge"),
            tail_index("early_fraud_warning"),
        ]

    def __str__(self) -> str:
        return self.id
