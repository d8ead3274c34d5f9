"""Whose money it is, under which line of the chart, and what may move it."""

from django.db import models
from django.db.models import F, Q

from core.database.fields import AmountField, CurrencyField, ReferenceField


class LedgerAccount(models.Model):
    """A line of the chart for one owner, currency and mode. Made on first use, never deleted."""

    code = models.CharField(max_length=40)
    owner = ReferenceField()
    currency = CurrencyField()
    livemode = models.BooleanField()
    is_guarded = models.BooleanField()
    # Where the owner's money is held. Assets and liabilities of a location are always equal.
    location = ReferenceField(default="main", db_default="main")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "code", "currency", "livemode"],
                name="one_ledger_account_per_owner",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}:{self.owner}:{self.currency}"


class GuardedBalance(models.Model):
    """The locked balance of a guarded account, in the account's natural direction."""

    account = models.OneToOneField(LedgerAccount, on_delete=models.DO_NOTHING, primary_key=True)
    posted = AmountField(default=0)
    held = AmountField(default=0)
    floor = AmountField(default=0)
    version = models.BigIntegerField(default=0)
    # How far below zero a movement that may overdraw can be asked to go.
    negative_limit = AmountField(default=1_000_000_000_000, db_default=1_000_000_000_000)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(posted__gte=F("floor") + F("held")),
                name="balance_stays_above_its_floor",
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="held_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.posted} (held {self.held})"


class LimitChange(models.Model):
    """A change of how far below zero an owner may go: by whom, and from what."""

    account = models.ForeignKey(
        LedgerAccount, on_delete=models.DO_NOTHING, related_name="limit_changes"
    )
    before = AmountField()
    after = AmountField()
    changed_by = models.CharField(max_length=320)
    changed_at = models.DateTimeField()
    # By which seal it is covered, as with entries: the transaction, and the numbering of those.
    xid = models.BigIntegerField()
    base_posting_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.before} → {self.after} by {self.changed_by}"
