"""A marketplace sells over two processor accounts: half of the orders on each, one balance each.

After every step, what lies at both accounts is what everybody has, and the second account owes
to the main location what it holds. Each pays out to the bank by itself.
"""

from typing import Any

import pytest
from django.test import Client

from connect.treasury import queries as treasury
from connect.treasury.services import settlements as received
from core.tenant import Tenant
from ledger import queries
from payments.inbound.services import settlements
from payments.models import Charge
from processors import settlements as processor_settlements
from processors.protocols.settlements import LineKind, ReportedLine
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
        assert sum(map(at, ACCOUNTS)) + sum(map(sent, ACCOUNTS)) + at_the_bank() == owed
        assert_locations_are_equal(owed)


def at(account: str) -> int:
    return queries.account_balance("processor", account, "usd")


def sent(account: str) -> int:
    return queries.account_balance("settlement_in_transit", account, "usd")


def at_the_bank() -> int:
    return queries.account_balance("bank", "bankfile", "usd")


def assert_locations_are_equal(owed: int) -> None:
    """Check that each location has what is owed there: the second one owes all to the main one."""
    claim = queries.account_balance("between_locations", "second", "usd")
    assert at("second") + sent("second") == claim
    assert queries.account_balance("between_locations", "main", "usd") == -claim
    assert at("simulator") + sent("simulator") + at_the_bank() == owed - claim


def pays_out(account: str, amount: int) -> None:
    """Let a processor account say that it has sent money to the bank."""
    line = ReportedLine(
        f"line_{account}", LineKind.SETTLEMENT, -amount, 0, "usd", False, now(), about="po_1"
    )
    processor_settlements.keep(account, [line], at=now())
    assert settlements.sweep(at=now()) == 1


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

    # Each account pays out to the bank by itself, and the bank has one after the other.
    owed = sum(map(at, ACCOUNTS))
    theirs = {name: at(name) for name in ACCOUNTS}
    for name in ACCOUNTS:
        pays_out(name, theirs[name])
        assert (at(name), sent(name)) == (0, theirs[name])
        assert_locations_are_equal(owed)
    there = 0
    for name in ("second", "simulator"):
        key = f"{name}:po_1:usd"
        assert received.receive(key, livemode=False, at=now()) is not None
        assert received.receive(key, livemode=False, at=now()) is None
        there += theirs[name]
        assert (sent(name), at_the_bank()) == (0, there)
        assert_locations_are_equal(owed)
    places = {place.holder: place.location for place in treasury.load(livemode=False)}
    assert places == {"simulator": "main", "second": "second", "bankfile": "main"}

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
