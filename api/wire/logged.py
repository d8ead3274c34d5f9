"""What the request log keeps of parameters and answers: what names nobody. Pure.

Which values those are is said by what each parameter is declared to be: ids, words of a list,
figures, moments. Texts, metadata and whatever is not declared may name people, so only their
length is kept.
"""

import re
from collections.abc import Mapping
from functools import singledispatch
from typing import Final

import orjson

from api.wire.figures import ByCurrency
from api.wire.params import (
    Boolean,
    Choice,
    Currency,
    Either,
    Id,
    Integer,
    Many,
    Metadata,
    Param,
    Range,
    Table,
)
from core import currencies
from core.security.card_numbers import contains_card_number, mask
from core.types import Fields, JsonObject

_MOST_NAMES: Final = 200
_LONGEST_NAME: Final = 60
# What a wrong figure looks like when it is only a typing error.
_FIGURE: Final = re.compile(r"[-+0-9.,a-zA-Z]{1,24}")
# An id of ours; a client secret or a key is none.
_ID: Final = re.compile(r"(?!sk_|rk_|ek_|whsec_)(?!.*_secret_)[A-Za-z0-9_-]{1,64}")
# Figures that are somebody's: the day of a birth.
_PERSONAL: Final = frozenset({"dob"})
# What the answer begins with that is an object.
_OBJECT: Final = re.compile(rb'\{"id":"([A-Za-z0-9_]{1,64})","object":"([a-z0-9_.]{1,64})"')
# Of an error: its message last, since it may repeat what was sent.
_OF_ERRORS: Final = ("type", "code", "decline_code", "advice_code", "param", "message")


class _Names:
    """How many more names are kept of one request."""

    def __init__(self) -> None:
        self.left = _MOST_NAMES


def parameters(fields: Mapping[str, Param], payload: Fields) -> JsonObject | None:
    """Return what may be kept of a request's parameters; None if there were none.

    Args:
        fields: What its endpoint takes.
        payload: What was sent, before it is checked.
    """
    return _table(fields, payload, _Names()) or None


def answer(status: int, body: bytes, payload: Fields) -> JsonObject | None:
    """Return what may be kept of an answer: which object it is, or the error.

    Args:
        status: The HTTP status.
        body: The answer.
        payload: What was sent: an error's message may repeat it.
    """
    if status >= 400:
        return _error(orjson.loads(body)["error"], payload)
    found = _OBJECT.match(body)
    return {"id": found[1].decode(), "object": found[2].decode()} if found else None


def _error(told: JsonObject, payload: Fields) -> JsonObject:
    kept = {name: told[name] for name in _OF_ERRORS if isinstance(told.get(name), str)}
    for sent in sorted(set(_texts(payload)), key=len, reverse=True):
        if "message" in kept:
            kept["message"] = kept["message"].replace(sent, hidden(sent))
    return {name: mask(text)[:1_000].replace("\0", "") for name, text in kept.items()}


def hidden(value: object) -> str:
    """Return what stands for a value that is not kept."""
    if isinstance(value, str):
        return f"({len(value)} characters)"
    if isinstance(value, dict | list):
        return f"({len(value)} values)"
    return "(not kept)"


def _texts(value: object) -> list[str]:
    """Return the beginnings of all texts, as messages repeat them, but for words and ids."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    is_plain = not isinstance(value, str) or len(value) < 3 or _ID.fullmatch(value)
    return [] if is_plain else [str(value)[:40]]


def _table(fields: Mapping[str, Param], payload: Fields, names: _Names) -> JsonObject:
    kept: JsonObject = {}
    for name, value in payload.items():
        names.left -= 1
        if names.left < 0:
            break
        param = None if name in _PERSONAL else fields.get(name)
        shown = hidden(value) if param is None else _shown(param, value, names)
        kept[mask(name[:_LONGEST_NAME].replace("\0", ""))] = shown
    return kept


def _shown(param: Param, value: object, names: _Names) -> object:
    return value if value is None or value == "" else _kept(param, value, names)


@singledispatch
def _kept(param: Param, value: object, names: _Names) -> object:
    return hidden(value)


@_kept.register
def _(param: Id, value: object, names: _Names) -> object:
    is_one = isinstance(value, str) and _ID.fullmatch(value) and not contains_card_number(value)
    return value if is_one else hidden(value)


@_kept.register
def _(param: Choice, value: object, names: _Names) -> object:
    return value if value in param.words else hidden(value)


@_kept.register(Boolean)
@_kept.register(Currency)
@_kept.register(Integer)
def _(param: Param, value: object, names: _Names) -> object:
    is_one = isinstance(value, bool | int | float) or (
        isinstance(value, str) and _FIGURE.fullmatch(value)
    )
    return value if is_one and not contains_card_number(str(value)) else hidden(value)


@_kept.register
def _(param: Range, value: object, names: _Names) -> object:
    bounds = value if isinstance(value, dict) else {"": value}
    kept = {
        str(name)[:_LONGEST_NAME]: _kept(Integer(), bound, names) for name, bound in bounds.items()
    }
    return kept if isinstance(value, dict) else kept[""]


@_kept.register
def _(param: Metadata, value: object, names: _Names) -> object:
    return _table({}, value, names) if isinstance(value, dict) else hidden(value)


@_kept.register
def _(param: Table, value: object, names: _Names) -> object:
    return _table(param.fields, value, names) if isinstance(value, dict) else hidden(value)


@_kept.register
def _(param: Many, value: object, names: _Names) -> object:
    if isinstance(value, dict):
        return {str(at)[:6]: _shown(param.item, one, names) for at, one in value.items()}
    if isinstance(value, list):
        return [_shown(param.item, one, names) for one in value[: max(names.left, 0)]]
    return hidden(value)


@_kept.register
def _(param: ByCurrency, value: object, names: _Names) -> object:
    fields = dict.fromkeys(currencies.CODES, param.item)
    return _table(fields, value, names) if isinstance(value, dict) else hidden(value)


@_kept.register
def _(param: Either, value: object, names: _Names) -> object:
    return _kept(param.word if isinstance(value, str) else param.parts, value, names)
