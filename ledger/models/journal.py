"""Entries, their postings, and the lines that owners are shown. Append-only."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField
from core.database.finding import tail_index
from core.money import spell
from ledger.models.accounts import LedgerAccount

# The transaction that wrote a row, as a number that never wraps. It tells a folder
# what has surely committed; an id could not, for ids are handed out before commits.
CURRENT_TRANSACTION = RawSQL("(pg_current_xact_id()::text::bigint)", ())


class JournalEntry(models.Model):
    """One balanced movement."""

    id = IdField(prefix="je")
    kind = models.CharField(max_length=40)
    source = ReferenceField()
    group = ReferenceField()
    livemode = models.BooleanField()
    fingerprint = models.BinaryField(max_length=16)
    posted_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    reverses = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
    )
    request_id = ReferenceField(null=True, blank=True)
    xid = models.BigIntegerField(db_default=CURRENT_TRANSACTION, editable=False)

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind"], name="one_entry_per_source_and_kind"
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="an_entry_is_reversed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["group"], name="entry_by_group"),
            # Of which days: a few bytes for thousands of rows, which are written in this order.
            BrinIndex(fields=["posted_at"], autosummarize=True, name="entry_by_moment"),
            tail_index("journal_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Posting(models.Model):
    """One leg of an entry. Debits are positive."""

    entry = models.ForeignKey(
        JournalEntry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="postings"
    )
    account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="postings",
    )
    amount = AmountField()
    currency = CurrencyField()
    # Pending money only: the day on which it becomes available, and whose money it is.
    available_on = models.DateField(null=True, blank=True)
    lot = ReferenceField(null=True, blank=True)
    # Guarded accounts only: the gapless number of the posting and the balance it left.
    account_seq = models.BigIntegerField(null=True, blank=True)
    balance_after = AmountField(null=True, blank=True)
    xid = models.BigIntegerField(db_default=CURRENT_TRANSACTION, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="a_posting_moves_something"),
            models.UniqueConstraint(
                fields=["account", "account_seq"],
                condition=Q(account_seq__isnull=False),
                name="guarded_postings_are_numbered_once",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "xid"], name="posting_by_account_and_xid"),
            models.Index(fields=["account", "-id"], name="posting_by_account"),
            models.Index(
                fields=["lot", "account"], condition=Q(lot__isnull=False), name="posting_by_lot"
            ),
        ]

    def __str__(self) -> str:
        return spell(self.amount, self.currency)
