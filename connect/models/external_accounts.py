from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from connect.states import ExternalAccountStatus
from core.database.fields import (
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    status_constraint,
)
from core.database.finding import tail_index


class ExternalAccount(TenantModel):
    """Where an account is paid out to: a bank account, or a debit card in test mode.

    The tenant is the account that is paid. A row is never deleted: payouts name it for ever.
    """

    # `ba_...` or `card_...`.
    id = IdField()
    kind = models.CharField(max_length=12)
    status = StatusField(default=ExternalAccountStatus.NEW)
    country = models.CharField(max_length=2)
    currency = CurrencyField()
    is_default = models.BooleanField(default=False)
    holder_name = models.CharField(max_length=200, null=True, blank=True)
    holder_type = models.CharField(max_length=12, null=True, blank=True)
    last4 = models.CharField(max_length=4)
    fingerprint = models.CharField(max_length=16)
    # The number itself, encrypted for this row; of a card, the test card's name.
    sealed_number = models.BinaryField()
    is_iban = models.BooleanField(default=False)
    # Bank accounts only.
    routing_number = models.CharField(max_length=20, null=True, blank=True)
    bank_name = models.CharField(max_length=200, null=True, blank=True)
    account_type = models.CharField(max_length=20, null=True, blank=True)
    # Cards only.
    brand = models.CharField(max_length=20, null=True, blank=True)
    exp_month = models.PositiveSmallIntegerField(null=True, blank=True)
    exp_year = models.PositiveSmallIntegerField(null=True, blank=True)
    address = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    # The platform that added it for the account; null if the account did itself.
    platform_id = ReferenceField(null=True, blank=True)
    # Payouts wait until then, since they went elsewhere before; and when its owner was told.
    held_until = models.DateTimeField(null=True, blank=True)
    hold_told_at = models.DateTimeField(null=True, blank=True)
    # When its platform was shut out: nothing is paid there until the owner keeps or removes it.
    left_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(ExternalAccountStatus, name="external_account_status_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=("bank_account", "card")),
                name="external_account_kind_is_known",
            ),
            models.UniqueConstraint(
                fields=["account", "livemode", "currency"],
                condition=Q(is_default=True, deleted_at=None),
                name="one_default_external_account_per_currency",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="external_account_by_account"),
            models.Index(
                fields=["held_until"],
                condition=Q(held_until__isnull=False),
                name="external_account_held",
            ),
            tail_index("external_account"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name or self.brand or self.country} ••{self.last4}"

    @property
    def is_card(self) -> bool:
        return self.kind == "card"

    @property
    def takes_instant(self) -> bool:
        """Tell whether it takes instant payouts: cards, and banks of schemes that do."""
        return self.is_card or self.country in ("US", "GB", "SG", "AU", "TH") or self.is_iban
