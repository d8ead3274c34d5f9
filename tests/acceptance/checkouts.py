"""Every action of checkout sessions."""

from tests.acceptance.caller import Caller

_LAMP = {"currency": "usd", "unit_amount": 20_00, "product_data": {"name": "Lamp"}}
_WANTED = {"success_url": "https://shop.example/thanks", "line_items": [{"price_data": _LAMP}]}


def checkouts(our: Caller) -> None:
    sessions = our.v1.checkout.sessions
    paid = sessions.create({**_WANTED, "mode": "payment", "expand": ["line_items"]})
    assert paid.line_items.data[0].price.unit_amount == 20_00
    assert sessions.update(paid.id, {"metadata": {"order": "7"}}).metadata["order"] == "7"
    assert sessions.line_items.list(paid.id).data[0].amount_total == 20_00
    our.raw.raw_request("post", f"/v1/test_helpers/checkout/sessions/{paid.id}/complete")
    done = sessions.retrieve(paid.id, {"expand": ["payment_intent"]})
    assert (done.status, done.payment_intent.amount) == ("complete", 20_00)
    late = sessions.create({**_WANTED, "mode": "payment"})
    assert sessions.expire(late.id).status == "expired"
    assert [one.id for one in sessions.list({"status": "expired"}).data] == [late.id]
    played = sessions.create({**_WANTED, "mode": "payment"})
    our.raw.raw_request("get", f"/v1/payment_pages/{played.id}")
    method = our.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    our.raw.raw_request("post", f"/v1/payment_pages/{played.id}/confirm", payment_method=method.id)
    assert sessions.retrieve(played.id).payment_status == "paid"
