"""A marketplace sells over two processor accounts: half of the orders on each, one balance each.

After every step, what lies at both accounts is what everybody has.
"""

from typing import Any

import pytest
from django.test import Client

from core.tenant import Tenant
from ledger import queries
from payments.models import Charge
from processors.router import health
from tests.books import assert_books_balance, in_transit, on_its_way, total
from tests.factories import a_bank_account, a_key, a_platform, a_seller, now
from tests.processors import accounts_there
from tests.processors.accounts_there import publish, rule

pytestmark = pytest.mark.django_db
ACCOUNTS = ("simulator", "second")


class Market:
    """A platform with two sellers, over HTTP."""

    def __init__(self) -> None:
        self.platform = a_platform()
        self.ada, self.bruno = a_seller(self.platform), a_seller(self.platform)
        self.everybody = (self.platform, self.ada, self.bruno)
        self._headers = {"Authorization": f"Bearer {a_key(self.platform)}"}

    def post(self, path: str, account: Tenant | None = None, **params: Any) -> Any:
        headers = self._headers | ({"Stripe-Account": account.account_id} if account else {})
        answer = Client().post(
            f"/v1/{path}", params, content_type="application/json", headers=headers
        )
        assert answer.status_code == 200, answer.content
        self.check()
        return answer.json()

    def order(self, seller: Tenant) -> Charge:
        """Sell something for 100.00, of which the platform keeps 10.00."""
        intent = self.post(
            "payment_intents",
            amount=100_00,
            currency="usd",
            payment_method="pm_card_bypassPending",
            confirm=True,
            application_fee_amount=10_00,
            transfer_data={"destination": seller.account_id},
        )
        return Charge.objects.get(id=intent["latest_charge"])

    def check(self) -> None:
        """Check that what lies at both accounts is what everybody has."""
        owed = sum(total(one) + in_transit(one) + on_its_way(one) for one in self.everybody)
        assert sum(map(at, ACCOUNTS)) == owed


def at(account: str) -> int:
    return queries.account_balance("processor", account, "usd")


def test_two_rails_take_half_of_the_orders_each_and_every_seller_has_one_balance():
    accounts_there.add("second")
    publish(rule("half", "volume_split", *ACCOUNTS, strategy={"shares": [50, 50]}))
    market = Market()

    # Orders come in until each account has had ten.
    orders: dict[str, list[Charge]] = {name: [] for name in ACCOUNTS}
    sold = 0
    while min(map(len, orders.values())) < 10:
        charge = market.order(market.bruno if sold % 2 else market.ada)
        orders[charge.processor].append(charge)
        sold += 1
    by_hand = dict.fromkeys((market.ada, market.bruno), 0)
    for charge in (*orders["simulator"], *orders["second"]):
        seller = (
            market.ada if charge.transfer_destination == market.ada.account_id else market.bruno
        )
        by_hand[seller] += 90_00
    assert {seller: total(seller) for seller in by_hand} == by_hand
    # Of each order 3.20 is what processing costs.
    assert {name: at(name) for name in ACCOUNTS} == {
        name: len(orders[name]) * 96_80 for name in ACCOUNTS
    }
    assert total(market.platform) == sold * 6_80

    # Two of each are refunded, and leave the account that has them.
    for name in ACCOUNTS:
        before = {each: at(each) for each in ACCOUNTS}
        for charge in orders[name][:2]:
            market.post(
                "refunds", charge=charge.id, reverse_transfer=True, refund_application_fee=True
            )
        taken = {each: before[each] - at(each) for each in ACCOUNTS}
        assert taken == {each: 200_00 if each == name else 0 for each in ACCOUNTS}

    # Ada is paid out what she has, wherever it came from, at once.
    hers = total(market.ada)
    a_bank_account(market.ada)
    market.post("payouts", market.ada, amount=hers, currency="usd")
    assert total(market.ada) == 0

    # One account fails: all orders go to the other one, until it is well again.
    health.force(processor="second", method="card", forced="open", reason="Down.", at=now())
    assert {market.order(market.bruno).processor for _ in range(8)} == {"simulator"}
    health.force(processor="second", method="card", forced="", reason="Up.", at=now())
    assert {market.order(market.bruno).processor for _ in range(30)} == set(ACCOUNTS)

    # A refund of an order from before goes where its money was.
    before = at("second")
    market.post("refunds", charge=orders["second"][5].id, amount=40_00, reverse_transfer=True)
    assert before - at("second") == 40_00
    assert_books_balance()
