"""Parameters: declared, checked and named in errors as the wire names them.

A parameter knows its own shape; a `Params` is a table of them. What is not in the
table is refused by name. Values come from forms, where everything is text, or from
JSON, where it is typed; both end as the same Python values.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final, Unpack

from api.wire.options import Options
from core import currencies
from core.errors import InvalidRequest
from core.types import Fields, JsonObject

MISSING: Final = object()

_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")
_INDEX: Final = re.compile(r"[0-9]{1,6}")
# Longer names are no typing errors of ours, and costly to compare.
_LONGEST_GUESSED: Final = 64


class Param:
    """One parameter.

    Args:
        required: True if the request is refused without it.
        nullable: True if an empty string, or null, unsets the field: it reads as None.
        default: What it reads as when it is not given; left out of the result without one.
        name: What the service calls it, if not as the wire does.
    """

    def __init__(
        self,
        *,
        required: bool = False,
        nullable: bool = False,
        default: object = MISSING,
        name: str | None = None,
    ) -> None:
        self.required = required
        self.nullable = nullable
        self.default = default
        self.name = name

    def read(self, value: object, path: str) -> object:
        """Check a given value; an empty one unsets."""
        if value is None or value == "":
            if self.nullable:
                return None
            raise InvalidRequest(
                f"You passed an empty string for '{path}'. We assume empty values are an attempt "
                f"to unset a parameter; however '{path}' cannot be unset. You should remove "
                f"'{path}' from your request or supply a non-empty value.",
                code="parameter_invalid_empty",
                param=path,
            )
        return self.convert(value, path)

    def convert(self, value: object, path: str) -> object:
        raise NotImplementedError


class Text(Param):
    """Text of at most so many characters."""

    def __init__(self, most: int = 5_000, **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.most = most

    def convert(self, value: object, path: str) -> str:
        if not isinstance(value, str):
            raise InvalidRequest(f"Invalid string: {excerpt(value)}", param=path)
        if len(value) > self.most:
            raise InvalidRequest(
                f"Invalid string: must be at most {self.most} characters; this has {len(value)}.",
                param=path,
            )
        if "\0" in value:
            raise InvalidRequest("Invalid string: it holds a NUL character.", param=path)
        return value


class Id(Text):
    """The id of an object."""

    def __init__(self, **more: Unpack[Options]) -> None:
        super().__init__(most=64, **more)


class Choice(Param):
    """One of a few values."""

    def __init__(self, *words: str, **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.words = words

    def convert(self, value: object, path: str) -> str:
        if value not in self.words:
            raise InvalidRequest(
                f"Invalid {path}: must be one of {', '.join(self.words)}", param=path
            )
        return str(value)


class Currency(Param):
    """An ISO 4217 code; upper case is understood."""

    def convert(self, value: object, path: str) -> str:
        code = value.lower() if isinstance(value, str) else ""
        if code not in currencies.CODES:
            raise InvalidRequest(
                f"Invalid currency: {excerpt(value)}. It must be an ISO 4217 code in lower case.",
                param=path,
            )
        return code


class Integer(Param):
    """A whole number within bounds, or a word that leaves it to us and reads as None."""

    def __init__(
        self, least: int = 0, most: int = 2**53, word: str | None = None, **more: Unpack[Options]
    ) -> None:
        super().__init__(**more)
        self.least = least
        self.most = most
        self.word = word

    def convert(self, value: object, path: str) -> object:
        if self.word is not None and value == self.word:
            return None
        return self.whole(value, path)

    def whole(self, value: object, path: str) -> int:
        """Read a whole number within the bounds."""
        if isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        if type(value) is not int:
            raise InvalidRequest(
                f"Invalid integer: {excerpt(value)}", code="parameter_invalid_integer", param=path
            )
        if value < self.least:
            raise InvalidRequest(
                f"This value must be greater than or equal to {self.least}.",
                code="parameter_invalid_integer",
                param=path,
            )
        if value > self.most:
            raise InvalidRequest(
                f"This value must be less than or equal to {self.most}.",
                code="parameter_invalid_integer",
                param=path,
            )
        return value


class Amount(Integer):
    """Minor units."""

    def __init__(self, least: int = 1, **more: Unpack[Options]) -> None:
        super().__init__(least=least, most=999_999_999_999, **more)


class Boolean(Param):
    """true or false, in the spelling of any client's language: Python's older ones say True.

    Args:
        yes: Further words that mean true.
    """

    def __init__(self, *yes: str, **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.yes = yes

    def convert(self, value: object, path: str) -> bool:
        word = value.lower() if isinstance(value, str) else value
        if word is True or word == "true" or word in self.yes:
            return True
        if word is False or word == "false":
            return False
        raise InvalidRequest(f"Invalid boolean: {excerpt(value)}", param=path)


class Moment(Integer):
    """Unix seconds."""

    def __init__(self, **more: Unpack[Options]) -> None:
        super().__init__(least=0, most=32_503_680_000, **more)

    def convert(self, value: object, path: str) -> datetime:
        return datetime.fromtimestamp(self.whole(value, path), UTC)


_MOMENT: Final = Moment()


class Range(Param):
    """A moment, or bounds: `created[gte]=…&created[lt]=…`. Reads as lookups → moments."""

    def convert(self, value: object, path: str) -> JsonObject:
        if not isinstance(value, dict):
            return {"exact": _MOMENT.read(value, path)}
        return read_fields(_BOUNDS, value, path)


_BOUNDS: Final[Mapping[str, Param]] = {name: Moment() for name in ("gt", "gte", "lt", "lte")}


class Metadata(Param):
    """The caller's own words: a change, key by key. A key given as "" reads as None."""

    def __init__(self, **more: Unpack[Options]) -> None:
        more["nullable"] = True
        super().__init__(**more)

    def convert(self, value: object, path: str) -> dict[str, str | None]:
        if not isinstance(value, dict):
            raise InvalidRequest(
                "Invalid metadata: it must be a hash of keys and values.", param=path
            )
        metadata = {name: self._value(name, text, path) for name, text in value.items()}
        # A key that is unset is none of the object's afterwards.
        if sum(text is not None for text in metadata.values()) > 50:
            raise InvalidRequest("Metadata can have up to 50 keys.", param=path)
        return metadata

    def _value(self, name: str, text: object, path: str) -> str | None:
        where = f"{path}[{name}]"
        if not name or len(name) > 40 or "[" in name or "]" in name:
            raise InvalidRequest(
                "Metadata keys must have 1 to 40 characters and no square brackets.", param=where
            )
        if text is None or text == "":
            return None
        if isinstance(text, bool | int | float):
            text = str(text).lower() if isinstance(text, bool) else str(text)
        if not isinstance(text, str) or len(text) > 500 or "\0" in text:
            raise InvalidRequest(
                "Metadata values must be text of up to 500 characters.", param=where
            )
        return text


