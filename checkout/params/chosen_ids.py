"""Ids that merchants choose."""

import re
from typing import Final, Unpack

from api.wire.options import Options
from api.wire.params import Text
from core.errors import InvalidRequest

_MOST: Final = 64
# What stands in a URL, between two slashes.
_SHAPE: Final = re.compile(r"[!-.0-~]([ -.0-~]*[!-.0-~])?")
# Which mean another place there.
_TAKEN: Final = frozenset({".", "..", "search"})


class ChosenId(Text):
    """The id of a new object: up to 64 Latin letters, digits and signs without a slash."""

    def __init__(self, **more: Unpack[Options]) -> None:
        super().__init__(most=_MOST, **more)

    def convert(self, value: object, path: str) -> str:
        text = super().convert(value, path)
        if not _SHAPE.fullmatch(text) or text in _TAKEN:
            raise InvalidRequest(
                "An id takes Latin letters, digits and signs, but no slash, and no space at an "
                f"end; {', '.join(sorted(_TAKEN))} are none.",
                code="invalid_characters",
                param=path,
            )
        return text
