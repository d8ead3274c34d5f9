"""One JSON object a line, with the request that the line is about. Bodies are never logged."""

import re
from typing import Final

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
            _add_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _TRACEBACKS,
            _without_secrets,
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_request(logger: object, method: str, line: EventDict) -> EventDict:
    if request_id := request_context.current().request_id:
        line["request_id"] = request_id
    return line


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
