"""What operators see of what is sold, and of what is off."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkout.catalog.services import prices, shipping_rates, tax_rates
from checkout.discounts.services import coupons, promotion_codes
from checkout.links.services import links as payment_links
from checkout.sessions.services import choices, sessions
from core.admin import page_of
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


def text_of(operator, address):
    answer = operator.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_price_is_shown_as_money_and_leads_to_its_product(operator, platform):
    price = prices.create(
        tenant=platform,
        product_data={"public_id": "tea", "name": "Tea"},
        currency="usd",
        unit_amount=5_00,
        currency_options={"jpy": {"unit_amount": 750}},
        at=now(),
    )

    listed = text_of(operator, reverse("admin:checkout_price_changelist"))
    page = text_of(operator, page_of("checkout_price", price.id))
    product = text_of(operator, page_of("checkout_product", price.product_id))
    found = text_of(operator, reverse("admin:checkout_product_changelist") + "?q=tea")

    assert "5.00 USD" in listed
    assert page_of("checkout_product", price.product_id) in listed
    assert "750 JPY" in page
    assert f"q={price.product_id}" in product
    assert page_of("checkout_product", price.product_id) in found


def test_what_payers_choose_is_shown_with_its_bounds(operator, platform):
    choice = {"enabled": True, "minimum": 1_00, "preset": 5_00}
    price = prices.create(
        tenant=platform,
        product_data={"name": "Gift"},
        currency="usd",
        custom_unit_amount=choice,
        at=now(),
    )

    page = text_of(operator, page_of("checkout_price", price.id))

    assert "minimum 1.00 USD, preset 5.00 USD" in page


def test_discounts_and_rates_are_written_as_people_write_them(operator, platform):
    percent = coupons.create(tenant=platform, percent_off_bps=12_50, at=now())
    options = {"eur": {"amount_off": 4_50}}
    off = {"amount_off": 5_00, "currency": "usd", "currency_options": options}
    amount = coupons.create(tenant=platform, **off, at=now())
    minimum = {"minimum_amount": 50_00, "minimum_amount_currency": "usd"}
    code = promotion_codes.create(
        tenant=platform, coupon_id=amount.public_id, restrictions=minimum, at=now()
    )
    rate = {"display_name": "VAT", "percentage": "7.25", "is_inclusive": True}
    tax_rates.create(tenant=platform, **rate, at=now())
    fixed = {"amount": 3_00, "currency": "usd", "currency_options": {"eur": {"amount": 2_50}}}
    post = {"display_name": "Post", "fixed_amount": fixed}
    shipping = shipping_rates.create(tenant=platform, **post, at=now())

    listed = text_of(operator, reverse("admin:checkout_coupon_changelist"))
    assert "12.5%" in listed
    assert percent.public_id in listed
    assert "5.00 USD" in listed
    assert "4.50 EUR" in text_of(operator, page_of("checkout_coupon", amount.id))
    assert "50.00 USD" in text_of(operator, page_of("checkout_promotioncode", code.id))
    assert "7.25%" in text_of(operator, reverse("admin:checkout_taxrate_changelist"))
    assert "2.50 EUR" in text_of(operator, page_of("checkout_shippingrate", shipping.id))


def test_a_payment_link_shows_its_address_what_it_sells_and_how_often(operator, platform):
    lamp = {"currency": "usd", "unit_amount": 20_00, "product_data": {"name": "Lamp"}}
    limit = {"completed_sessions": {"limit": 5}}
    link = payment_links.create(
        tenant=platform,
        line_items=[{"price_data": lamp, "quantity": 2}],
        restrictions=limit,
        inactive_message="Sold out",
        at=now(),
    )

    listed = text_of(operator, reverse("admin:checkout_paymentlink_changelist"))
    found = text_of(operator, reverse("admin:checkout_paymentlink_changelist") + f"?q={link.token}")
    page = text_of(operator, page_of("checkout_paymentlink", link.id))

    assert f"/l/{link.token}" in listed
    assert page_of("checkout_paymentlink", link.id) in found
    assert "Lamp (2): 40.00 USD" in page
    assert "Sold out" in page


def test_a_session_shows_what_was_ordered_and_why_a_method_is_not_offered(operator, platform):
    lamp = {"currency": "eur", "unit_amount": 20_00, "product_data": {"name": "Lamp"}}
    adjustable = {"enabled": True}
    session = sessions.create(
        tenant=platform,
        line_items=[{"price_data": lamp, "quantity": 2, "adjustable_quantity": adjustable}],
        excluded_payment_method_types=["ideal"],
        customer_email="ada@example.com",
        success_url="https://shop.example",
        at=now(),
    )
    line = session.lines.get().id
    choices.choose(tenant=platform, session_id=session.id, quantities={line: 3}, at=now())
    saving = {"mode": "setup", "currency": "usd", "success_url": "https://shop.example"}
    setup = sessions.create(tenant=platform, **saving, at=now())

    listed = text_of(operator, reverse("admin:checkout_checkoutsession_changelist"))
    found = operator.get(reverse("admin:console_find"), {"q": session.id})
    with CaptureQueriesContext(connection) as asked:
        page = text_of(operator, page_of("checkout_checkoutsession", session.id))
    other = text_of(operator, page_of("checkout_checkoutsession", setup.id))

    assert "60.00 EUR" in listed
    assert found["Location"] == page_of("checkout_checkoutsession", session.id)
    assert "Lamp (3): 60.00 EUR" in page
    assert "iDEAL: The merchant excluded it." in page
    assert "ada@example.com" not in page
    assert "PromptPay" in other
    assert len(asked) <= 5
