"""How payments are routed among our accounts at processors: rules, breakers, success rates."""

from django.db import models
from django.db.models import Q

from core.database.fields import IdField


class RoutingRuleSet(models.Model):
    """Rules as they were published once, or the draft of the next ones."""

    id = IdField(prefix="rset")
    # Counted from 1; None for the draft.
    version = models.PositiveIntegerField(null=True, blank=True, unique=True)
    is_draft = models.BooleanField(default=False)
    # As `processors.routing.parsing` reads it.
    document = models.JSONField(default=dict, blank=True)
    # Why they were published.
    reason = models.CharField(max_length=1_000, blank=True)
    # The version that was published again, if these are its rules.
    again_of = models.PositiveIntegerField(null=True, blank=True)
    # The address of whoever published them, or changed the draft last.
    author = models.CharField(max_length=320)
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One draft; the newest version counts."""

        verbose_name = "rules of routing"
        verbose_name_plural = "rules of routing"
        constraints = [
            models.UniqueConstraint(
                fields=["is_draft"], condition=Q(is_draft=True), name="there_is_one_draft_of_rules"
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True, version=None, published_at=None)
                | Q(is_draft=False, version__isnull=False, published_at__isnull=False),
                name="published_rules_have_a_version",
            ),
        ]

    def __str__(self) -> str:
        return "draft" if self.is_draft else f"version {self.version}"


class RoutingBreaker(models.Model):
    """How an account fares with a payment method, if it does not fare well. Few rows, few writes.

    What it means is `processors.routing.breakers`.
    """

    processor = models.CharField(max_length=40)
    method = models.CharField(max_length=20)
    retry_at = models.DateTimeField(null=True, blank=True)
    openings = models.PositiveIntegerField(default=0)
    successes = models.PositiveIntegerField(default=0)
    # `open` or `closed` if an operator says so, who that was, and why.
    forced = models.CharField(max_length=10, blank=True)
    forced_by = models.CharField(max_length=320, blank=True)
    reason = models.CharField(max_length=1_000, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        """One for each account and method."""

        constraints = [
            models.UniqueConstraint(
                fields=["processor", "method"], name="one_breaker_per_account_and_method"
            ),
            models.CheckConstraint(
                condition=Q(forced__in=("", "open", "closed")), name="breakers_are_forced_one_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.processor}, {self.method}"


class RoutingTallies(models.Model):
    """How many attempts succeeded where, as they were counted last. One row."""

    # Lists: account, method, brand, country, how many succeeded, how many there were.
    counts = models.JSONField(default=list)
    counted_at = models.DateTimeField()

    class Meta:
        """There is one."""

        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="attempts_are_counted_in_one_row")
        ]

    def __str__(self) -> str:
        return "counted attempts"
