"""How long what is only looked at is kept: tables in partitions, which are dropped whole."""

from datetime import timedelta

import environ

env = environ.Env()


def _days(name: str, default: int) -> timedelta:
    return timedelta(days=max(env.int(name, default=default), 1))


# Table → how old the youngest row of a partition is when it is dropped.
KEPT_FOR = {
    "api_idempotencykey": _days("RIALTO_IDEMPOTENCY_KEY_DAYS", 1),
    "api_requestlog": _days("RIALTO_REQUEST_LOG_DAYS", 30),
}
