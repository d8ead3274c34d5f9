from typing import Final

from django.db import models
from django.db.models import Q

from accounts.models import TenantModel
from core.database.fields import IdField

# The methods that a rail can carry, and whether they are shown unless somebody says otherwise.
METHODS: Final = {
    "afterpay_clearpay": "on", "alipay": "on", "bancontact": "on", "blik": "on", "card": "on",
    "eps": "on", "grabpay": "on", "ideal": "on", "klarna": "on", "konbini": "on", "p24": "on",
    "paynow": "on", "pix": "on", "promptpay": "on", "sepa_debit": "off", "swish": "on",
    "us_bank_account": "off",
}  # fmt: skip
# The wire's other words. They may be switched off, for they are; and not on.
ABSENT_METHODS: Final = (
    "acss_debit", "affirm", "alma", "amazon_pay", "apple_pay", "au_becs_debit", "bacs_debit",
    "billie", "bizum", "boleto", "cartes_bancaires", "cashapp", "crypto", "customer_balance",
    "fpx", "giropay", "google_pay", "jcb", "kakao_pay", "kr_card", "link", "mb_way",
    "mobilepay", "multibanco", "naver_pay", "nz_bank_account", "oxxo", "pay_by_bank", "payco",
    "paypal", "paypay", "payto", "revolut_pay", "samsung_pay", "satispay", "scalapay",
    "sequra", "sofort", "sunbit", "twint", "upi", "wechat_pay", "zip",
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
