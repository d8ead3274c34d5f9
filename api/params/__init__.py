"""What callers may send: declared as fields, checked by name, type and shape."""

from api.params.base import Fault, Param, Params
from api.params.collections import ListOf, MapOf, MetadataParam
from api.params.listing import ListParams
from api.params.scalars import (
    AmountParam,
    BooleanParam,
    CountryParam,
    CurrencyParam,
    EmailParam,
    EnumParam,
    FloatParam,
    IdParam,
    IntegerParam,
    StringParam,
    UrlParam,
)
from api.params.times import TimestampParam, TimestampRangeParam, TimeRange

__all__ = [
    "AmountParam",
    "BooleanParam",
    "CountryParam",
    "CurrencyParam",
    "EmailParam",
    "EnumParam",
    "Fault",
    "FloatParam",
    "IdParam",
    "IntegerParam",
    "ListOf",
    "ListParams",
    "MapOf",
    "MetadataParam",
    "Param",
    "Params",
    "StringParam",
    "TimeRange",
    "TimestampParam",
    "TimestampRangeParam",
    "UrlParam",
]