class NewMetadata(Metadata):
    """The words of an object that is only being made: an empty value is none."""

    def read(self, value: object, path: str) -> dict[str, str]:
        metadata = super().read(value, path)
        if not isinstance(metadata, dict):
            return {}
        return {name: text for name, text in metadata.items() if text is not None}


class Many(Param):
    """A list of one kind of parameter."""

    def __init__(self, item: Param, most: int = 100, **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.item = item
        self.most = most

    def convert(self, value: object, path: str) -> list[object]:
        if isinstance(value, dict) and all(_INDEX.fullmatch(key) for key in value):
            value = [value[key] for key in sorted(value, key=int)]
        if not isinstance(value, list):
            raise InvalidRequest(f"Invalid array: {excerpt(value)}", param=path)
        if len(value) > self.most:
            raise InvalidRequest(f"At most {self.most} items are allowed.", param=path)
        return [self.item.read(item, f"{path}[{i}]") for i, item in enumerate(value)]


class Either(Param):
    """A word, or something with parts: a list or a table."""

    def __init__(self, word: Text | Choice, parts: "Many | Table", **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.word = word
        self.parts = parts

    def convert(self, value: object, path: str) -> object:
        return (self.word if isinstance(value, str) else self.parts).convert(value, path)


class Table(Param):
    """Parameters inside a parameter."""

    def __init__(self, fields: Mapping[str, Param], **more: Unpack[Options]) -> None:
        super().__init__(**more)
        self.fields = dict(fields)

    def convert(self, value: object, path: str) -> JsonObject:
        if not isinstance(value, dict):
            raise InvalidRequest(f"Invalid object: {excerpt(value)}", param=path)
        return read_fields(self.fields, value, path)


class Free(Param):
    """Text inside text, of any shape, within the limits of a request: kept as it is."""

    def convert(self, value: object, path: str) -> object:
        if not isinstance(value, dict):
            raise InvalidRequest(f"Invalid object: {excerpt(value)}", param=path)
        return value


class Ignored(Param):
    """A parameter that callers send and that changes nothing here.

    Args:
        why: The reason, in a sentence.
    """

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why

    def read(self, value: object, path: str) -> object:
        return MISSING


class Params:
    """A request's parameters: subclasses name them as class attributes."""

    fields: ClassVar[Mapping[str, Param]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Param)}
        cls.fields = {**cls.fields, **{name.rstrip("_"): param for name, param in own.items()}}

    @classmethod
    def read(cls, payload: Fields) -> JsonObject:
        """Check what a request said.

        Returns:
            The parameters given, and those with a default.

        Raises:
            InvalidRequest: For the first that is unknown, missing or malformed.
        """
        return read_fields(cls.fields, payload, "")


class NoParams(Params):
    """A request that takes nothing but `expand`."""


class ListParams(Params):
    """The parameters of every list."""

    limit = Integer(least=1, most=100, default=10)
    starting_after = Id()
    ending_before = Id()


def read_fields(fields: Mapping[str, Param], payload: Fields, path: str) -> JsonObject:
    """Check a table of parameters."""
    result: JsonObject = {}
    for name, value in payload.items():
        where = f"{path}[{name}]" if path else name
        param = fields.get(name)
        if param is None:
            raise _unknown(where, name, fields)
        read = param.read(value, where)
        if read is not MISSING:
            result[param.name or name] = read
    for name, param in fields.items():
        if name not in payload:
            if param.required:
                where = f"{path}[{name}]" if path else name
                raise InvalidRequest(
                    f"Missing required param: {where}.", code="parameter_missing", param=where
                )
            if param.default is not MISSING:
                result[param.name or name] = param.default
    return result


def _unknown(where: str, name: str, fields: Sequence[str] | Mapping[str, Param]) -> InvalidRequest:
    close = difflib.get_close_matches(name[:_LONGEST_GUESSED], list(fields), n=1)
    hint = f". Did you mean {close[0]}?" if close else ""
    return InvalidRequest(
        f"Received unknown parameter: {where[:200]}{hint}",
        code="parameter_unknown",
        param=where[:200],
    )


def excerpt(value: object) -> str:
    """Return the beginning of what was sent, for a message."""
    return str(value)[:40]
