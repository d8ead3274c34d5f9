"""What somebody else must approve, and what waits for it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext

from accounts.states import ApprovalState
from core.database.fields import (
    AmountField,
    CurrencyField,
    IdField,
    ReferenceField,
    StatusField,
    status_constraint,
)
from core.database.finding import tail_index

_DECIDED = (ApprovalState.APPROVED, ApprovalState.EXECUTED, ApprovalState.FAILED)


class ApprovalRule(models.Model):
    """An action that needs another person, above an amount in one currency or always."""

    id = IdField(prefix="apprule")
    # A name of `approvals.registry`.
    action = models.CharField(max_length=64)
    # Empty: whatever the currency, and also what moves no money.
    currency = CurrencyField(blank=True)
    above_amount = AmountField(default=0)
    in_test_mode = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "currency"], name="one_approval_rule_each"),
            models.CheckConstraint(
                condition=Q(above_amount=0) | (Q(above_amount__gt=0) & ~Q(currency="")),
                name="approval_amount_has_a_currency",
                violation_error_message="Say of which currency the amount is.",
            ),
        ]
        indexes = [tail_index("approval_rule")]

    def __str__(self) -> str:
        return self.id


class ApprovalRequest(models.Model):
    """An action that waits for another person, with what it is to be done with."""

    id = IdField(prefix="appr")
    action = models.CharField(max_length=64)
    # Whose it is, if it is somebody's: people of its platform see it.
    account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        null=True,
        blank=True,
    )
    # What the action is called with, and what was so when it was asked for.
    parameters = models.JSONField()
    facts = models.JSONField(default=dict)
    # Of action, parameters and facts in one spelling.
    sha256 = models.CharField(max_length=64)
    # For people: what would happen. In English, and in other languages by their codes.
    summary = models.TextField()
    summaries = models.JSONField(default=dict, db_default={}, blank=True)
    currency = CurrencyField(blank=True)
    amount = AmountField(null=True, blank=True)
    # What limits of roles are about, which may be more than this is about.
    limited_amount = AmountField(null=True, blank=True)
    livemode = models.BooleanField(null=True, blank=True)
    # The rule that asked for it, and its amount as it was; or that of the role, without a rule.
    rule_id = ReferenceField(blank=True)
    above_amount = AmountField()
    # People are named, and not referred to: a request survives them.
    requested_by_id = ReferenceField()
    requested_by_email = models.CharField(max_length=254)
    reason = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = StatusField(default=ApprovalState.WAITING)
    decided_by_id = ReferenceField(null=True, blank=True)
    decided_by_email = models.CharField(max_length=254, blank=True)
    decision_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # When it was last begun or looked at, and how often it was begun.
    tried_at = models.DateTimeField(null=True, blank=True)
    run_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    # What came of it, or why it failed; in English, and in other languages where they are known.
    message = models.TextField(blank=True)
    messages = models.JSONField(default=dict, db_default={}, blank=True)

    class Meta:
        constraints = [
            status_constraint(ApprovalState, name="approval_state_is_known", field="state"),
            models.CheckConstraint(
                condition=~Q(state__in=[*_DECIDED, ApprovalState.REJECTED])
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("requested_by_id"))),
                name="somebody_else_decides",
            ),
            models.UniqueConstraint(
                fields=["action", "sha256"],
                condition=Q(state=ApprovalState.WAITING),
                name="one_waiting_approval_each",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state=ApprovalState.WAITING),
                name="approval_waiting",
            ),
            models.Index(
                fields=["tried_at"],
                condition=Q(state=ApprovalState.APPROVED),
                name="approval_cut_off",
            ),
            tail_index("approval_request"),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def told_summary(self) -> str:
        """Return what would happen, in the reader's language."""
        return str(self.summaries.get(get_language() or "", self.summary))

    @property
    def told_message(self) -> str:
        """Return what came of it, in the reader's language as far as it is known there."""
        told = self.messages.get(get_language() or "")
        return str(told) if told else gettext(self.message) if self.message else ""
