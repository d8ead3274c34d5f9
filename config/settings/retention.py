"""How long what is only looked at is kept: tables in partitions, which are dropped whole."""

from datetime import timedelta

import environ

env = environ.Env()


def _days(name: str, default: int, *, least: int = 1) -> timedelta:
    return timedelta(days=max(env.int(name, default=default), least))


# The API shows events, and what was sent of them, for 30 days; tries go on for three and a half.
_DELIVERIES = _days("RIALTO_DELIVERIES_DAYS", 30, least=30)
_EVENTS = max(_days("RIALTO_EVENTS_DAYS", 30), _DELIVERIES)
# Table → how old the youngest row of a partition is when it is dropped.
KEPT_FOR = {
    "api_idempotencykey": _days("RIALTO_IDEMPOTENCY_KEY_DAYS", 1),
    "api_requestlog": _days("RIALTO_REQUEST_LOG_DAYS", 30),
    "webhooks_attempt": _days("RIALTO_DELIVERY_ATTEMPTS_DAYS", 30, least=7),
    # After the deliveries, which need them.
    "webhooks_delivery": _DELIVERIES,
    "webhooks_body": _DELIVERIES,
    "webhooks_event": _EVENTS,
    "webhooks_fanout": _EVENTS,
}
