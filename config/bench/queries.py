"""`python -m config.bench.queries KEY`: what one payment asks of the database, counted here."""

import json
import sys
from urllib.parse import urlencode

from core.types import JsonObject

_BOUNDARIES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_WARM_UP = 5


def main(secret_key: str, seller: str) -> JsonObject:
    import django

    django.setup()
    return {
        "plain": _count(secret_key, {}),
        "destination": _count(
            secret_key,
            {"application_fee_amount": "123", "transfer_data[destination]": seller},
        ),
    }


def _count(secret_key: str, more: dict[str, str]) -> JsonObject:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    params = {
        "amount": "2000",
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": "true",
    } | more
    client = Client()
    captured: list[str] = []
    for number in range(_WARM_UP + 1):
        with CaptureQueriesContext(connection) as context:
            response = client.post(
                "/v1/payment_intents",
                urlencode(params),
                content_type="application/x-www-form-urlencoded",
                headers={
                    "authorization": f"Bearer {secret_key}",
                    "idempotency-key": f"count-{len(more)}-{number}",
                },
            )
        assert response.status_code == 200, response.content
        captured = [query["sql"].strip() for query in context.captured_queries]
    return _sort_out(captured)


def _sort_out(captured: list[str]) -> JsonObject:
    queries = commits = 0
    is_open = False
    for sql in captured:
        if sql.startswith(_BOUNDARIES):
            is_open = sql.startswith("BEGIN") or (is_open and not sql.startswith("COMMIT"))
            commits += sql.startswith("COMMIT")
        else:
            queries += 1
            # Outside of a transaction each statement is one.
            commits += not is_open
    return {"queries": queries, "commits": commits, "round_trips": len(captured)}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:3])))
