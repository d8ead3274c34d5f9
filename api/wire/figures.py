"""Parameters that are decimals, parts of a hundred, of several currencies, or kept as typed."""

import re
from decimal import Decimal
from typing import Final, Unpack

from api.wire.options import Options
from api.wire.params import Amount, Choice, Currency, Param, Table, excerpt
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


class DecimalText(Param):
    """A decimal that is not negative; reads as text, without zeros that say nothing.

    Args:
        places: How many decimals it may have.
        most: The largest value.
    """

    def __init__(self, places: int, most: int, **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.places, self.most = places, most
        self._shape = re.compile(rf"[0-9]{{1,12}}(\.[0-9]{{1,{places}}})?")

    def convert(self, value: object, path: str) -> str:
        text = str(value) if type(value) in (int, float, str) else ""
        if not self._shape.fullmatch(text) or Decimal(text) > self.most:
            raise InvalidRequest(
                f"Invalid decimal: {excerpt(value)}. It must be a number from 0 to {self.most} "
                f"with at most {self.places} decimals.",
                param=path,
            )
        return plain(Decimal(text))


class ByCurrency(Param):
    """Currency → parameters of that currency.

    Args:
        item: What is said of each.
    """

    def __init__(self, item: Table, **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.item = item

    def convert(self, value: object, path: str) -> JsonObject:
        if not isinstance(value, dict):
            raise InvalidRequest(f"Invalid object: {excerpt(value)}", param=path)
        return {
            str(Currency().read(code, f"{path}[{code}]")): self.item.read(one, f"{path}[{code}]")
            for code, one in value.items()
        }


class NotTaken(Param):
    """A parameter of the wire that is refused wherever it stands.

    Args:
        why: What is not there, and what to do instead, in a sentence.
    """

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why

    def read(self, value: object, path: str) -> object:
        raise InvalidRequest(f"{path}: {self.why}", code="feature_not_supported", param=path)


class PartialChoice(Choice):
    """One of a few values, of which the wire has others that are refused.

    Args:
        words: What is taken.
        others: What is not.
        why: What is not there, and what to do instead, in a sentence.
    """

    def __init__(
        self, *words: str, others: tuple[str, ...], why: str, **more: Unpack[Options]
    ) -> None:
        super().__init__(*words, **more)
        self.others, self.why = others, why

    def convert(self, value: object, path: str) -> str:
        if value in self.others:
            raise InvalidRequest(f"{path}: {self.why}", code="feature_not_supported", param=path)
        return super().convert(value, path)


def plain(value: Decimal) -> str:
    """Write a decimal without an exponent, and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class AsTyped(Table):
    """Parameters inside a parameter that are checked, and kept as they were typed."""

    def convert(self, value: object, path: str) -> JsonObject:
        table = super().convert(value, path)
        return dict(value) if isinstance(value, dict) else table
