from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from connect.models.external_accounts import ExternalAccount
from connect.states import PAYOUT, AttemptStatus, PayoutStatus
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
from core.money import spell


class PayoutSchedule(TenantModel):
    """The schedule of an account's automatic payouts. Work on its payouts locks this row."""

    interval = models.CharField(max_length=8, default="daily")
    # Names of days, and numbers of days; empty for other intervals.
    weekly_days = models.JSONField(default=list, blank=True)
    monthly_days = models.JSONField(default=list, blank=True)
    # How many days what was earned waits; None: as soon as it is available.
    delay_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Currency → minor units that stay.
    minimum_amounts = models.JSONField(default=dict, blank=True)
    # The next day on which it is paid; None if never.
    next_on = models.DateField(null=True, blank=True)
    # After a failed payout nothing is paid until the bank account is put right.
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    # All balance transactions that were made a while before this one are among the payout lines.
    collected_id = ReferenceField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "livemode"], name="one_payout_schedule_per_mode"
            )
        ]
        indexes = [
            models.Index(
                fields=["livemode", "next_on", "account"],
                condition=Q(next_on__isnull=False, paused_at=None),
                name="payout_schedule_by_next",
            )
        ]

    def __str__(self) -> str:
        return f"{self.interval} {self.account_id}"


class PayoutRun(models.Model):
    """A day's automatic payouts in one mode."""

    id = IdField(prefix="porun")
    livemode = models.BooleanField()
    day = models.DateField()
    account_count = models.PositiveIntegerField(default=0)
    payout_count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["livemode", "day"], name="one_payout_run_per_day")
        ]
        indexes = [tail_index("payout_run")]

    def __str__(self) -> str:
        return str(self.day)


class Payout(TenantModel):
    """A payout of an account's balance to its bank."""

    id = IdField(prefix="po")
    amount = AmountField()
    currency = CurrencyField()
    status = StatusField(default=PayoutStatus.PENDING)
    method = models.CharField(max_length=8, default="standard")
    is_automatic = models.BooleanField(default=False)
    destination = models.ForeignKey(
        ExternalAccount, on_delete=models.PROTECT, related_name="payouts"
    )
    run = models.ForeignKey(
        PayoutRun, null=True, blank=True, on_delete=models.PROTECT, related_name="payouts"
    )
    processor = models.CharField(max_length=40)
    processor_reference = ReferenceField(null=True, blank=True)
    # When its next attempt is sent; None once nothing is to be sent.
    send_at = models.DateTimeField(null=True, blank=True)
    arrival_date = models.DateField()
    description = models.CharField(max_length=1_000, null=True, blank=True)
    statement_descriptor = models.CharField(max_length=22, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    failure_code = models.CharField(max_length=40, null=True, blank=True)
    failure_message = models.TextField(null=True, blank=True)
    balance_transaction_id = ReferenceField()
    failure_balance_transaction_id = ReferenceField(null=True, blank=True)
    # What the platform charges the account for it (rule 62).
    application_fee_id = ReferenceField(null=True, blank=True)
    application_fee_amount = AmountField(null=True, blank=True)
    # An operator has dealt with its failure.
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            status_constraint(PayoutStatus, name="payout_status_is_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount_is_positive"),
            models.UniqueConstraint(
                fields=["run", "account", "currency"],
                condition=Q(run__isnull=False),
                name="a_run_pays_an_account_once_per_currency",
            ),
        ]
        indexes = [
            by_time_index("payout"),
            tail_index("payout"),
            models.Index(fields=["amount"], name="payout_by_amount"),
            models.Index(
                fields=["created_at"],
                condition=Q(status="failed", resolved_at=None),
                name="payout_failed",
            ),
            models.Index(
                fields=["send_at"], condition=Q(send_at__isnull=False), name="payout_by_send_at"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def move_to(self, status: PayoutStatus) -> None:
        """Change the status, if the machine allows it."""
        PAYOUT.check(PayoutStatus(self.status), status)
        self.status = status


class PayoutAttempt(models.Model):
    """An attempt to send a payout. There is a next one only once this one is known to be dead."""

    # The rail knows the payout by this.
    id = IdField(prefix="poa")
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, db_index=False, related_name="attempts"
    )
    number = models.PositiveSmallIntegerField()
    status = StatusField(default=AttemptStatus.SENT)
    reference = ReferenceField(null=True, blank=True)
    # An `UnknownReason` while the outcome is unknown, and the rail's words for people.
    reason = models.CharField(max_length=20, blank=True)
    message = models.TextField(blank=True)
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField()
    # When the rail is asked again; None after its last word.
    next_poll_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            status_constraint(AttemptStatus, name="payout_attempt_status_is_known"),
            models.UniqueConstraint(
                fields=["payout", "number"], name="attempts_of_a_payout_are_numbered"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="payout_attempt_by_next_poll",
            )
        ]

    def __str__(self) -> str:
        return self.id


class PayoutLine(TenantModel):
    """An allocation of a balance transaction, or a part of one that waits to be paid out.

    Its payout is None while it waits. When a payout fails its lines are kept as released, and
    copies of them wait again.
    """

    transaction_id = ReferenceField()
    currency = CurrencyField()
    amount = AmountField()
    available_on = models.DateField()
    earned_on = models.DateField()
    payout = models.ForeignKey(
        Payout,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="lines",
    )
    is_released = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "livemode", "currency", "available_on"],
                condition=Q(payout=None),
                name="payout_line_waiting",
            ),
            models.Index(
                fields=["payout"], condition=Q(payout__isnull=False), name="payout_line_by_payout"
            ),
            models.Index(fields=["transaction_id"], name="payout_line_by_transaction"),
        ]

    def __str__(self) -> str:
        return f"{spell(self.amount, self.currency)} of {self.transaction_id}"
