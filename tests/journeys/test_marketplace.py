"""A marketplace charges a card, splits it, refunds a part, and hears of all of it.

Written as a customer would: the official package over HTTP, signed webhooks, and pen and
paper for what everybody must have in the end.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from config.demo import sellers
from tests.acceptance.sdk import a_client
from tests.books import assert_books_balance
from tests.journeys.receiver import Receiver

pytestmark = pytest.mark.slow


class Marketplace:
    """A platform, its client and its receiver."""

    def __init__(self, server: Any, receiver: Receiver) -> None:
        self.account, key = server.new_platform()
        self.client, self.transport = a_client(server, key)
        self.v1 = self.client.v1
        self.receiver = receiver
        for is_connect in (False, True):
            endpoint = self.v1.webhook_endpoints.create(
                {"url": receiver.url, "enabled_events": ["*"], "connect": is_connect}
            )
            receiver.secrets.append(str(endpoint.secret))

    def a_seller(self, name: str) -> str:
        wanted = {name: {"requested": True} for name in ("card_payments", "transfers")}
        account = self.v1.accounts.create({"type": "express", **sellers.details(name)})
        assert account.capabilities.to_dict() == dict.fromkeys(wanted, "active")
        return account.id

    def pay(self, amount: int, currency: str = "usd", **more: Any) -> stripe.PaymentIntent:
        params = {"amount": amount, "currency": currency, "payment_method": "pm_card_visa"}
        return self.v1.payment_intents.create({**params, "confirm": True, **more})

    def has(self, account: str | None = None) -> dict[str, int]:
        """Return what an account has, available or not yet, by currency."""
        options: Any = {"stripe_account": account} if account else {}
        balance = self.v1.balance.retrieve(options=options)
        totals: dict[str, int] = {}
        for part in (*balance.available, *balance.pending):
            totals[part.currency] = totals.get(part.currency, 0) + part.amount
        return totals


@pytest.fixture
def market(rialto_server) -> Iterator[Marketplace]:
    receiver = Receiver()
    market = Marketplace(rialto_server, receiver)
    yield market
    for endpoint in market.v1.webhook_endpoints.list().data:
        market.v1.webhook_endpoints.delete(endpoint.id)
    receiver.close()


def test_a_marketplace_from_the_first_charge_to_balanced_books(rialto_server, market):
    v1, heard = market.v1, market.receiver

    # Two sellers join.
    ada, bruno = market.a_seller("Ada"), market.a_seller("Bruno")

    # A vase for 100.00; the marketplace keeps 10.00 as its fee.
    vase = market.pay(
        10_000,
        application_fee_amount=1_000,
        transfer_data={"destination": ada},
        metadata={"order": "vase"},
    )
    assert vase.status == "succeeded"
    assert (market.has()["usd"], market.has(ada)["usd"]) == (680, 9_000)

    # A saddle for 50.00, of which Bruno is given 45.00.
    saddle = market.pay(5_000, transfer_data={"destination": bruno, "amount": 4_500})
    assert (market.has()["usd"], market.has(bruno)["usd"]) == (680 + 325, 4_500)

    # A bell for 5,000 yen, with a fee of 500.
    market.pay(5_000, "jpy", application_fee_amount=500, transfer_data={"destination": bruno})
    assert (market.has()["jpy"], market.has(bruno)["jpy"]) == (325, 4_500)

    # A workshop for 30.00 is charged first and shared out afterwards; 5.00 of it come back.
    workshop = market.pay(3_000)
    share = v1.transfers.create(
        {
            "amount": 2_000,
            "currency": "usd",
            "destination": ada,
            "source_transaction": str(workshop.latest_charge),
        }
    )
    v1.transfers.reversals.create(share.id, {"amount": 500})
    assert (market.has()["usd"], market.has(ada)["usd"]) == (680 + 325 + 1_383, 9_000 + 1_500)

    # A card is declined: nobody has more or less.
    before = market.has()
    with pytest.raises(stripe.CardError):
        market.pay(7_000, payment_method="pm_card_chargeDeclined")
    assert market.has() == before

    # 40.00 of the vase go back: Ada and the marketplace each give their share.
    refund = v1.refunds.create(
        {
            "payment_intent": vase.id,
            "amount": 4_000,
            "reverse_transfer": True,
            "refund_application_fee": True,
        }
    )
    assert (market.has()["usd"], market.has(ada)["usd"]) == (2_388 - 400, 10_500 - 3_600)
    charge = v1.charges.retrieve(str(vase.latest_charge), {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (4_000, False)
    assert [r.id for r in charge.refunds.data] == [refund.id]

    # The whole saddle goes back at the marketplace's own cost.
    v1.refunds.create({"payment_intent": saddle.id})
    assert (market.has()["usd"], market.has(bruno)["usd"]) == (1_988 - 5_000, 4_500)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.refunds.create({"payment_intent": saddle.id})
    assert caught.value.code == "charge_already_refunded"

    # It has heard of everything, and nobody could have forged a word of it.
    wanted = {
        "payment_intent.succeeded": 4,
        "payment_intent.payment_failed": 1,
        "charge.succeeded": 4,
        "charge.failed": 1,
        "charge.refunded": 2,
        "refund.created": 2,
        "transfer.created": 4,
        "transfer.reversed": 2,
        "application_fee.created": 2,
        "application_fee.refunded": 1,
    }
    heard.wait(lambda: all(len(heard.of(type)) >= count for type, count in wanted.items()))
    assert {type: len(heard.of(type)) for type in wanted} == wanted
    heard.wait(lambda: len(heard.of("payment.created", ada)) == 2)
    heard.wait(lambda: len(heard.of("payment.created", bruno)) == 2)
    assert heard.refused == []
    assert market.transport.faults == []

    # And every book is in order.
    with rialto_server.using_its_database():
        assert_books_balance()


def test_the_lines_of_a_balance_add_up_to_it(market):
    ada = market.a_seller("Ada")
    for amount in (5_000, 7_777, 12_345):
        paid = market.pay(
            amount, application_fee_amount=amount // 9, transfer_data={"destination": ada}
        )
        market.v1.refunds.create(
            {
                "payment_intent": paid.id,
                "amount": amount // 7,
                "reverse_transfer": True,
                "refund_application_fee": True,
            }
        )

    for account in (None, ada):
        options: Any = {"limit": 3}
        lines = market.v1.balance_transactions.list(
            options, options={"stripe_account": account} if account else {}
        )
        every = list(lines.auto_paging_iter())
        assert all(line.net == line.amount - line.fee for line in every)
        assert all(line.fee == sum(d.amount for d in line.fee_details) for line in every)
        assert sum(line.net for line in every) == market.has(account)["usd"]


def test_what_is_delivered_is_what_the_api_shows(market):
    paid = market.pay(2_000, metadata={"order": "7"})
    heard = market.receiver
    heard.wait(lambda: bool(heard.of("payment_intent.succeeded")))

    (event,) = heard.of("payment_intent.succeeded")
    assert event.data.object.id == paid.id
    assert event.data.object.metadata["order"] == "7"
    assert event.request.id == paid.last_response.request_id
    assert event.request.idempotency_key == paid.last_response.idempotency_key
    shown = market.v1.events.retrieve(event.id)
    assert shown.data.object.to_dict() == event.data.object.to_dict()
    assert shown.api_version == event.api_version


def test_a_delivery_that_was_tampered_with_is_refused(market):
    market.pay(2_000)
    heard = market.receiver
    heard.wait(lambda: bool(heard.of("charge.succeeded")))
    body, signature = heard.deliveries[0]

    assert heard.take(body, signature) == 200
    assert heard.take(body.replace(b"2000", b"9000"), signature) == 400
    assert heard.take(body, signature.replace("t=", "t=1")) == 400


def test_a_receiver_that_was_down_is_asked_again_on_request(market):
    heard = market.receiver
    heard.failures = [503] * 100
    customer = market.v1.customers.create({"name": "Ada"})
    heard.wait(lambda: len(heard.failures) < 100)
    heard.failures = []
    event = market.v1.events.list({"type": "customer.created"}).data[0]
    assert event.data.object.id == customer.id

    market.client.raw_request("post", f"/v1/events/{event.id}/retry")

    heard.wait(lambda: [e.id for e in heard.of("customer.created")] == [event.id])
