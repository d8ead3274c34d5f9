from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField
from core.database.finding import tail_index


class ConnectReserveChange(TenantModel):
    """A change of a platform's reserve against negative balances of its sellers."""

    id = IdField(prefix="crsv")
    # More when positive.
    amount = AmountField()
    currency = CurrencyField()
    balance_transaction_id = ReferenceField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0), name="a_reserve_change_changes_something"
            )
        ]
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="reserve_change_by_account"),
            tail_index("connect_reserve_change"),
        ]

    def __str__(self) -> str:
        return self.id
