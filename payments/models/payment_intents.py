from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from accounts.models import TenantModel
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    any_metadata_index,
    by_time_index,
    status_constraint,
)
from core.database.finding import tail_index
from core.money import Money
from payments.models.customers import Customer, PaymentMethod
from payments.states import INTENT, IntentStatus


class PaymentIntent(TenantModel):
    """An intent to collect one payment."""

    id = IdField(prefix="pi")
    status = StatusField(default=IntentStatus.REQUIRES_PAYMENT_METHOD)
    amount = AmountField()
    amount_capturable = AmountField(default=0)
    amount_received = AmountField(default=0)
    currency = CurrencyField()
    capture_method = models.CharField(max_length=20, default="automatic_async")
    confirmation_method = models.CharField(max_length=12, default="automatic")
    # Lets the payer's browser see and confirm this one intent.
    client_secret = models.CharField(max_length=80)
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="payment_intents",
    )
    payment_method = models.ForeignKey(
        PaymentMethod,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="payment_intents",
    )
    latest_charge_id = ReferenceField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    receipt_email = models.CharField(max_length=512, null=True, blank=True)
    shipping = models.JSONField(null=True, blank=True)
    statement_descriptor = models.CharField(max_length=22, null=True, blank=True)
    statement_descriptor_suffix = models.CharField(max_length=22, null=True, blank=True)
    setup_future_usage = models.CharField(max_length=12, null=True, blank=True)
    automatic_payment_methods = models.JSONField(null=True, blank=True)
    # What the merchant wants to be paid with; empty for whatever fits.
    payment_method_types = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    # What may not be used though it fits; null for nothing.
    excluded_payment_method_types = models.JSONField(null=True, blank=True)
    # The configuration that chose its types: `id`, and the `types` that it showed then.
    configuration = models.JSONField(null=True, blank=True)
    # What the account that is paid has no capability for; null for nothing.
    lacking_types = models.JSONField(null=True, blank=True)
    payment_method_options = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    last_payment_error = models.JSONField(null=True, blank=True)
    # What the payer has to do, and where the payer comes back to.
    next_action = models.JSONField(null=True, blank=True)
    authentication_id = ReferenceField(null=True, blank=True)
    return_url = models.CharField(max_length=2_048, null=True, blank=True)
    # The platform that made it on the account's behalf; null if the account did.
    platform_id = ReferenceField(null=True, blank=True)
    # For whom the money is.
    application_fee_amount = AmountField(null=True, blank=True)
    on_behalf_of = ReferenceField(null=True, blank=True)
    transfer_destination = ReferenceField(null=True, blank=True)
    transfer_amount = AmountField(null=True, blank=True)
    # For several sellers: who gets what, as the request said it.
    split = models.JSONField(null=True, blank=True)
    transfer_group = models.CharField(max_length=255, null=True, blank=True)
    # What made it to be paid by it, and alone confirms and cancels it; null for nothing.
    held_by = ReferenceField(null=True, blank=True)
    # True for one that stands behind a charge which was made without an intent.
    is_internal = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()
    processing_since = models.DateTimeField(null=True, blank=True)
    # Until when what was authorised can be captured; null when nothing is.
    capture_before = models.DateTimeField(null=True, blank=True)
    amount_details = models.JSONField(null=True, blank=True)
    payment_details = models.JSONField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(max_length=32, null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(IntentStatus, name="payment_intent_status_is_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="payment_intent_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(amount_received__gte=0, amount_received__lte=models.F("amount")),
                name="no_more_is_received_than_asked",
            ),
        ]
        indexes = [
            by_time_index("payment_intent"),
            # For searching.
            models.Index(fields=["amount", "account", "livemode"], name="payment_intent_by_amount"),
            models.Index(
                Upper("receipt_email"),
                condition=Q(receipt_email__isnull=False),
                name="payment_intent_by_email",
            ),
            any_metadata_index("payment_intent"),
            tail_index("payment_intent"),
            models.Index(
                fields=["processing_since"],
                condition=Q(processing_since__isnull=False),
                name="payment_intent_processing",
            ),
            models.Index(
                fields=["capture_before"],
                condition=Q(capture_before__isnull=False),
                name="payment_intent_authorized",
            ),
            models.Index(
                fields=["customer", "-created_at", "-id"],
                condition=Q(customer__isnull=False),
                name="payment_intent_by_payer",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    def move_to(self, status: IntentStatus) -> None:
        """Change the status; the only writer."""
        INTENT.check(IntentStatus(self.status), status)
        self.status = status
