"""What the ledger keeps. Only PostgreSQL functions write here; nothing is ever rewritten."""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from accounts.models import TenantModel
from core.fields import AmountField, CurrencyField, IdField, ReferenceField

# The transaction that wrote a row, as a number that never wraps. It tells a folder
# what has surely committed; an id could not, for ids are handed out before commits.
CURRENT_TRANSACTION = RawSQL("(pg_current_xact_id()::text::bigint)", ())


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


class ChartCode(models.Model):
    """The registry of the chart that the database opens accounts by. Filled from `chart.py`."""

    code = models.CharField(max_length=40, primary_key=True)
    is_guarded = models.BooleanField()

    def __str__(self) -> str:
        return self.code


class Location(models.Model):
    """An owner whose money is not held at the main location."""

    owner = ReferenceField()
    livemode = models.BooleanField()
    location = ReferenceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "livemode"], name="one_location_per_owner")
        ]

    def __str__(self) -> str:
        return f"{self.owner} at {self.location}"


class Kind(models.Model):
    """The registry that the database checks postings against. Filled from `rules.py`."""

    kind = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=8)
    debits = models.JSONField()
    credits = models.JSONField()
    may_overdraw = models.BooleanField()
    is_fact = models.BooleanField(default=False)
    moves_between_locations = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.kind


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
        indexes = [models.Index(fields=["group"], name="entry_by_group")]

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
        return f"{self.amount} {self.currency}"


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


class Hold(models.Model):
    """Money of a guarded account that is set aside until it is captured, released or expires."""

    id = IdField(prefix="hold")
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.DO_NOTHING, db_constraint=False, related_name="holds"
    )
    amount = AmountField()
    # The object that causes it. It holds once, for ever.
    source = ReferenceField(unique=True)
    request_id = ReferenceField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_hold_holds_something")
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(expires_at__isnull=False), name="hold_by_expiry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.source}"


class HoldEvent(models.Model):
    """How a hold ended: at most once."""

    hold = models.OneToOneField(
        Hold, on_delete=models.DO_NOTHING, primary_key=True, related_name="resolution"
    )
    kind = models.CharField(max_length=10)
    # What was taken of it; the rest went back.
    captured_amount = AmountField(default=0)
    entry_id = ReferenceField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["captured", "expired", "released"]),
                name="a_hold_ends_in_a_known_way",
            ),
            models.CheckConstraint(
                condition=Q(captured_amount__gte=0), name="a_hold_gives_no_less_than_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.kind}"


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


class BalanceTransaction(TenantModel):
    """What the owner of a balance is shown of one change to it."""

    id = IdField(prefix="txn")
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="lines"
    )
    type = models.CharField(max_length=40)
    amount = AmountField()
    fee = AmountField()
    net = AmountField()
    currency = CurrencyField()
    source = ReferenceField()
    description = models.TextField(null=True, blank=True)
    fee_details = models.JSONField(default=list)
    available_on = models.DateField()
    # For people: both amounts are kept, and none is ever worked out from the rate again.
    exchange_rate = models.DecimalField(
        max_digits=24, decimal_places=12, null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(net=F("amount") - F("fee")), name="net_is_amount_less_fee"
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "livemode", "-id"], name="balance_transaction_by_account"
            ),
            models.Index(fields=["source"], name="balance_transaction_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.amount} {self.currency}"


class Seal(models.Model):
    """What a stretch of the journal was when it was sealed. Each names the one before it."""

    number = models.BigIntegerField(primary_key=True)
    # Postings up to here are of an earlier numbering of transactions: see `ledger_rebase`.
    base_posting_id = models.BigIntegerField()
    # The stretch: from the first transaction to before the last.
    from_xid = models.BigIntegerField()
    until_xid = models.BigIntegerField()
    entry_count = models.BigIntegerField()
    # Root of the Merkle tree over the entries, as in RFC 6962.
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    # The hash of all the above: what the next seal names, and what may be kept elsewhere.
    head = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number}"


class VerifyRun(models.Model):
    """One time that all checks were made, and what they found."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Entries before were left out.
    since = models.DateTimeField(null=True, blank=True)
    check_count = models.PositiveIntegerField(default=0)
    finding_count = models.PositiveIntegerField(default=0)
    # The first hundred: check, id and detail of each.
    findings = models.JSONField(default=list, blank=True)
    seal_head = models.CharField(max_length=64, blank=True)

    class Meta:
        get_latest_by = "began_at"

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"


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
