"""What `rialto demo` plays: its figures are computed from prices alone, and must agree."""

import urllib.request
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from config.cli.demo import totals
from config.demo import rails, shop
from config.demo.month import Month
from config.demo.story import Story
from payments.charges.services.routed import past_choices
from processors.accounts import changes
from processors.states import AccountStatus
from tests.acceptance.sdk import a_client
from tests.books import assert_books_balance
from tests.factories import now

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


def test_the_shop_is_opened_once_and_paid_in_again_and_again(rialto_server):
    _, key = rialto_server.new_platform()
    client, _ = a_client(rialto_server, key)

    address = shop.open_shop(client)
    pages = []
    for _ in range(2):
        # What the page's button does.
        going_on = urllib.request.Request(
            rialto_server.base_url + urlsplit(address).path, method="POST"
        )
        with urllib.request.urlopen(going_on) as page:
            pages.append(page.read().decode())
            session_id = urlsplit(page.url).path.split("/")[2]
        client.raw_request("post", f"/v1/test_helpers/checkout/sessions/{session_id}/complete")

    assert shop.open_shop(client) == address
    for page in pages:
        assert "Teak lamp" in page
        assert "57.50 USD" in page
    sessions = client.v1.checkout.sessions.list().data
    assert [session.amount_total for session in sessions] == [57_50, 57_50]
    assert {session.payment_status for session in sessions} == {"paid"}
    with rialto_server.using_its_database():
        assert_books_balance()


def test_on_two_rails_half_of_the_payments_go_to_each_and_every_figure_agrees(rialto_server):
    platform, key = rialto_server.new_platform()
    client, _ = a_client(rialto_server, key)
    told, begun = [], now()
    story = Story(client, platform, tell=lambda _: None)
    with rialto_server.using_its_database(), closing(story), rails.two(told.append):
        story.play()

    with rialto_server.using_its_database():
        counts = past_choices.count_by_account(platform, since=begun)
        assert_books_balance()
        # Others who use this Rialto have one account.
        changes.set_status(
            name=rails.SECOND, status=AccountStatus.DISABLED, reason="Played.", at=now()
        )
    assert set(counts) == {"simulator", rails.SECOND}
    # Drawn by each payment's id: about half, and never all.
    assert min(counts.values()) >= sum(counts.values()) // 5
    for owner in (platform, *story.sellers):
        found = totals(client, None if owner == platform else owner)
        for currency in ("eur", "jpy", "usd"):
            assert found.get(currency, 0) == story.expected.balances[owner, currency], owner
    assert told[-1].endswith("the rules of before the demo")
