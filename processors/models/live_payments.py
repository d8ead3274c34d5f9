"""Whether live payments are taken at all."""

from django.db import models


class LivePayments(models.Model):
    """One row: live payments are on, or off."""

    is_on = models.BooleanField(default=False)
    # Why, by whom and when it was switched last; empty and null as long as nobody has.
    reason = models.CharField(max_length=1_000, blank=True)
    changed_by = models.CharField(max_length=254, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """There is one."""

        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="live_payments_have_one_switch")
        ]

    def __str__(self) -> str:
        return "Live payments"
