"""What banks are sent and say."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    status_constraint,
)
from core.database.finding import tail_index
from processors.states import BankFileStatus, BankPaymentStatus


class BankFile(models.Model):
    """A file for a bank, or from one. It is written once, kept whole, and given out many times.

    In one from a bank, the numbers of cards that payers wrote are masked.
    """

    # Of a file of payments also what the bank knows it by (`MsgId`).
    id = IdField(prefix="bfile")
    # `payments`, `report` or `statement`.
    kind = models.CharField(max_length=10)
    status = StatusField(default=BankFileStatus.MADE)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    # Of the file as it came: the same one is not taken twice.
    sha256 = models.CharField(max_length=64)
    livemode = models.BooleanField()
    payment_count = models.PositiveIntegerField(default=0)
    total_amount = AmountField(default=0)
    execution_date = models.DateField(null=True, blank=True)
    # The address at that time, for people; `requester` says who it was.
    made_by = models.CharField(max_length=320)
    # None if nobody asked for it.
    requester = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField()
    approved_by = models.CharField(max_length=320, blank=True)
    approver = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=320, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    canceled_by = models.CharField(max_length=320, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    # What was read in it, for people.
    message = models.TextField(blank=True)

    class Meta:
        """Each once."""

        indexes = [tail_index("bank_file")]

        constraints = [
            status_constraint(BankFileStatus, name="bank_file_status_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=("payments", "report", "statement")),
                name="bank_file_kind_is_known",
            ),
            models.UniqueConstraint(
                fields=["sha256", "livemode"],
                condition=~Q(kind="payments"),
                name="a_file_from_a_bank_is_taken_once",
            ),
            models.CheckConstraint(
                condition=Q(approver=None) | Q(requester=None) | ~Q(approver=F("requester")),
                name="two_people_make_and_approve",
            ),
            models.CheckConstraint(
                condition=~Q(status=BankFileStatus.APPROVED) | Q(approver__isnull=False),
                name="an_approved_file_has_an_approver",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BankPayment(models.Model):
    """A payout that goes to a bank in a file."""

    # The payout attempt's id, and what it is called in files (`EndToEndId`).
    key = ReferenceField(primary_key=True)
    reference = models.CharField(max_length=35, unique=True)
    status = StatusField(default=BankPaymentStatus.QUEUED)
    livemode = models.BooleanField()
    amount = AmountField()
    currency = CurrencyField()
    # Name, IBAN and BIC, encrypted for this row, and what people may see of them.
    sealed_payee = models.BinaryField()
    payee = models.CharField(max_length=200)
    text = models.CharField(max_length=140)
    file = models.ForeignKey(
        BankFile, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )
    reason_code = models.CharField(max_length=10, blank=True)
    reason_words = models.CharField(max_length=500, blank=True)
    booked_on = models.DateField(null=True, blank=True)
    # The line of a statement that says so; None if only that the money came back was told.
    booked_line = models.ForeignKey(
        "BankLine", null=True, blank=True, on_delete=models.PROTECT, related_name="booked"
    )
    returned_amount = AmountField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """Found when a file is made."""

        constraints = [
            status_constraint(BankPaymentStatus, name="bank_payment_status_is_known"),
            models.CheckConstraint(
                condition=Q(status=BankPaymentStatus.QUEUED, file=None)
                | (~Q(status=BankPaymentStatus.QUEUED) & Q(file__isnull=False)),
                name="what_is_not_queued_is_in_a_file",
            ),
        ]
        indexes = [
            models.Index(
                fields=["livemode", "key"], condition=Q(status="queued"), name="bank_payment_queued"
            ),
            tail_index("bank_payment", key="key"),
        ]

    def __str__(self) -> str:
        return self.key


class BankStatement(models.Model):
    """A statement of our account, which begins where the one before it ended.

    Banks may begin to number anew each year: the day on which it closes is part of what it is.
    """

    id = IdField(prefix="bstmt")
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="statements")
    # The file's: what is tried in test mode is no part of the real account's history.
    livemode = models.BooleanField()
    account = models.CharField(max_length=34)
    # The bank's name of it.
    name = models.CharField(max_length=35)
    currency = CurrencyField()
    opening_amount = AmountField()
    closing_amount = AmountField()
    closes_on = models.DateField(null=True, blank=True)
    # The day went on after it: a statement of the whole day may begin where it began.
    is_interim = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        """Each once."""

        indexes = [tail_index("bank_statement")]

        constraints = [
            models.UniqueConstraint(
                fields=["account", "name", "closes_on", "livemode"],
                condition=models.Q(is_interim=False),
                name="a_statement_is_taken_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """One payment on a statement or notification. It is taken once, however often it is told."""

    id = IdField(prefix="bline")
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="lines")
    # Account, the bank's reference, position, amount and end-to-end id; and which of several.
    key = models.CharField(max_length=200, unique=True)
    # Negative if money went out.
    amount = AmountField()
    currency = CurrencyField()
    booked_on = models.DateField(null=True, blank=True)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    counterparty = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=500, blank=True)
    # Why something came back, if the bank says so: a code of ISO 20022, and its words.
    reason_code = models.CharField(max_length=10, blank=True)
    reason_words = models.CharField(max_length=500, blank=True)
    # How it was matched: `reference`, `text`, `amount`, `file` or `person`; `aside` if a person
    # says that it is about no payment of ours, `arrival` if it is what a processor sent to us;
    # empty if nobody knows what it is.
    matched_by = models.CharField(max_length=10, blank=True)
    # Of `person`, who; and who took a match back last.
    matched_who = models.CharField(max_length=320, blank=True)
    undone_who = models.CharField(max_length=320, blank=True)
    payment = models.ForeignKey(
        BankPayment, null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )
    created_at = models.DateTimeField()

    class Meta:
        """Those that somebody must look at are found at once."""

        indexes = [
            models.Index(fields=["-id"], condition=Q(matched_by=""), name="bank_line_unmatched"),
            tail_index("bank_line"),
        ]

    def __str__(self) -> str:
        return self.key
