"""Parameters that are one value."""

import math
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from api.params.base import Fault, Param
from core import currencies

_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?")
# One character before and after the @, a dot in the host, nothing that could end a header.
_EMAIL: Final = re.compile(
    r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\.]+(?:\.[^\s@<>()\[\],;:\"\\.]+)+"
)
_INT64: Final = 2**63
_BOOLEANS: Final = {"true": True, "false": False}
_SHOWN: Final = 50


def shown(raw: object) -> str:
    """Return a value as a message may show it: short."""
    text = raw if isinstance(raw, str) else str(raw)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


class StringParam(Param):
    """Text.

    Args:
        max_length: In characters.
        min_length: In characters.
        pattern: What the whole text must match.
    """

    def __init__(
        self,
        *,
        max_length: int = 5_000,
        min_length: int = 1,
        pattern: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length
        self.min_length = min_length
        self.pattern = re.compile(pattern) if pattern else None

    def convert(self, raw: Any) -> str:
        if type(raw) is not str:
            raise Fault(f"Invalid string: {shown(raw)}")
        length = len(raw)
        if length > self.max_length:
            raise Fault(
                f"Invalid string: {shown(raw)}; must be at most {self.max_length} characters"
            )
        if length < self.min_length:
            raise Fault(
                f"Invalid string: {shown(raw)}; must be at least {self.min_length} characters"
            )
        if raw.isspace():
            raise Fault(
                "You passed only spaces for '{param}'. Supply a value.",
                "parameter_invalid_string_blank",
            )
        if self.pattern is not None and not self.pattern.fullmatch(raw):
            raise Fault(f"Invalid string: {shown(raw)}")
        return raw


class IdParam(StringParam):
    """The id of an object. Whether there is one is for the service to say."""

    def __init__(self, *, max_length: int = 255, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


class IntegerParam(Param):
    """A whole number within 64 bits, or within bounds.

    Args:
        minimum: The smallest that is accepted.
        maximum: The largest that is accepted.
    """

    def __init__(self, *, minimum: int = -_INT64, maximum: int = _INT64 - 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum = minimum
        self.maximum = maximum

    def convert(self, raw: Any) -> int:
        if type(raw) is str and _INTEGER.fullmatch(raw):
            number = int(raw)
        elif type(raw) is int:
            number = raw
        else:
            raise Fault(f"Invalid integer: {shown(raw)}", "parameter_invalid_integer")
        if number < self.minimum:
            raise Fault(
                f"This value must be greater than or equal to {self.minimum}.",
                "parameter_invalid_integer",
            )
        if number > self.maximum:
            raise Fault(
                f"This value must be less than or equal to {self.maximum}.",
                "parameter_invalid_integer",
            )
        return number


class AmountParam(IntegerParam):
    """Minor units of a currency; positive unless it says otherwise."""

    def __init__(self, *, minimum: int = 1, **kwargs: Any) -> None:
        super().__init__(minimum=minimum, **kwargs)


class FloatParam(Param):
    """A decimal number, such as a percentage."""

    def convert(self, raw: Any) -> float:
        if type(raw) is str and _DECIMAL.fullmatch(raw):
            return float(raw)
        if type(raw) in {int, float} and math.isfinite(raw) and abs(raw) < 1e15:
            return float(raw)
        raise Fault(f"Invalid decimal: {shown(raw)}")


class BooleanParam(Param):
    """`true` or `false`."""

    def convert(self, raw: Any) -> bool:
        if raw is True or raw is False:
            return bool(raw)
        found = _BOOLEANS.get(raw) if isinstance(raw, str) else None
        if found is None:
            raise Fault(f"Invalid boolean: {shown(raw)}")
        return found


class EnumParam(Param):
    """One of some words.

    Args:
        values: The words, or an enum of them.
    """

    def __init__(self, values: Iterable[str] | type[StrEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values = tuple(str(value) for value in values)

    def convert(self, raw: Any) -> str:
        if isinstance(raw, str) and raw in self.values:
            return raw
        *others, last = self.values
        listed = f"{', '.join(others)} or {last}" if others else last
        raise Fault(f"Invalid {{param}}: must be {'one of ' if others else ''}{listed}")


class CurrencyParam(Param):
    """A three-letter ISO 4217 code, in any case; the service gets lower case."""

    def convert(self, raw: Any) -> str:
        code = raw.lower() if isinstance(raw, str) else ""
        if code not in currencies.CODES:
            raise Fault(
                f"Invalid currency: {shown(raw)}. It must be a three-letter ISO 4217 code, "
                f"such as usd."
            )
        return code


class CountryParam(Param):
    """A two-letter ISO 3166 code, in any case; the service gets upper case."""

    def convert(self, raw: Any) -> str:
        if isinstance(raw, str) and len(raw) == 2 and raw.isascii() and raw.isalpha():
            return raw.upper()
        raise Fault(
            f"Country '{shown(raw)}' is unknown. Try a 2-character code, such as US.",
            "country_code_invalid",
        )


class EmailParam(Param):
    """An e-mail address."""

    def convert(self, raw: Any) -> str:
        if isinstance(raw, str) and len(raw) <= 254 and _EMAIL.fullmatch(raw):
            return raw
        raise Fault(f"Invalid email address: {shown(raw)}", "email_invalid")


class UrlParam(Param):
    """An absolute http or https address. Whether it may be called is for the caller of it to say."""

    def convert(self, raw: Any) -> str:
        if isinstance(raw, str) and len(raw) <= 2_048 and _is_url(raw):
            return raw
        raise Fault("Not a valid URL", "url_invalid")


def _is_url(text: str) -> bool:
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
