"""What can be searched, by the wire's names."""

from typing import Final

from django.db.models import Q

from api.lists.search import Field, Kind

_METADATA: Final = Field(Kind.METADATA, "metadata")
_CREATED: Final = Field(Kind.MOMENT, "created_at")
_ACTIVE: Final = Field(Kind.FLAG, condition=Q(is_active=True))

PRODUCTS: Final = {
    "active": _ACTIVE,
    "created": _CREATED,
    "description": Field(Kind.TEXT, "description"),
    "metadata": _METADATA,
    "name": Field(Kind.NAME, "name"),
    "shippable": Field(
        Kind.FLAG,
        condition=Q(is_shippable=True),
        otherwise=Q(is_shippable=False),
        nothing=Q(is_shippable__isnull=True),
    ),
    "url": Field(Kind.TEXT, "url"),
}

PRICES: Final = {
    "active": _ACTIVE,
    "created": _CREATED,
    "currency": Field(Kind.WORD, "currency"),
    "lookup_key": Field(Kind.ID, "lookup_key"),
    "metadata": _METADATA,
    "nickname": Field(Kind.TEXT, "nickname"),
    "product": Field(Kind.ID, "product__public_id"),
}
