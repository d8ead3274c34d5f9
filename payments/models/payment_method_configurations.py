from typing import Final

from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from core.database.fields import IdField

# The methods that a rail can carry, and whether they are shown unless somebody says otherwise.
METHODS: Final = {"card": "on", "promptpay": "on", "sepa_debit": "off", "us_bank_account": "off"}
# The wire's other words. They may be switched off, for they are; and not on.
ABSENT_METHODS: Final = (
    "acss_debit", "affirm", "afterpay_clearpay", "alipay", "alma", "amazon_pay", "apple_pay",
    "au_becs_debit", "bacs_debit", "bancontact", "billie", "bizum", "blik", "boleto",
    "cartes_bancaires", "cashapp", "crypto", "customer_balance", "eps", "fpx", "giropay",
    "google_pay", "grabpay", "ideal", "jcb", "kakao_pay", "klarna", "konbini", "kr_card", "link",
    "mb_way", "mobilepay", "multibanco", "naver_pay", "nz_bank_account", "oxxo", "p24",
    "pay_by_bank", "payco", "paynow", "paypal", "paypay", "payto", "pix",
    "revolut_pay", "samsung_pay", "satispay", "scalapay", "sequra", "sofort", "sunbit", "swish",
    "twint", "upi", "wechat_pay", "zip",
)  # fmt: skip


class PaymentMethodConfiguration(TenantModel):
    """Payment method configurations. Each merchant has a default one."""

    id = IdField(prefix="pmc")
    name = models.CharField(max_length=100)
    is_default = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    # Method → "on", "off" or "none", which is as `METHODS` has it.
    preferences = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "livemode"],
                condition=Q(is_default=True),
                name="one_default_configuration_per_account",
            )
        ]
        indexes = [
            models.Index(fields=["account", "livemode", "-id"], name="configuration_by_account")
        ]

    def __str__(self) -> str:
        return self.name
