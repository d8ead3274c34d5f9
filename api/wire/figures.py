"""Parameters that are parts of a hundred, amounts of several currencies, or kept as typed."""

import re
from typing import Final

from api.wire.params import Amount, Currency, Param, Table, excerpt
from core.errors import InvalidRequest
from core.types import JsonObject

_PERCENT: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")


class Percent(Param):
    """A part of a hundred with up to two decimals; reads as ten-thousandths."""

    def convert(self, value: object, path: str) -> int:
        text = str(value) if type(value) in (int, float, str) else ""
        if not _PERCENT.fullmatch(text) or float(text) > 100:
            raise InvalidRequest(
                f"Invalid percent: {excerpt(value)}. It must be a number from 0 to 100 with at "
                "most two decimals.",
                param=path,
            )
        whole, _, decimals = text.partition(".")
        return int(whole) * 100 + int(decimals.ljust(2, "0"))


class Amounts(Param):
    """Currency → minor units; an empty amount reads as None, and removes it."""

    def convert(self, value: object, path: str) -> JsonObject:
        if not isinstance(value, dict):
            raise InvalidRequest(f"Invalid object: {excerpt(value)}", param=path)
        amount = Amount(least=0, nullable=True)
        return {
            str(Currency().read(code, f"{path}[{code}]")): amount.read(units, f"{path}[{code}]")
            for code, units in value.items()
        }


class AsTyped(Table):
    """Parameters inside a parameter that are checked, and kept as they were typed."""

    def convert(self, value: object, path: str) -> JsonObject:
        table = super().convert(value, path)
        return dict(value) if isinstance(value, dict) else table
