"""What a seller reads on its page of money, without a browser."""

import html

import pytest
from django.test import Client

from connect.models import PayoutSchedule
from connect.services import links, payouts
from payments.models import PaymentIntent
from payments.services import refunds
from tests.factories import a_bank_account, a_platform, a_seller_with, now

pytestmark = pytest.mark.django_db


def a_sellers_page(platform, seller, language="en") -> str:
    """What is on the page, as people read it."""
    _, token = links.create(
        tenant=platform, account_id=seller.account_id, type=links.SESSION, at=now()
    )
    client = Client()
    client.get(f"/sellers/enter/{token}")
    answer = client.get(f"/sellers/home?lang={language}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_seller_who_owes_is_told_so_though_its_payouts_are_made_by_hand():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    payouts.create(tenant=seller, amount=100_00, currency="usd", at=now())
    [intent] = PaymentIntent.objects.all()
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=40_00, reverse_transfer=True, at=now()
    )
    PayoutSchedule.objects.update(interval="manual")

    shown = a_sellers_page(platform, seller)

    assert "The balance is below zero: later payments make it good first." in shown
    assert "None is planned" not in shown
