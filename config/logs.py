"""One JSON object a line, with the request that the line is about. Bodies are never logged."""

import re
from pathlib import Path
from typing import Any, Final

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict

from core import request_context
from core.security.card_numbers import mask

# Addresses whose last word lets whoever has it in.
_WAYS_IN: Final = re.compile(
    r"(/(?:(?:3d-secure|c/recover|c|konbini|next-action|paynow|pix|promptpay|swish)/[^/\s]+"
    r"|sellers/enter|embedded|links)/)[^/\s?\"']+"
)

# What a line about a request has besides its words.
_OF_REQUESTS: Final = ("route", "milliseconds", "address", "request_id")

_MOST_EXCEPTIONS: Final = 3
_MOST_FRAMES: Final = 8
_LONGEST_WORDS: Final = 500
_ROOTS: Final = ("/site-packages/", f"{Path(__file__).resolve().parent.parent}/")

# A frame's variables may hold a card's number or a secret, so nobody looks at them: to write down
# a list of rows would even ask the database for it.
_TRACEBACKS: Final = structlog.processors.ExceptionRenderer(
    ExceptionDictTransformer(show_locals=False)
)


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """Make the formatter that the settings name."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ExtraAdder(_OF_REQUESTS),
            _add_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _shorten_trace,
            _without_secrets,
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_request(logger: object, method: str, line: EventDict) -> EventDict:
    if request_id := request_context.cause():
        line.setdefault("request_id", request_id)
    return line


def _shorten_trace(logger: object, method: str, line: EventDict) -> EventDict:
    """Let a failure be one text: the last places of each exception, and what it says."""
    found = _TRACEBACKS(logger, method, line).pop("exception", None)
    if found:
        line["exception"] = "\n".join(map(_told, reversed(found[:_MOST_EXCEPTIONS])))
    return line


def _told(exception: dict[str, Any]) -> str:
    places = [
        f"{_place(frame['filename'])}:{frame['lineno']} in {frame['name']}"
        for frame in exception["frames"][-_MOST_FRAMES:]
        if frame["filename"]
    ]
    words = f"{exception['exc_type']}: {exception['exc_value']}"[:_LONGEST_WORDS]
    return "\n".join([*places, words])


def _place(file: str) -> str:
    """Return where a file is among ours, or among the packages."""
    for root in _ROOTS:
        if root in file:
            return file.rpartition(root)[2]
    return file


def _without_secrets(logger: object, method: str, line: EventDict) -> EventDict:
    # Whatever a library or a client has put into a message; and what lets somebody in.
    for name, value in line.items():
        line[name] = _scrub(value)
    return line


def _scrub(value: object) -> object:
    if isinstance(value, str):
        return _WAYS_IN.sub(r"\1…", mask(value))
    if isinstance(value, dict):
        return {_scrub(name): _scrub(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(inner) for inner in value]
    if value is None or isinstance(value, bool | float):
        return value
    # Numbers, and objects that are about to be written as their texts.
    shown = _scrub(str(value))
    return value if shown == str(value) else shown
