"""Balance transactions: the lines of entries that owners are shown."""

from django.db import models
from django.db.models import F, Q

from accounts.models import TenantModel
from core.database.fields import AmountField, CurrencyField, IdField, ReferenceField, by_time_index
from core.database.finding import tail_index
from core.money import spell
from ledger.models.journal import JournalEntry


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
            by_time_index("balance_transaction"),
            # Payouts ask for what was added since: by ids, which are made when it is written.
            models.Index(
                fields=["account", "livemode", "-id"], name="balance_transaction_by_account"
            ),
            models.Index(fields=["source"], name="balance_transaction_by_source"),
            tail_index("balance_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {spell(self.amount, self.currency)}"
