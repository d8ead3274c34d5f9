from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    status_constraint,
)
from core.database.finding import tail_index
from payments.models.customers import PaymentMethod
from payments.states import AUTHENTICATION, AuthenticationStatus


class Authentication(TenantModel):
    """One authentication of a payer by its bank: for one amount, payee and card.

    It is good for one try of one intent, and only for what it was asked about (dynamic linking).
    """

    id = IdField(prefix="tds")
    # `pi_...` or `seti_...`.
    intent_id = ReferenceField()
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, db_index=False, related_name="authentications"
    )
    status = StatusField(default=AuthenticationStatus.PENDING)
    # What the payer agrees to.
    amount = AmountField()
    currency = CurrencyField()
    payee = ReferenceField()
    card_fingerprint = models.CharField(max_length=64)
    # Makes each signature one of its kind.
    nonce = models.CharField(max_length=43)
    # True if the card may be charged later without the payer.
    is_for_later = models.BooleanField(default=False)
    # In the wire's words, once it is known: see `payments.three_d_secure.sca`.
    flow = models.CharField(max_length=12, null=True, blank=True)
    result = models.CharField(max_length=32, null=True, blank=True)
    result_reason = models.CharField(max_length=32, null=True, blank=True)
    exemption = models.CharField(max_length=32, null=True, blank=True)
    eci = models.CharField(max_length=2, null=True, blank=True)
    transaction_id = ReferenceField(null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    # Over all the above, when it ended: whoever doubts the evidence can compute it again.
    signature = models.CharField(max_length=64, null=True, blank=True)
    # The try that it was used for. It is used once.
    charge_id = ReferenceField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(AuthenticationStatus, name="authentication_status_is_known"),
            models.UniqueConstraint(
                fields=["intent_id"],
                condition=Q(status=AuthenticationStatus.PENDING),
                name="one_open_authentication_per_intent",
            ),
            models.CheckConstraint(
                condition=Q(status=AuthenticationStatus.PENDING) | Q(signature__isnull=False),
                name="an_ended_authentication_is_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["intent_id", "-id"], name="authentication_by_intent"),
            models.Index(
                fields=["payment_method"],
                condition=Q(is_for_later=True, status=AuthenticationStatus.SUCCEEDED),
                name="authentication_for_later",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=AuthenticationStatus.PENDING),
                name="authentication_open",
            ),
            tail_index("authentication"),
        ]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: AuthenticationStatus) -> None:
        """Change the status; the only writer."""
        AUTHENTICATION.check(AuthenticationStatus(self.status), status)
        self.status = status


class PayerAction(TenantModel):
    """What a payer has to do at the processor before a charge or a setup attempt can end.

    An attempt has one at a time: what is to be done next takes its place.
    """

    # `ch_...` or `setatt_...`.
    attempt_id = ReferenceField(primary_key=True)
    # `pi_...` or `seti_...`.
    intent_id = ReferenceField()
    # A word of `ActionKind`.
    kind = models.CharField(max_length=12)
    # Where the browser goes and what the rail needs afterwards, encrypted for this row.
    sealed = models.TextField()
    # How many there were of this attempt, with this one.
    number = models.PositiveSmallIntegerField(default=1)
    # What the browser brought back, encrypted too: only the processor knows what it is worth.
    returned = models.TextField(null=True, blank=True)
    # After which action that was; null once the rail has said what follows.
    returned_number = models.PositiveSmallIntegerField(null=True, blank=True)
    # When a setup attempt's rail is polled next; a charge has its own moment.
    next_poll_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="payer_action_by_next",
            ),
            models.Index(fields=["created_at"], name="payer_action_by_moment"),
        ]

    def __str__(self) -> str:
        return self.attempt_id
