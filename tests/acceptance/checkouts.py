"""Every action of checkout sessions and payment links."""

import requests

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
    here = {"ui_mode": "embedded_page", "return_url": _WANTED["success_url"]}
    framed = sessions.create({"line_items": _WANTED["line_items"], **here})
    seen = f"/v1/elements/checkouts/{framed.id}"
    our.raw.raw_request("get", seen, client_secret=framed.client_secret)
    adjustable = {"price_data": _LAMP, "adjustable_quantity": {"enabled": True}}
    own = sessions.create({"line_items": [adjustable], **here, "ui_mode": "elements"})
    line = {"id": sessions.line_items.list(own.id).data[0].id, "quantity": 2}
    wanted = {"client_secret": own.client_secret}
    seen = f"/v1/elements/checkouts/{own.id}"
    our.raw.raw_request("post", seen, line_items=[line], **wanted)
    method = our.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    wanted |= {"payment_method": method.id, "email": "ada@example.com"}
    our.raw.raw_request("post", f"{seen}/confirm", **wanted)
    assert sessions.retrieve(own.id).amount_total == 40_00
    played = sessions.create({**_WANTED, "mode": "payment"})
    our.raw.raw_request("get", f"/v1/payment_pages/{played.id}")
    method = our.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    our.raw.raw_request("post", f"/v1/payment_pages/{played.id}/confirm", payment_method=method.id)
    assert sessions.retrieve(played.id).payment_status == "paid"


def payment_links(our: Caller) -> None:
    links = our.v1.payment_links
    item = {"price_data": _LAMP, "quantity": 2}
    link = links.create({"line_items": [item], "expand": ["line_items"]})
    assert link.line_items.data[0].amount_total == 40_00
    lines = links.line_items.list(link.id)
    changed = links.update(
        link.id,
        {"line_items": [{"id": lines.data[0].id, "quantity": 1}], "metadata": {"shelf": "7"}},
    )
    assert (changed.metadata["shelf"], changed.active) == ("7", True)
    # A payer opens the address, and goes on from there to a page of the payer's own.
    page = f"{our.server.base_url}/l/{link.url.rpartition('/')[2]}"
    opened = requests.post(page, allow_redirects=False, timeout=10)
    assert opened.status_code == 303
    (session,) = our.v1.checkout.sessions.list({"payment_link": link.id}).data
    our.raw.raw_request("post", f"/v1/test_helpers/checkout/sessions/{session.id}/complete")
    paid = our.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_link", "payment_intent"]}
    )
    assert (paid.payment_link.id, paid.payment_intent.amount) == (link.id, 20_00)
    assert links.retrieve(link.id).url == link.url
    assert not links.update(link.id, {"active": False}).active
    assert [one.id for one in links.list({"active": False}).data] == [link.id]
