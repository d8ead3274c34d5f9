"""Singer's tap reads everything that it knows: its own program, pointed at this server."""

import contextlib
import io
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import requests.adapters
import stripe

# The tap reads the name of what it fetches out of the usual address, so that only what carries
# its requests is told another one.
USUAL = stripe.api_base
send = requests.adapters.HTTPAdapter.send


def send_here(self, request, **more):
    request.url = request.url.replace(USUAL, os.environ["CLIENT_BASE"])
    return send(self, request, **more)


requests.adapters.HTTPAdapter.send = send_here
stripe.api_key = os.environ["CLIENT_KEY"]
customer = stripe.Customer.create(email="ada@shop.example")
paid = stripe.PaymentIntent.create(
    amount=2000,
    currency="usd",
    customer=customer["id"],
    payment_method="pm_card_visa",
    confirm=True,
    payment_method_types=["card"],
)
stripe.Refund.create(payment_intent=paid["id"], amount=500)


def all_is_past() -> bool:
    """Tell whether all that happened is listed, and in a second that has ended."""
    told = stripe.Event.list(limit=100)["data"]
    is_listed = any(event["type"] == "charge.refunded" for event in told)
    return is_listed and told[0]["created"] < int(time.time())


# The tap asks for what happened before the second in which it begins.
deadline = time.monotonic() + 30
while not all_is_past():
    assert time.monotonic() < deadline, "the events are not listed"
    time.sleep(0.1)

import tap_stripe  # noqa: E402  it sets the package up when it is imported

folder = Path(tempfile.mkdtemp())
(folder / "config.json").write_text(
    json.dumps(
        {
            "client_secret": os.environ["CLIENT_KEY"],
            "account_id": os.environ["CLIENT_ACCOUNT"],
            "start_date": "2020-01-01T00:00:00Z",
        }
    )
)


def tap(*arguments: str) -> str:
    sys.argv = ["tap-stripe", "--config", str(folder / "config.json"), *arguments]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        tap_stripe.main()
    return output.getvalue()


STREAMS = ("charges", "customers", "payment_intents", "balance_transactions", "events", "payouts")
catalog = json.loads(tap("--discover"))
for stream in catalog["streams"]:
    if stream["tap_stream_id"] in STREAMS:
        stream["metadata"][0]["metadata"]["selected"] = True
(folder / "catalog.json").write_text(json.dumps(catalog))
rows = [json.loads(line) for line in tap("--catalog", str(folder / "catalog.json")).splitlines()]
counts = Counter(row["stream"] for row in rows if row["type"] == "RECORD")
missing = [name for name in STREAMS[:5] if not counts[name]]
if missing:
    print(f"nothing was read of {missing}", file=sys.stderr)
    sys.exit(1)
print(json.dumps({"done": [f"{name}: {counts[name]}" for name in counts], "marks": []}))
