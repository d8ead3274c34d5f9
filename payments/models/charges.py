from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.db.models.lookups import IsNull

from accounts.models import TenantModel
from core.database.fields import (
    AmountField,
    BillingEmail,
    BillingName,
    CardFingerprint,
    CurrencyField,
    IdField,
    Last4,
    LastWord,
    ReferenceField,
    StatusField,
    by_time_index,
    metadata_index,
    status_constraint,
)
from core.database.finding import beginning, tail_index
from core.tenant import Tenant
from payments.models.customers import Customer, PaymentMethod
from payments.models.payment_intents import PaymentIntent
from payments.states import (
    CHARGE,
    REFUND,
    UNAPPLIED,
    ChargeStatus,
    RefundStatus,
    UnappliedStatus,
)


class Charge(TenantModel):
    """One attempt to charge, on one rail."""

    id = IdField(prefix="ch")
    payment_intent = models.ForeignKey(
        PaymentIntent, on_delete=models.PROTECT, related_name="charges"
    )
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, db_index=False, related_name="charges"
    )
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="charges",
    )
    status = StatusField(default=ChargeStatus.PENDING)
    is_captured = models.BooleanField(default=False)
    amount = AmountField()
    amount_captured = AmountField(default=0)
    amount_refunded = AmountField(default=0)
    currency = CurrencyField()
    processor = models.CharField(max_length=40)
    # Why it went there, as `processors.routing.traces` packs it; null where nothing was to choose.
    routing = models.JSONField(null=True, blank=True)
    processor_reference = ReferenceField(null=True, blank=True)
    # What was asked of the rail and has not been answered: "charge", "capture", "void"; or of a
    # code that the payer was shown, or of a step at the processor, "cancel", "withdraw", "expire".
    open_request = models.CharField(max_length=10, null=True, blank=True)
    open_request_amount = AmountField(null=True, blank=True)
    # How many captures and voids the rail refused: the next one has a key of its own.
    refused_requests = models.PositiveSmallIntegerField(default=0, db_default=0)
    failure = models.JSONField(null=True, blank=True)
    risk = models.CharField(max_length=12, default="not_assessed")
    network_details = models.JSONField(default=dict, blank=True)
    # What the payer's bank said of the payer, in the wire's words; None if it was not asked.
    three_d_secure = models.JSONField(null=True, blank=True)
    is_off_session = models.BooleanField(default=False, db_default=False)
    # True if the payer's browser is there, and may be sent to the processor.
    is_payer_present = models.BooleanField(default=False, db_default=False)
    # True if it was made without an intent: the one behind it is nobody's business.
    is_standalone = models.BooleanField(default=False, db_default=False)
    method_type = models.CharField(max_length=20, default="card", db_default="card")
    # The payer's permission, where one is needed.
    mandate_id = ReferenceField(null=True, blank=True)
    # Set while the processor has taken the request on and has not said the last word.
    next_poll_at = models.DateTimeField(null=True, blank=True)
    # The card or account as it was charged, whatever becomes of the payment method.
    card = models.JSONField(default=dict, blank=True)
    billing_details = models.JSONField(default=dict, blank=True)
    description = models.TextField(null=True, blank=True)
    receipt_email = models.CharField(max_length=512, null=True, blank=True)
    receipt_number = models.CharField(max_length=12, null=True, blank=True)
    shipping = models.JSONField(null=True, blank=True)
    statement_descriptor = models.CharField(max_length=22, null=True, blank=True)
    statement_descriptor_suffix = models.CharField(max_length=22, null=True, blank=True)
    # What the rail was told to print, of the account's texts and the payment's own.
    statement_text = models.CharField(max_length=22, null=True, blank=True)
    # True once it was disputed; and what the payers' banks hold or have kept of it.
    is_disputed = models.BooleanField(default=False, db_default=False)
    amount_disputed = AmountField(default=0, db_default=0)
    fraud_details = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    # What the processing costs the merchant, and the day its money becomes available.
    fee_amount = AmountField(default=0)
    # What of that the processor returns if all is refunded, and has returned (rule 36).
    fee_returnable_amount = AmountField(default=0)
    fee_returned_amount = AmountField(default=0)
    fee_schedule_id = ReferenceField(null=True, blank=True)
    available_on = models.DateField(null=True, blank=True)
    balance_transaction_id = ReferenceField(null=True, blank=True)
    failure_balance_transaction_id = ReferenceField(null=True, blank=True)
    # The platform that charged on the account's behalf, and who bears what processing costs if
    # it is not the account.
    platform_id = ReferenceField(null=True, blank=True)
    fee_payer_id = ReferenceField(null=True, blank=True)
    # For whom the money is, and what was made of that.
    application_fee_amount = AmountField(null=True, blank=True)
    on_behalf_of = ReferenceField(null=True, blank=True)
    transfer_destination = ReferenceField(null=True, blank=True)
    transfer_amount = AmountField(null=True, blank=True)
    # For several sellers: who gets what, as the request said it.
    split = models.JSONField(null=True, blank=True)
    transfer_group = models.CharField(max_length=255, null=True, blank=True)
    transfer_id = ReferenceField(null=True, blank=True)
    application_fee_id = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(ChargeStatus, name="charge_status_is_known"),
            # However many confirm at once: one charge that may take money. A charge that failed
            # has a failure; the status would say the same, but it changes in every payment, and
            # a row whose indexed columns stay as they are is rewritten without its indexes.
            models.UniqueConstraint(
                fields=["payment_intent"],
                condition=Q(failure__isnull=True),
                name="one_live_charge_per_intent",
            ),
            models.CheckConstraint(
                condition=Q(amount_captured__gte=0, amount_captured__lte=F("amount")),
                name="no_more_is_captured_than_authorized",
            ),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0, amount_refunded__lte=F("amount_captured")),
                name="no_more_is_refunded_than_captured",
            ),
        ]
        indexes = [
            by_time_index("charge"),
            # Whose days are added up, of all accounts: a few bytes for thousands of rows.
            BrinIndex(fields=["created_at"], autosummarize=True, name="charge_by_moment"),
            # For searching.
            models.Index(fields=["account", "livemode", "amount"], name="charge_by_amount"),
            models.Index(Last4("card"), "account", "livemode", name="charge_by_last4"),
            models.Index(
                Upper(BillingEmail("billing_details")),
                condition=Q(IsNull(BillingEmail("billing_details"), rhs=False)),
                name="charge_by_payers_email",
            ),
            models.Index(
                beginning(BillingName("billing_details")),
                condition=Q(IsNull(BillingName("billing_details"), rhs=False)),
                name="charge_by_payers_name",
            ),
            models.Index(
                beginning(LastWord(BillingName("billing_details"))),
                condition=Q(IsNull(BillingName("billing_details"), rhs=False)),
                name="charge_by_payers_last_name",
            ),
            models.Index(
                "account", "livemode", CardFingerprint("card"), name="charge_by_fingerprint"
            ),
            # How often a card was declined: networks limit how often it may be tried again.
            models.Index(
                "account",
                "livemode",
                CardFingerprint("card"),
                "created_at",
                condition=Q(failure__isnull=False),
                name="charge_declined_by_card",
            ),
            metadata_index("charge"),
            tail_index("charge"),
            models.Index(
                fields=["account", "livemode", "transfer_group"],
                condition=Q(transfer_group__isnull=False),
                name="charge_by_transfer_group",
            ),
            models.Index(
                fields=["customer", "-created_at", "-id"],
                condition=Q(customer__isnull=False),
                name="charge_by_payer",
            ),
            models.Index(
                fields=["next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="charge_without_a_last_word",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def platform(self) -> Tenant:
        """Return whose the transfer and the application fee are."""
        return Tenant(self.platform_id or self.account_id, self.livemode)

    def move_to(self, status: ChargeStatus) -> None:
        """Change the status; the only writer."""
        CHARGE.check(ChargeStatus(self.status), status)
        self.status = status


class Refund(TenantModel):
    """A refund of a charge."""

    id = IdField(prefix="re")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    payment_intent = models.ForeignKey(
        PaymentIntent, null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    status = StatusField(default=RefundStatus.PENDING)
    amount = AmountField()
    currency = CurrencyField()
    reason = models.CharField(max_length=40, null=True, blank=True)
    instructions_email = models.CharField(max_length=512, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    reverse_transfer = models.BooleanField(default=False)
    refund_application_fee = models.BooleanField(default=False)
    # Which transfers of the charge bear it: "proportional", or transfers with amounts.
    transfer_reversals = models.JSONField(null=True, blank=True)
    balance_transaction_id = ReferenceField(null=True, blank=True)
    failure_balance_transaction_id = ReferenceField(null=True, blank=True)
    failure_reason = models.CharField(max_length=60, null=True, blank=True)
    transfer_reversal_id = ReferenceField(null=True, blank=True)
    fee_returned_amount = AmountField(default=0)
    # Made at the processor, not here; who bears it is decided afterwards (rule 40).
    is_outside = models.BooleanField(default=False)
    shared_at = models.DateTimeField(null=True, blank=True)
    processor_reference = ReferenceField(null=True, blank=True)
    # Set while the processor has not said the last word.
    pending_since = models.DateTimeField(null=True, blank=True)
    # When the payer was asked for an account, and until when it can give one.
    asked_at = models.DateTimeField(null=True, blank=True)
    ask_expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            status_constraint(RefundStatus, name="refund_status_is_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
            # The same notice may come twice, at once.
            models.UniqueConstraint(
                fields=["charge", "processor_reference"],
                condition=Q(is_outside=True),
                name="one_refund_per_outside_refund",
            ),
        ]
        indexes = [
            by_time_index("refund"),
            tail_index("refund"),
            models.Index(fields=["amount"], name="refund_by_amount"),
            models.Index(
                fields=["pending_since"],
                condition=Q(pending_since__isnull=False),
                name="refund_pending",
            ),
            models.Index(
                fields=["-id"],
                condition=Q(is_outside=True, shared_at__isnull=True),
                name="refund_outside_undecided",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: RefundStatus) -> None:
        """Change the status; the only writer."""
        REFUND.check(RefundStatus(self.status), status)
        self.status = status


class UnappliedPayment(TenantModel):
    """What a payer paid after its charge had ended, in suspense until somebody decides.

    There are few. The charge and its intent stay as they ended, whatever becomes of it.
    """

    id = IdField(prefix="unp")
    charge = models.OneToOneField(
        Charge, on_delete=models.PROTECT, related_name="unapplied_payment"
    )
    status = StatusField(default=UnappliedStatus.OPEN)
    # What the processor says that it has, whatever was asked for.
    amount = AmountField()
    currency = CurrencyField()
    processor_reference = ReferenceField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # Set while the processor has not said the last word about giving it back.
    pending_since = models.DateTimeField(null=True, blank=True)
    # How often it could not be given back, and why the last time: the next try has a key of its
    # own.
    failed_returns = models.PositiveSmallIntegerField(default=0, db_default=0)
    failure_reason = models.CharField(max_length=60, null=True, blank=True)
    return_reference = ReferenceField(null=True, blank=True)
    balance_transaction_id = ReferenceField(null=True, blank=True)
    # When it was noticed and booked.
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            status_constraint(UnappliedStatus, name="unapplied_status_is_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="unapplied_amount_is_positive"),
        ]
        indexes = [
            by_time_index("unapplied"),
            models.Index(
                fields=["created_at"], condition=Q(status="open"), name="unapplied_undecided"
            ),
            models.Index(
                fields=["pending_since"],
                condition=Q(pending_since__isnull=False),
                name="unapplied_pending",
            ),
            tail_index("unapplied_payment"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def return_key(self) -> str:
        """Return the key under which the rail knows the last try to give it back, or the next.

        One that was refused leaves its key behind.
        """
        failed = self.failed_returns
        return f"{self.id}_return{failed + 1}" if failed else f"{self.id}_return"

    def move_to(self, status: UnappliedStatus) -> None:
        """Change the status; the only writer."""
        UNAPPLIED.check(UnappliedStatus(self.status), status)
        self.status = status
