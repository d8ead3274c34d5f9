"""Our accounts at processors."""

from django.db import models
from django.db.models import Q

from core.database.fields import ReferenceField, StatusField
from processors.states import AccountStatus


class ProcessorAccount(models.Model):
    """An account at a processor, of the whole installation.

    Its name is what charges, refunds and the ledger's accounts call it, so it never changes.
    """

    name = ReferenceField(primary_key=True)
    # Of the rail: a key of `processors.accounts.kinds.KINDS`.
    kind = models.CharField(max_length=20)
    livemode = models.BooleanField()
    # What people call it.
    title = models.CharField(max_length=100)
    status = StatusField(default=AccountStatus.ENABLED)
    # New payments are tried here first.
    is_default = models.BooleanField(default=False)
    # By the names that the rail asks for; and those that sign notices, each with its end.
    sealed_credentials = models.BinaryField(blank=True, default=b"")
    sealed_notice_secrets = models.BinaryField(blank=True, default=b"")
    # Empty for the processor's own address.
    base_url = models.CharField(max_length=255, blank=True)
    # Empty for all that the rail can.
    currencies = models.JSONField(default=list, blank=True)
    methods = models.JSONField(default=list, blank=True)
    # Between which amounts it takes payments, as `processors.amount_limits` reads it.
    amount_limits = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    # What the payer's statement says, if neither the payment nor its platform says anything.
    statement_descriptor = models.CharField(max_length=22, blank=True)
    # As `processors.fee_models` reads it.
    fee_model = models.JSONField(default=list, blank=True)
    # When it pays out to us, and to which account at a bank: in words, for people.
    settlement_schedule = models.CharField(max_length=200, blank=True)
    settlement_bank = models.CharField(max_length=200, blank=True)
    # How it does.
    last_answer_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=500, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_notice_at = models.DateTimeField(null=True, blank=True)
    # Since when it takes our credentials no more, and until when it is not asked again.
    refused_since = models.DateTimeField(null=True, blank=True)
    refused_count = models.PositiveIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True, blank=True)
    # What the last check found, line by line.
    checked_at = models.DateTimeField(null=True, blank=True)
    check_lines = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """Few rows: all of them are read at once."""

        verbose_name = "processor"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=sorted(one.value for one in AccountStatus)),
                name="processor_account_status_is_known",
                violation_error_message="An account is enabled, draining or disabled.",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^[a-z][a-z0-9-]{0,39}$"),
                name="processor_account_name_is_a_slug",
                violation_error_message="A name is small letters, digits and hyphens.",
            ),
            models.CheckConstraint(
                condition=Q(livemode=False) | ~Q(kind="simulator"),
                name="simulated_processors_take_no_real_money",
                violation_error_message="A simulated processor takes no real money.",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(status=AccountStatus.ENABLED),
                name="payments_begin_where_they_are_taken",
                violation_error_message="Payments begin at an account that is enabled.",
            ),
            models.UniqueConstraint(
                fields=["livemode"],
                condition=Q(is_default=True),
                name="one_processor_account_is_first",
            ),
        ]

    def __str__(self) -> str:
        return self.title
