"""The pages on which sellers see their money: on a phone, in two languages."""

import re
from datetime import timedelta

import pytest

from config.demo import sellers
from connect.payouts.services import balance_settings, payouts
from connect.payouts.services.attempts import sending
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_bank_account, a_paid_intent, a_seller, now
from tests.pages.looking import assert_is_good
from tests.pages.walking import a_link, base, go_on

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_seller_sees_what_it_has_what_is_paid_next_and_what_each_order_brought(
    seen, live_server, platform
):
    seller = a_seller(platform, **sellers.details("Nok's Noodles"))
    for card in ("pm_card_bypassPending", "pm_card_visa"):
        a_paid_intent(
            platform,
            payment_method=card,
            transfer_destination=seller.account_id,
            application_fee_amount=10_00,
        )
    page = a_link(live_server, platform, seller, type="login")
    seen.goto(page)
    assert "There is no bank account for USD." in seen.inner_text("main")
    seen.get_by_role("link", name="Give a bank account").click()
    assert_is_good(seen)
    for label, text in (
        ("Name of the account's holder", "Nok"),
        ("Routing number", "110000000"),
        ("Account number", "000123456789"),
    ):
        seen.get_by_label(label).fill(text)

    assert go_on(seen) == "home"

    text = seen.inner_text("main")
    assert "$90.00" in text
    assert "RIALTO TEST BANK ••6789" in text
    assert_is_good(seen)
    seen.locator("#orders ~ details summary").first.click()
    assert "-$10.00" in seen.inner_text("main")
    seen.get_by_role("link", name=re.compile(str(now().year))).click()
    assert "Fees of $20.00 are taken off already." in seen.inner_text("main")
    assert_is_good(seen)
    with seen.expect_download() as download:
        seen.get_by_role("link", name="Every transaction").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 3
    assert ",100.00,10.00,90.00,usd," in lines[1]


def test_the_next_payout_names_the_parts_that_it_pays(seen, live_server, platform):
    seller = a_seller(platform, **sellers.details("Nok's Noodles"))
    a_bank_account(seller)
    for _ in range(2):
        a_paid_intent(
            platform, payment_method="pm_card_bypassPending", transfer_destination=seller.account_id
        )
    balance_settings.update(
        tenant=seller,
        payments={"payouts": {"minimum_balance_by_currency": {"usd": 130_00}}},
        at=now(),
    )
    seen.goto(a_link(live_server, platform, seller, type="login"))
    seen.locator("#next ~ div summary").click()

    parts = seen.locator("#next ~ div td.number").all_inner_texts()

    assert parts == ["$70.00"]
    assert_books_balance()


def test_a_seller_reads_every_fee_and_every_failure_in_its_language(
    seen, live_server, platform, settings
):
    seller = a_seller(platform, **sellers.details("Nok's Noodles"))
    intent = a_paid_intent(
        platform,
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )
    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=50_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    a_bank_account(seller, "000111111113")
    at = now() - timedelta(days=1)
    payouts.create(tenant=seller, amount=20_00, currency="usd", at=at)
    sending.send_due(at=at + timedelta(minutes=5))
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    sending.poll_due(at=now())
    seen.goto(a_link(live_server, platform, seller, type="login"))
    seen.locator("#orders ~ details summary").click()

    text = seen.locator("#orders ~ details").inner_text()
    lines = ("Platform fee\t-$10.00", "Platform fee, given back\t$5.00", "Given back\t-$50.00")
    for line in (*lines, "Yours\t$45.00"):
        assert line in text
    assert "The bank account has been closed. The money is back" in seen.inner_text("main")
    seen.goto(f"{live_server.url}{base(seller)}home?lang=th")
    assert "บัญชีธนาคารถูกปิดแล้ว" in seen.inner_text("main")
    assert_is_good(seen)
    assert_books_balance()
