"""What `rialto demo` plays: its figures are computed from prices alone, and must agree."""

from contextlib import closing

import pytest

from config.cli.demo import totals
from config.demo.month import Month
from config.demo.story import Story
from tests.acceptance.sdk import a_client
from tests.books import assert_books_balance

pytestmark = pytest.mark.slow


def test_a_newcomer_finds_money_to_transfer_and_to_pay_out(rialto_server):
    known = rialto_server.credentials
    client, _ = a_client(rialto_server, known["platform"]["secret_key"])
    seller = known["connected_accounts"][0]
    story = Story(client, known["platform"]["account"], tell=lambda _: None)
    with closing(story):
        story.play()

    left = {one.currency: one.amount for one in client.v1.balance.retrieve().available}
    assert min(left["usd"], left["eur"]) >= 100_00
    assert left["jpy"] >= 0
    for currency in ("usd", "eur"):
        paid = client.v1.payouts.create({"amount": 10_00, "currency": currency})
        assert paid.status == "pending"
    transfer = client.v1.transfers.create(
        {"amount": 10_00, "currency": "usd", "destination": seller}
    )
    assert transfer.amount == 10_00
    theirs = {"stripe_account": seller}
    payout = client.v1.payouts.create({"amount": 10_00, "currency": "usd"}, options=theirs)
    assert payout.status == "pending"
    with rialto_server.using_its_database():
        assert_books_balance()


def test_ten_sellers_sell_share_an_order_and_are_paid_out(rialto_server):
    platform, key = rialto_server.new_platform()
    client, _ = a_client(rialto_server, key)
    told = []
    story = Story(client, platform, tell=told.append)
    month = Month(story, 2, "instant")
    with rialto_server.paying_out(), closing(story):
        story.open_sellers()
        month.play()

    # One seller gave the wrong account on the first day, and another one on the second.
    assert month.payout_counts == {"paid": 12, "failed": 1}
    for owner in (platform, *story.sellers):
        found = totals(client, None if owner == platform else owner)
        assert found.get("usd", 0) == story.expected.balances[owner, "usd"], owner
    with rialto_server.using_its_database():
        assert_books_balance()
