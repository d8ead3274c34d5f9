"""One JSON object a line, with the request that the line is about. Bodies are never logged."""

from collections.abc import MutableMapping
from typing import Any

import structlog

from core import context

Line = MutableMapping[str, Any]


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
            structlog.processors.dict_tracebacks,
            _without_locals,
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_request(logger: Any, method: str, line: Line) -> Line:
    if request_id := context.current().request_id:
        line["request_id"] = request_id
    return line


def _without_locals(logger: Any, method: str, line: Line) -> Line:
    # A frame's variables may hold a card's number or a secret.
    for told in line.get("exception") or ():
        if isinstance(told, dict):
            for frame in told.get("frames") or ():
                frame.pop("locals", None)
    return line
