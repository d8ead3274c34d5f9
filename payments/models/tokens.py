from django.db import models

from accounts.models import TenantModel
from core.database.fields import IdField, ReferenceField
from payments.models.customers import PaymentMethod


class Token(TenantModel):
    """A payer's card on its way from the browser to the server; it is used once."""

    id = IdField(prefix="tok")
    # The rail's own name of the card; for the simulator, which test card it is.
    instrument = models.CharField(max_length=80)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    fingerprint = models.CharField(max_length=24)
    billing_details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.id


class Instrument(TenantModel):
    """What a processor account calls a payment method, and needs to charge it again."""

    id = IdField(prefix="ins")
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.CASCADE, db_index=False, related_name="instruments"
    )
    # The processor account's name.
    processor = models.CharField(max_length=40)
    # Encrypted for this row: whoever has it, and the account there, can charge the payer.
    sealed_token = models.TextField()
    # What the processor tells the card from others by, if it says so.
    fingerprint = models.CharField(max_length=80, default="", blank=True)
    # What the network calls the payment with which the payer agreed to later ones.
    network_transaction_id = models.CharField(max_length=255, null=True, blank=True)
    # False for a token of a browser, which pays once unless the processor gives another for it.
    is_reusable = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment_method", "processor"], name="one_instrument_per_processor"
            )
        ]

    def __str__(self) -> str:
        return self.id


class ConfirmationToken(TenantModel):
    """What a payer entered on the checkout page, for one confirmation."""

    id = IdField(prefix="ctoken")
    payment_method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, related_name="+")
    setup_future_usage = models.CharField(max_length=12, null=True, blank=True)
    return_url = models.CharField(max_length=2_048, null=True, blank=True)
    shipping = models.JSONField(null=True, blank=True)
    payment_method_options = models.JSONField(default=dict, blank=True)
    # `pi_...` or `seti_...`, which used it.
    intent_id = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id
