from django.db import models

from accounts.models import TenantModel
from connect.states import CAPABILITY, CapabilityStatus
from core.database.fields import StatusField, status_constraint


class Capability(TenantModel):
    """Something a connected account may do. The tenant is the connected account itself."""

    name = models.CharField(max_length=60)
    status = StatusField(default=CapabilityStatus.INACTIVE)
    is_requested = models.BooleanField(default=False)
    requested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "capabilities"
        constraints = [
            status_constraint(CapabilityStatus, name="capability_status_is_known"),
            models.UniqueConstraint(
                fields=["account", "livemode", "name"], name="one_capability_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.status}"

    def move_to(self, status: str) -> None:
        """Change the status, if the machine allows it."""
        CAPABILITY.check(CapabilityStatus(self.status), CapabilityStatus(status))
        self.status = status
