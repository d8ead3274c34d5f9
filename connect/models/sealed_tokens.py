from django.db import models

from accounts.models import TenantModel
from core.database.fields import IdField


class SealedToken(TenantModel):
    """What somebody typed into a page about an account, a person or a bank account, for one use."""

    id = IdField(prefix="ct")
    # `account`, `person`, `bank_account` or `pii`.
    kind = models.CharField(max_length=12)
    sealed = models.BinaryField()
    client_ip = models.CharField(max_length=45, null=True, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.id
