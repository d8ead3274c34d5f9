"""Balances at the end of closed days."""

from django.db import models
from django.db.models import Q

from ledger.models.accounts import LedgerAccount


class Snapshot(models.Model):
    """What an account held at the end of a closed UTC day; a day without a posting has no row."""

    account = models.ForeignKey(
        LedgerAccount, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    day = models.DateField()
    # Debits are positive, as in postings; the count is of all postings since the beginning.
    closing_balance = models.DecimalField(max_digits=38, decimal_places=0)
    posting_count = models.BigIntegerField()
    # Among these are the postings of the day itself, so that a read inside it is short.
    first_posting_id = models.BigIntegerField()
    last_posting_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day"], name="one_snapshot_per_account_day")
        ]
        # Who asks for all postings of a day.
        indexes = [models.Index(fields=["day"], name="snapshot_by_day")]

    def __str__(self) -> str:
        return f"{self.closing_balance} at the end of {self.day}"


class SnapshotHorizon(models.Model):
    """The one row that says which days are closed: no entry can be posted into them any more."""

    id = models.SmallIntegerField(primary_key=True)
    # The last closed day. Every posting of a later day has this id or a higher one.
    closed_through = models.DateField(null=True, blank=True)
    next_posting_id = models.BigIntegerField(default=0)
    # Days that are over, but into which transactions numbered below the fence may still commit.
    waiting_through = models.DateField(null=True, blank=True)
    fence = models.BigIntegerField(null=True, blank=True)
    fence_posting_id = models.BigIntegerField(null=True, blank=True)
    system_identifier = models.CharField(max_length=24)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_snapshot_horizon")]

    def __str__(self) -> str:
        return str(self.closed_through)
