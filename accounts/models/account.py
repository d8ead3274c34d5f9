from django.conf import settings as configured
from django.db import models
from django.db.models.functions import Upper

from api.access import permissions
from core.database.fields import AmountField, CurrencyField, IdField
from core.database.finding import beginning, tail_index
from core.tenant import Tenant


class Account(models.Model):
    """A business: a platform that holds API keys, or a seller that a platform pays."""

    id = IdField(prefix="acct")
    # None for an account that opened itself; otherwise the platform that opened it.
    opened_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="opened"
    )
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(null=True, blank=True)
    country = models.CharField(max_length=2, default="US")
    default_currency = CurrencyField(default="usd")
    # In which its pages were read last; empty before: then its country says.
    language = models.CharField(
        max_length=2, blank=True, default="", db_default="", choices=configured.LANGUAGES
    )
    type = models.CharField(max_length=12, default="standard")
    business_type = models.CharField(max_length=40, null=True, blank=True)
    business_profile = models.JSONField(default=dict, blank=True)
    company = models.JSONField(null=True, blank=True)
    controller = models.JSONField(default=dict, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    # Which alerts go by letter, and to which address: see `services.alerts`; and `own_receipts`, if
    # the account writes to payers itself. Never on the wire.
    alerts = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True, editable=False
    )
    tos_acceptance = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    charges_enabled = models.BooleanField(default=False)
    payouts_enabled = models.BooleanField(default=False)
    details_submitted = models.BooleanField(default=False)
    # What the operator charges for each payment.
    fee_bps = models.PositiveIntegerField(
        default=290, verbose_name="fee", help_text="Basis points: ten-thousandths of each payment."
    )
    fee_fixed_amount = AmountField(
        default=30,
        verbose_name="fixed fee",
        help_text="Added to it, in the payment's currency: 30 minor units are 0.30 USD or 30 JPY.",
    )
    settlement_delay_days = models.PositiveSmallIntegerField(
        default=2, help_text="Business days from capture until the money is available."
    )
    api_version = models.CharField(max_length=40, default="2026-10-28.endive")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fee_bps__lte=10_000, fee_fixed_amount__gte=0),
                name="account_fee_is_sane",
                violation_error_message="The fee takes at most 10,000 basis points, and a fixed "
                "amount that is not below zero.",
            )
        ]
        indexes = [
            models.Index(fields=["email"], name="account_by_email"),
            models.Index(Upper("email"), name="account_email_in_any_case"),
            models.Index(beginning("name"), name="account_by_beginning"),
            tail_index("account"),
        ]

    def __str__(self) -> str:
        return self.name or self.id


class TenantModel(models.Model):
    """A row that belongs to one account in one mode.

    There is no foreign-key constraint to the account: checking one would lock the
    account's row in every payment. Accounts are closed, never deleted.
    """

    account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        # Tables that are read by account have an index that begins with it.
        db_index=False,
        related_name="+",
    )
    livemode = models.BooleanField()

    class Meta:
        abstract = True

    @property
    def tenant(self) -> Tenant:
        return Tenant(self.account_id, self.livemode)


class Connection(models.Model):
    """A platform may act for an account, in one mode. OAuth may connect one account to several."""

    platform = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="connections")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="connected_to")
    livemode = models.BooleanField()
    # What the account lets the platform do: permission, or "*", → "none", "read" or "write".
    # Null for everything.
    granted = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "platform", "livemode"],
                name="one_connection_per_platform_and_mode",
            )
        ]
        indexes = [
            models.Index(fields=["platform", "livemode", "-account"], name="connection_by_platform")
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} → {self.account_id}"

    @staticmethod
    def letting(level: str, resource: str, *, via: str = "") -> models.Func:
        """Select the connections that let their platform do something, as `permissions` decides.

        Args:
            level: `"read"` or `"write"`.
            resource: The permission, such as `"accounts"`.
            via: What leads to the connection, such as `"connected_to__"`.
        """
        return models.Func(
            models.F(f"{via}granted"),
            template=permissions.allows_in_sql("%(expressions)s", resource, level),
            output_field=models.BooleanField(),
        )
