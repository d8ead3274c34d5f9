"""What is told on a listener's connection, as the Stripe CLI says and takes it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from core.types import JsonObject

# As much of an answer as of any other delivery's.
_MOST_BODY: Final = 16_384
_MOST_HEADERS: Final = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What a listener got from where it forwards to.

    Args:
        delivery_id: `dlv_...`.
        url: Where it forwards to.
        status_code: Of the answer; None if there was none.
        headers: Of the answer.
        body: Of the answer, cut off.
        error: Why there was no answer; empty if there was one.
        is_taken: True for what was only taken: it asked for the event and has it.
    """

    delivery_id: str
    url: str
    status_code: int | None
    headers: Mapping[str, str]
    body: str
    error: str = ""
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A listener has an event, whatever it does with it.

    Args:
        delivery_id: `dlv_...`.
    """

    delivery_id: str


def webhook(
    *, delivery_id: str, body: str, headers: Mapping[str, str], api_version: str | None
) -> str:
    """Write the frame of an event.

    Args:
        delivery_id: `dlv_...`.
        body: The event, as it is signed.
        headers: To be forwarded with it.
        api_version: In which it is written; None for the account's own.
    """
    return orjson.dumps(
        {
            "type": "webhook_event",
            "endpoint": {"api_version": api_version},
            "event_payload": body,
            "http_headers": dict(headers),
            "webhook_conversation_id": delivery_id,
            "webhook_id": delivery_id,
        }
    ).decode()


def request(row: JsonObject) -> str:
    """Write the frame of a request to the API."""
    return orjson.dumps(
        {
            "type": "request_log_event",
            "request_log_id": row["request_id"],
            "event_payload": orjson.dumps(row).decode(),
        }
    ).decode()


def read(text: str) -> Answer | Taken | None:
    """Read what a listener says; None for what means nothing here."""
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict):
        return None
    delivery_id = told.get("webhook_conversation_id")
    if not isinstance(delivery_id, str):
        return None
    if told.get("type") == "event_ack":
        return Taken(delivery_id)
    if told.get("type") != "webhook_response":
        return None
    return _answer(delivery_id, told)


def _answer(delivery_id: str, told: JsonObject) -> Answer:
    status, headers = told.get("status"), told.get("http_headers")
    is_status = isinstance(status, int) and 100 <= status <= 599
    return Answer(
        delivery_id,
        _text(told.get("forward_url"))[:2_048],
        status if is_status else None,
        {
            _text(name): _text(value)
            for name, value in list(headers.items() if isinstance(headers, dict) else ())[
                :_MOST_HEADERS
            ]
        },
        _text(told.get("body"))[:_MOST_BODY],
        "" if is_status else _text(told.get("error"))[:300] or "Nothing answered there.",
    )


def _text(value: object) -> str:
    # PostgreSQL keeps no NUL.
    return value.replace("\0", "") if isinstance(value, str) else ""
