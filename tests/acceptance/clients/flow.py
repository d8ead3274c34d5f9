"""What a shop does with the official package, of whichever time. Prints what it saw as JSON."""

import json
import os
import sys

import stripe

stripe.api_key = os.environ["CLIENT_KEY"]
stripe.api_base = os.environ["CLIENT_BASE"]
if os.environ["CLIENT_VERSION"]:
    stripe.api_version = os.environ["CLIENT_VERSION"]

CardError = getattr(stripe, "CardError", None) or stripe.error.CardError
done: list[str] = []
marks: set[str] = set()


def check(step: str, holds: object) -> None:
    if not holds:
        print(f"{step} does not hold", file=sys.stderr)
        sys.exit(1)
    done.append(step)


customer = stripe.Customer.create(email="ada@shop.example", name="Ada", metadata={"plan": "one"})
check("a customer is made", customer["metadata"]["plan"] == "one")
if "sources" in customer:
    marks.add("sources inside")
    check("sources are a list", customer["sources"]["total_count"] == 0)
method = stripe.PaymentMethod.attach("pm_card_visa", customer=customer["id"])
check("a card is kept", method["customer"] == customer["id"])

bare = stripe.PaymentIntent.create(amount=700, currency="usd")
waiting = {"requires_payment_method", "requires_source"}
check("an intent waits", bare["status"] in waiting)
if bare["status"] == "requires_source":
    marks.add("words of sources")
    check("types are of sources", "card" in bare["allowed_source_types"])
check("an intent is canceled", stripe.PaymentIntent.cancel(bare["id"])["status"] == "canceled")

wanted = {
    "amount": 2000, "currency": "usd", "customer": customer["id"], "payment_method": method["id"],
    "confirm": True, "off_session": True, "payment_method_types": ["card"],
}  # fmt: skip
paid = stripe.PaymentIntent.create(idempotency_key="order-1-" + customer["id"], **wanted)
again = stripe.PaymentIntent.create(idempotency_key="order-1-" + customer["id"], **wanted)
check("a payment succeeds", paid["status"] == "succeeded")
check("the same key pays once", again["id"] == paid["id"])
if "charges" in paid:
    marks.add("charges inside")
    (charge,) = paid["charges"]["data"]
    expanded = stripe.PaymentIntent.retrieve(
        paid["id"], expand=["charges.data.balance_transaction"]
    )
    line = expanded["charges"]["data"][0]["balance_transaction"]
    if "refunds" in charge:
        marks.add("refunds inside")
        check("refunds are a list", charge["refunds"]["data"] == [])
else:
    charge = stripe.Charge.retrieve(paid["latest_charge"], expand=["balance_transaction"])
    line = charge["balance_transaction"]
check("a charge is paid", charge["paid"] and charge["payment_intent"] == paid["id"])
check("its line expands", line["object"] == "balance_transaction" and line["amount"] == 2000)

refund = stripe.Refund.create(payment_intent=paid["id"], amount=500)
check("a refund is made", refund["status"] == "succeeded")
after = stripe.Charge.retrieve(charge["id"])
check("the charge knows", after["amount_refunded"] == 500 and not after["refunded"])

try:
    stripe.PaymentIntent.create(
        amount=900,
        currency="usd",
        payment_method="pm_card_chargeDeclined",
        confirm=True,
        payment_method_types=["card"],
    )
except CardError as error:
    intent = error.error["payment_intent"] if hasattr(error, "error") else None
    check("a decline is an error", error.code == "card_declined" and intent is not None)
    check("the error has charges", ("charges" in intent) == ("charges" in paid))
else:
    check("a decline is an error", False)

listed = [one["id"] for one in stripe.Charge.list(limit=1).auto_paging_iter()]
check("pages follow each other", len(listed) == len(set(listed)) >= 2)
endpoint = stripe.WebhookEndpoint.create(
    url="https://shop.example/hooks",
    enabled_events=["charge.succeeded"],
    connect=True,
    api_version=os.environ["CLIENT_VERSION"] or "2020-08-27",
)
check("an endpoint has a secret", endpoint["secret"].startswith("whsec_"))
check("an endpoint is deleted", stripe.WebhookEndpoint.delete(endpoint["id"])["deleted"])
(event,) = stripe.Event.list(type="payment_intent.succeeded", limit=1)["data"]
told = event["data"]["object"]
check("an event tells of it", told["id"] == paid["id"])
check("in the same shape", ("charges" in told) == ("charges" in paid))
check("there is a balance", stripe.Balance.retrieve()["pending"][0]["amount"] > 0)
print(json.dumps({"done": done, "marks": sorted(marks)}))
