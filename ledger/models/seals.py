"""What was sealed, and how often it was looked at."""

from django.db import models


class Seal(models.Model):
    """A seal over a stretch of the journal. Each names the one before it."""

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

    class Meta:
        indexes = [models.Index(fields=["base_posting_id", "from_xid"], name="seal_by_start")]

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
    # Who asked for it; empty if it was made by the clock. While it waits no check has been made.
    asked_by = models.CharField(max_length=320, blank=True, db_default="")
    is_waiting = models.BooleanField(default=False, db_default=False)

    class Meta:
        get_latest_by = "began_at"

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"
