from django.db import models

from accounts.models import TenantModel
from core.database.fields import IdField


class PaymentMethodDomain(TenantModel):
    """A web domain on which a merchant wants to show wallets."""

    id = IdField(prefix="pmd")
    domain_name = models.CharField(max_length=253)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "livemode", "domain_name"], name="one_registration_per_domain"
            )
        ]

    def __str__(self) -> str:
        return self.domain_name


class ApplePayDomain(TenantModel):
    """The same, as the wire's older endpoint registers it."""

    id = IdField(prefix="apwc")
    domain_name = models.CharField(max_length=253)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "livemode", "domain_name"], name="one_older_registration"
            )
        ]

    def __str__(self) -> str:
        return self.domain_name
