"""What can be searched, by the wire's names."""

from typing import Final

from django.db.models import F, Q

from api.lists.search import Field, Kind
from core.database.fields import CardFingerprint, Last4

_METADATA: Final = Field(Kind.METADATA, "metadata")
_CREATED: Final = Field(Kind.MOMENT, "created_at")

CUSTOMERS: Final = {
    "created": _CREATED,
    "email": Field(Kind.TEXT, "email"),
    "metadata": _METADATA,
    "name": Field(Kind.NAME, "name"),
    "phone": Field(Kind.TEXT, "phone"),
}

PAYMENT_INTENTS: Final = {
    "amount": Field(Kind.NUMBER, "amount"),
    "created": _CREATED,
    "currency": Field(Kind.WORD, "currency"),
    "customer": Field(Kind.ID, "customer_id"),
    "metadata": _METADATA,
    "status": Field(Kind.WORD, "status"),
}

CHARGES: Final = {
    "amount": Field(Kind.NUMBER, "amount"),
    "billing_details.address.postal_code": Field(
        Kind.TEXT, "billing_details__address__postal_code"
    ),
    "created": _CREATED,
    "currency": Field(Kind.WORD, "currency"),
    "customer": Field(Kind.ID, "customer_id"),
    "disputed": Field(Kind.FLAG, condition=Q(is_disputed=True)),
    "metadata": _METADATA,
    "payment_method_details.card.brand": Field(Kind.WORD, "card__brand"),
    "payment_method_details.card.exp_month": Field(Kind.NUMBER, "card__exp_month"),
    "payment_method_details.card.exp_year": Field(Kind.NUMBER, "card__exp_year"),
    "payment_method_details.card.fingerprint": Field(
        Kind.ID, "card__fingerprint", indexed=CardFingerprint("card")
    ),
    "payment_method_details.card.last4": Field(Kind.WORD, "card__last4", indexed=Last4("card")),
    # False is refunded in part, null is not refunded.
    "refunded": Field(
        Kind.FLAG,
        condition=Q(amount_refunded__gt=0, amount_refunded=F("amount_captured")),
        otherwise=Q(amount_refunded__gt=0, amount_refunded__lt=F("amount_captured")),
        nothing=Q(amount_refunded=0),
    ),
    "status": Field(Kind.WORD, "status"),
}
