from typing import TYPE_CHECKING, Final, Optional

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
from payments.models.customers import Customer, PaymentMethod
from payments.states import (
    MANDATE,
    SETUP,
    SETUP_ATTEMPT,
    MandateStatus,
    SetupAttemptStatus,
    SetupStatus,
)

if TYPE_CHECKING:
    from operations.unit_of_work import UnitOfWork

# ISO 4217's code for transactions in which no currency is involved.
NO_CURRENCY: Final = "xxx"


class SetupIntent(TenantModel):
    """An intent to save a payment method for later charges, without charging it now."""

    id = IdField(prefix="seti")
    status = StatusField(default=SetupStatus.REQUIRES_PAYMENT_METHOD)
    usage = models.CharField(max_length=12, default="off_session")
    # Lets the payer's browser see and confirm this one intent.
    client_secret = models.CharField(max_length=80)
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="setup_intents",
    )
    payment_method = models.ForeignKey(
        PaymentMethod,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="setup_intents",
    )
    latest_attempt_id = ReferenceField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    on_behalf_of = ReferenceField(null=True, blank=True)
    attach_to_self = models.BooleanField(null=True, blank=True)
    flow_directions = models.JSONField(null=True, blank=True)
    automatic_payment_methods = models.JSONField(null=True, blank=True)
    payment_method_types = models.JSONField(default=list, blank=True)
    # What may not be used though it fits; null for nothing.
    excluded_payment_method_types = models.JSONField(null=True, blank=True)
    # The configuration that chose its types: `id`, and the `types` that it showed then.
    configuration = models.JSONField(null=True, blank=True)
    # What the account that is paid has no capability for; null for nothing.
    lacking_types = models.JSONField(null=True, blank=True)
    payment_method_options = models.JSONField(default=dict, blank=True)
    last_setup_error = models.JSONField(null=True, blank=True)
    next_action = models.JSONField(null=True, blank=True)
    authentication_id = ReferenceField(null=True, blank=True)
    return_url = models.CharField(max_length=2_048, null=True, blank=True)
    # How the payer accepted to be charged later, until there is a mandate.
    customer_acceptance = models.JSONField(null=True, blank=True)
    single_use_amount = AmountField(null=True, blank=True)
    single_use_currency = CurrencyField(null=True, blank=True)
    mandate_id = ReferenceField(null=True, blank=True)
    # What made it, and alone confirms and cancels it; null for nothing.
    held_by = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()
    processing_since = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(max_length=32, null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(SetupStatus, name="setup_intent_status_is_known"),
            models.CheckConstraint(
                condition=Q(single_use_amount__isnull=True) | Q(single_use_amount__gt=0),
                name="setup_intent_single_use_is_positive",
            ),
        ]
        indexes = [
            by_time_index("setup_intent"),
            models.Index(
                fields=["customer", "-created_at", "-id"],
                condition=Q(customer__isnull=False),
                name="setup_intent_by_payer",
            ),
            models.Index(
                fields=["processing_since"],
                condition=Q(processing_since__isnull=False),
                name="setup_intent_processing",
            ),
            tail_index("setup_intent"),
        ]

    def __str__(self) -> str:
        return self.id

    # What the payer's bank is asked about is the same as for a payment, but for the money.

    @property
    def amount(self) -> int:
        return 0

    @property
    def currency(self) -> str:
        return NO_CURRENCY

    @property
    def setup_future_usage(self) -> str:
        return self.usage

    def move_to(self, status: SetupStatus) -> None:
        """Change the status; the only writer."""
        SETUP.check(SetupStatus(self.status), status)
        self.status = status


class SetupAttempt(TenantModel):
    """One attempt to save a payment method for later charges."""

    id = IdField(prefix="setatt")
    setup_intent = models.ForeignKey(
        SetupIntent, on_delete=models.PROTECT, db_index=False, related_name="attempts"
    )
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, db_index=False, related_name="setup_attempts"
    )
    status = StatusField(default=SetupAttemptStatus.PROCESSING)
    customer_id = ReferenceField(null=True, blank=True)
    on_behalf_of = ReferenceField(null=True, blank=True)
    usage = models.CharField(max_length=12)
    processor = models.CharField(max_length=40)
    processor_reference = ReferenceField(null=True, blank=True)
    three_d_secure = models.JSONField(null=True, blank=True)
    # What a bank said of the payer who agreed there, and what is kept of it for later charges.
    details = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    setup_error = models.JSONField(null=True, blank=True)
    # The fingerprint of a card that its bank declined: networks limit how often it may be tried.
    declined_card = models.CharField(max_length=24, null=True, blank=True)
    created_at = models.DateTimeField()
    # The unit of work that has just begun it, and has read what it is judged by.
    begun_in: Optional["UnitOfWork"] = None

    class Meta:
        constraints = [
            status_constraint(SetupAttemptStatus, name="setup_attempt_status_is_known"),
            models.UniqueConstraint(
                fields=["setup_intent"],
                condition=Q(status__in=["requires_action", "processing"]),
                name="one_live_setup_attempt_per_intent",
            ),
        ]
        indexes = [
            models.Index(fields=["setup_intent", "-id"], name="setup_attempt_by_intent"),
            models.Index(
                fields=["account", "livemode", "declined_card", "created_at"],
                condition=Q(declined_card__isnull=False),
                name="setup_declined_by_card",
            ),
            tail_index("setup_attempt"),
        ]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: SetupAttemptStatus) -> None:
        """Change the status; the only writer."""
        SETUP_ATTEMPT.check(SetupAttemptStatus(self.status), status)
        self.status = status


class Mandate(TenantModel):
    """Mandates: payers' permissions to be charged."""

    id = IdField(prefix="mandate")
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, related_name="mandates"
    )
    status = StatusField(default=MandateStatus.ACTIVE)
    # `seti_...` or `pi_...`, with which it was given; another try may need another one.
    intent_id = ReferenceField(db_index=True)
    customer_acceptance = models.JSONField()
    on_behalf_of = ReferenceField(null=True, blank=True)
    # What the payer's bank statement names it, for bank debits.
    reference = ReferenceField(null=True, blank=True)
    # Null for a mandate that may be used many times.
    single_use_amount = AmountField(null=True, blank=True)
    single_use_currency = CurrencyField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [status_constraint(MandateStatus, name="mandate_status_is_known")]
        indexes = [tail_index("mandate")]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: MandateStatus) -> None:
        """Change the status; the only writer."""
        MANDATE.check(MandateStatus(self.status), status)
        self.status = status
