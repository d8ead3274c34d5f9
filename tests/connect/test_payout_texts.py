"""What a bank prints on the statement of whoever is paid out."""

import pytest

from accounts.models import Account
from connect.models import Payout
from connect.payouts import resources
from processors.simulator.rail import Simulator
from tests.books import assert_books_balance, usable
from tests.connect.test_payouts import a_payout, sent
from tests.factories import a_bank_account, a_platform, a_seller_with
from tests.rails import registered

pytestmark = pytest.mark.django_db


class Told(Simulator):
    """The simulated processor, which notes what it was told to print."""

    def __init__(self):
        super().__init__()
        self.texts: list[str] = []

    def payout(self, request):
        self.texts.append(request.text)
        return super().payout(request)


def test_a_bank_prints_the_payouts_text_or_the_accounts_or_the_platforms_or_the_id(settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)

    def prints(name: str | None, **own: str) -> Payout:
        settings = {"payouts": {"statement_descriptor": name}}
        Account.objects.filter(id=seller.account_id).update(settings=settings)
        payout = sent(a_payout(seller, 10_00, **own))
        assert resources.payout(payout)["statement_descriptor"] == own.get("statement_descriptor")
        return payout

    with registered(Told()) as rail:
        prints("ADA PAID", statement_descriptor="CORNER SHOP")
        prints("ADA PAID")
        unnamed = prints(None)
        payouts_text = {"payouts": {"statement_descriptor": "NOK MARKET"}}
        Account.objects.filter(id=platform.account_id).update(settings=payouts_text)
        prints(None)

    assert rail.texts == ["CORNER SHOP", "ADA PAID", unnamed.id, "NOK MARKET"]
    assert usable(seller) == 60_00
    assert_books_balance()
