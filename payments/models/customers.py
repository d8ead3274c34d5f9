from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper
from django.utils.text import capfirst

from accounts.models import TenantModel
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    Words,
    any_metadata_index,
    by_time_index,
    status_constraint,
)
from core.database.finding import beginning, tail_index
from payments.states import VERIFICATION, VerificationStatus


class Customer(TenantModel):
    """Customers."""

    id = IdField(prefix="cus")
    name = models.CharField(max_length=256, null=True, blank=True)
    email = models.CharField(max_length=512, null=True, blank=True)
    phone = models.CharField(max_length=20, null=True, blank=True)
    description = models.CharField(max_length=350, null=True, blank=True)
    address = models.JSONField(null=True, blank=True)
    shipping = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    preferred_locales = models.JSONField(default=list, blank=True)
    business_name = models.CharField(max_length=150, null=True, blank=True)
    individual_name = models.CharField(max_length=150, null=True, blank=True)
    # Where the customer was last seen; kept and shown, for nothing computes taxes.
    tax_ip_address = models.CharField(max_length=45, null=True, blank=True)
    next_invoice_sequence = models.PositiveIntegerField(default=1, db_default=1)
    invoice_prefix = models.CharField(max_length=12)
    invoice_settings = models.JSONField(default=dict, blank=True)
    # The source that a charge takes which names none, by its older id.
    default_source_id = ReferenceField(null=True, blank=True)
    tax_exempt = models.CharField(max_length=8, default="none")
    # What later invoices would be less (negative) or more; no money that anybody holds.
    balance_amount = AmountField(default=0, db_default=0)
    balance_currency = CurrencyField(null=True, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    # When what is still kept about somebody who was deleted is looked at again; null once nothing
    # personal is left.
    erase_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["erase_at"],
                condition=models.Q(erase_at__isnull=False),
                name="customer_by_erasure",
            ),
            by_time_index("customer"),
            models.Index(fields=["account", "livemode", "email", "-id"], name="customer_by_email"),
            models.Index(Upper("email"), "account", "livemode", name="customer_email_in_any_case"),
            models.Index(
                "account",
                "livemode",
                Upper("phone"),
                condition=models.Q(phone__isnull=False),
                name="customer_phone_in_any_case",
            ),
            GinIndex(Words("name"), name="customer_by_words_of_name"),
            models.Index(beginning("name"), name="customer_by_beginning"),
            any_metadata_index("customer"),
            tail_index("customer"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.id


class GuestErasure(models.Model):
    """How far the details of payers without a customer are erased. One row a kind of object."""

    # The prefix of the objects' ids, which sort by the time at which they were made.
    kind = models.CharField(max_length=4, primary_key=True)
    until = ReferenceField(default="", blank=True)
    # Those before it that are still needed: ids, looked at in every run.
    held = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.until}"


class CustomerBalanceTransaction(TenantModel):
    """An entry of a customer's invoice balance."""

    id = IdField(prefix="cbtxn")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_index=False, related_name="balance_transactions"
    )
    amount = AmountField()
    currency = CurrencyField()
    ending_balance_amount = AmountField()
    description = models.CharField(max_length=350, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="customer_balance_by_customer")]

    def __str__(self) -> str:
        return self.id


class PaymentMethod(TenantModel):
    """A payer's card or bank account. Its number is never kept, only what people may see of it."""

    id = IdField(prefix="pm")
    type = models.CharField(max_length=20, default="card")
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="payment_methods",
    )
    # The vault's name of it, which test card or account it is; empty for what only a processor
    # has, which is then known where there is an instrument of it.
    instrument = models.CharField(max_length=80)
    # The names of the processor accounts that have given it a name of their own.
    known_at = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    # Of cards only: brand, funding and expiry.
    brand = models.CharField(max_length=20, default="", blank=True)
    funding = models.CharField(max_length=10, default="credit")
    country = models.CharField(max_length=2, null=True, blank=True)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField(null=True, blank=True)
    exp_year = models.PositiveSmallIntegerField(null=True, blank=True)
    # Of bank accounts only: what the wire shows of them besides.
    details = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    fingerprint = models.CharField(max_length=24)
    # When its customer removed it, or was deleted: it can never be used again.
    detached_at = models.DateTimeField(null=True, blank=True)
    # Whose it was before: the customer is gone from it, and may ask to be forgotten.
    former_customer_id = ReferenceField(null=True, blank=True)
    # The platform's payment method of which this is a seller's copy.
    copied_from_id = ReferenceField(null=True, blank=True)
    # When a guest paid with it, or is about to: it can be used once.
    used_at = models.DateTimeField(null=True, blank=True)
    # Of bank accounts that were added as sources; null for others, which a mandate permits.
    verification = StatusField(null=True, blank=True)
    failed_verifications = models.PositiveSmallIntegerField(default=0, db_default=0)
    # What the wire's older object of a source shows besides; null for what never was one.
    source = models.JSONField(null=True, blank=True)
    billing_details = models.JSONField(default=dict, blank=True)
    allow_redisplay = models.CharField(max_length=12, default="unspecified")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    # The instrument that a new one was made of, until both are saved.
    drafted: models.Model | None = None

    class Meta:
        constraints = [
            status_constraint(
                VerificationStatus, name="source_verification_is_known", field="verification"
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "livemode", "customer", "-id"], name="payment_method_by_customer"
            ),
            models.Index(
                fields=["former_customer_id"],
                condition=models.Q(former_customer_id__isnull=False),
                name="payment_method_by_former",
            ),
            models.Index(
                fields=["copied_from_id"],
                condition=models.Q(copied_from_id__isnull=False),
                name="payment_method_copies",
            ),
            tail_index("payment_method"),
        ]

    def __str__(self) -> str:
        return f"{capfirst(self.brand or self.type)} •••• {self.last4}"

    def verify_to(self, status: VerificationStatus) -> None:
        """Change what is known of whose bank account it is; the only writer."""
        VERIFICATION.check(VerificationStatus(str(self.verification)), status)
        self.verification = status
