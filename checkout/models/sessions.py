from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from accounts.models import TenantModel
from checkout.models.catalog import Price
from checkout.states import SESSION, PaymentStatus, SessionStatus
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


class CheckoutSession(TenantModel):
    """One payer's way from a cart to a payment, or to a saved payment method."""

    id = IdField()
    status = StatusField(default=SessionStatus.OPEN)
    payment_status = StatusField(default=PaymentStatus.UNPAID)
    mode = models.CharField(max_length=12)
    ui_mode = models.CharField(max_length=16)
    currency = CurrencyField(null=True, blank=True)
    # Null in setup mode.
    amount_subtotal = AmountField(null=True, blank=True)
    amount_total = AmountField(null=True, blank=True)
    # What the totals are made of: `discount`, `tax`, `shipping`, `taxes`, `discounts`,
    # `shipping_cost`, all in minor units.
    totals = models.JSONField(null=True, blank=True)
    # What the merchant wants, as the request said it.
    settings = models.JSONField(default=dict)
    # What the payer said.
    collected = models.JSONField(default=dict)
    # What is off: `id`, `coupon` and `promotion_code` of each.
    discounts = models.JSONField(default=list, blank=True)
    # The ways of shipping: `shipping_rate` and `shipping_amount` of each.
    shipping_options = models.JSONField(default=list, blank=True)
    shipping_rate_id = ReferenceField(null=True, blank=True)
    customer_id = ReferenceField(null=True, blank=True)
    # The payer's, once known: lists are filtered by it.
    email = models.CharField(max_length=512, null=True, blank=True)
    client_reference_id = models.CharField(max_length=200, null=True, blank=True)
    client_secret = models.CharField(max_length=140, null=True, blank=True)
    payment_intent_id = ReferenceField(null=True, blank=True)
    setup_intent_id = ReferenceField(null=True, blank=True)
    payment_link_id = ReferenceField(null=True, blank=True)
    # True from the moment an attempt to pay begins until it has failed: nothing changes meanwhile.
    is_paying = models.BooleanField(default=False)
    # When the last attempt began.
    paying_since = models.DateTimeField(null=True, blank=True)
    # The platform that made it on the account's behalf; null if the account did.
    platform_id = ReferenceField(null=True, blank=True)
    recovered_from_id = ReferenceField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    # When what a payer without a customer said is erased; null for nothing to erase.
    erase_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(SessionStatus, name="checkout_session_status_is_known"),
            models.CheckConstraint(
                condition=Q(amount_total__isnull=True) | Q(amount_total__gte=0),
                name="checkout_session_total_is_not_negative",
            ),
        ]
        indexes = [
            by_time_index("checkout_session"),
            models.Index(
                fields=["expires_at"], condition=Q(status="open"), name="checkout_session_due"
            ),
            models.Index(
                fields=["payment_intent_id"],
                condition=Q(payment_intent_id__isnull=False),
                name="checkout_session_by_intent",
            ),
            models.Index(
                fields=["customer_id", "-created_at"],
                condition=Q(customer_id__isnull=False),
                name="checkout_session_by_customer",
            ),
            models.Index(
                fields=["payment_link_id", "-created_at"],
                condition=Q(payment_link_id__isnull=False),
                name="checkout_session_by_link",
            ),
            models.Index(
                fields=["paying_since"],
                condition=Q(is_paying=True, status="open", payment_link_id__isnull=False),
                name="checkout_session_takes_place",
            ),
            models.Index(
                Upper("email"),
                condition=Q(email__isnull=False),
                name="checkout_session_by_email",
            ),
            models.Index(
                fields=["client_reference_id"],
                condition=Q(client_reference_id__isnull=False),
                name="checkout_session_by_reference",
            ),
            models.Index(
                fields=["erase_at"],
                condition=Q(erase_at__isnull=False),
                name="checkout_session_by_erasure",
            ),
            tail_index("checkout_session"),
        ]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: SessionStatus) -> None:
        """Change the status; the only writer."""
        SESSION.check(SessionStatus(self.status), status)
        self.status = status


class CheckoutSessionLine(TenantModel):
    """One item of a session's cart, with what it comes to."""

    id = IdField(prefix="li")
    session = models.ForeignKey(
        CheckoutSession, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    position = models.IntegerField()
    price = models.ForeignKey(Price, on_delete=models.PROTECT, db_index=False, related_name="+")
    quantity = models.BigIntegerField()
    # Between which numbers the payer may choose: `enabled`, `minimum`, `maximum`.
    adjustable_quantity = models.JSONField(null=True, blank=True)
    # What the payer pays for one, in minor units, where the payer chooses.
    chosen_amount = AmountField(null=True, blank=True)
    # True for one that the payer may leave out: it has a quantity of 0 until taken.
    is_optional = models.BooleanField(default=False)
    tax_rate_ids = models.JSONField(default=list, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    amount_subtotal = AmountField()
    amount_discount = AmountField()
    amount_tax = AmountField()
    amount_total = AmountField()
    # Each rate, and what it comes to: `rate`, `amount`, `taxable_amount`.
    taxes = models.JSONField(default=list, blank=True)
    # Each discount, and what it takes off: `discount`, `amount`.
    discounts = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], name="checkout_session_line_position_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.id
