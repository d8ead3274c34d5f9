"""Sums of postings, so that a balance is read at once."""

from django.db import models
from django.db.models import Q

from ledger.models.accounts import LedgerAccount


class Fold(models.Model):
    """Postings of an open account below the horizon, added up for each pending lot's day."""

    account = models.ForeignKey(LedgerAccount, on_delete=models.DO_NOTHING, db_index=False)
    # Undated money folds under the first of January of the year 1.
    available_on = models.DateField()
    total = models.DecimalField(max_digits=38, decimal_places=0)
    posting_count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "available_on"], name="one_fold_per_account_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.total}"


class FoldHorizon(models.Model):
    """The one row that says how far folding has come, and in which database cluster."""

    id = models.SmallIntegerField(primary_key=True)
    horizon = models.BigIntegerField()
    # Postings up to here were folded by a rebase; their transaction numbers mean nothing now.
    base_posting_id = models.BigIntegerField(default=0)
    system_identifier = models.CharField(max_length=24)
    folded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_fold_horizon")]

    def __str__(self) -> str:
        return str(self.horizon)


class Numbering(models.Model):
    """Where a numbering of transactions begins: a restore into another cluster begins a new one."""

    # Postings up to here are of an earlier numbering. The first one begins at zero, unsaid.
    base_posting_id = models.BigIntegerField(primary_key=True)
    system_identifier = models.CharField(max_length=24)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.base_posting_id}"
