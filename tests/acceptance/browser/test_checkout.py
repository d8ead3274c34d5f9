"""A shop has the payer pay inside its own page, with the published packages, in a real browser."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.acceptance.browser.paying import ASKS, DECLINED, GOOD, fields, press, result, type_card

pytestmark = pytest.mark.slow


def back_of(shop):
    return f"{shop.origin}/checkout.html?flow=back&key={shop.public_key}&id={{CHECKOUT_SESSION_ID}}"


def fill(page, number):
    inside = fields(page)
    inside.get_by_label("Card number").fill(number)
    inside.get_by_label("Expires").fill("12/34")
    inside.get_by_label("Security code").fill("123")
    inside.get_by_label("E-mail").fill("jenny@example.com")
    inside.get_by_role("button", name="Pay 20.00 EUR").press("Enter")


def status_of(shop, session):
    kept = shop.client.v1.checkout.sessions.retrieve(session.id)
    return kept.status, kept.payment_status


def test_a_payer_pays_inside_of_the_page_and_is_sent_to_where_the_shop_wants(shop, page):
    session = shop.session(ui_mode="embedded_page", return_url=back_of(shop))
    page.goto(shop.checkout_page("embedded", secret=session.client_secret))
    fill(page, DECLINED)
    fields(page).get_by_role("alert").wait_for()
    height = page.locator("iframe").evaluate("frame => frame.clientHeight")

    fill(page, GOOD)

    page.wait_for_url("**flow=back**")
    assert parse_qs(urlsplit(page.url).query)["id"] == [session.id]
    assert height > 500
    assert status_of(shop, session) == ("complete", "paid")
    assert [line for line in page.problems if "422" not in line] == []


def test_a_payer_proves_who_it_is_inside_and_the_shop_shows_its_own_thanks(shop, page):
    session = shop.session(ui_mode="embedded_page", redirect_on_completion="never")
    page.goto(shop.checkout_page("embedded", secret=session.client_secret))
    fill(page, ASKS)
    bank = fields(page).frame_locator("iframe")
    bank.get_by_role("button", name="Decline").click()
    fields(page).get_by_role("alert").wait_for()
    fill(page, ASKS)

    bank.get_by_role("button", name="Approve").click()

    assert result(page) == {"isDone": True}
    assert page.locator("iframe").count() == 0
    assert status_of(shop, session) == ("complete", "paid")
    assert page.problems == []


def test_a_bank_that_has_a_page_of_its_own_is_gone_to_and_come_back_from(shop, page):
    session = shop.session(
        ui_mode="embedded_page", return_url=back_of(shop), redirect_on_completion="if_required"
    )
    page.goto(shop.checkout_page("embedded", secret=session.client_secret))
    fields(page).get_by_label("iDEAL").check()
    fields(page).get_by_label("E-mail").fill("jenny@example.com")
    fields(page).get_by_role("button", name="Pay 20.00 EUR").press("Enter")

    page.get_by_role("button", name="Agree and pay", exact=True).click()

    page.wait_for_url("**flow=back**")
    assert status_of(shop, session) == ("complete", "paid")
    assert page.problems == []


def test_the_shops_page_hears_what_is_ordered_and_how_paying_goes(shop, page):
    coupon = shop.client.v1.coupons.create({"percent_off": 50})
    shop.client.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "TOLD"}
    )
    lamp = {"currency": "eur", "unit_amount": 2_000, "product_data": {"name": "Lamp"}}
    line = {"price_data": lamp, "quantity": 1, "adjustable_quantity": {"enabled": True}}
    session = shop.session(
        ui_mode="embedded_page",
        redirect_on_completion="never",
        line_items=[line],
        allow_promotion_codes=True,
    )
    page.goto(shop.checkout_page("embedded", secret=session.client_secret))
    inside = fields(page)
    inside.get_by_label("Quantity").fill("2")
    inside.get_by_label("Promotion code").fill("TOLD")
    inside.get_by_role("button", name="Work out the total").press("Enter")
    inside.get_by_text("Discount").wait_for()
    fill(page, DECLINED)
    inside.get_by_role("alert").wait_for()

    fill(page, GOOD)

    assert result(page) == {"isDone": True}
    heard = page.evaluate("window.heard")
    (item,) = shop.client.v1.checkout.sessions.line_items.list(session.id)
    ordered = {"price": item.price.id, "product": item.price.product, "quantity": 2, "amount": 4000}
    submitted = {"amount": 2000, "currency": "eur", "items": [ordered], "paymentMethodType": "card"}
    assert [(one["eventType"], one["details"]) for one in heard[2:]] == [
        ("lineItemChange", {"amount": 2000, "currency": "eur", "items": [ordered]}),
        ("promotionCodeApplied", {"code": "TOLD"}),
        ("checkoutSubmitted", submitted),
        ("checkoutSubmitFailed", {**submitted, "failureReason": "api_error"}),
        ("checkoutSubmitted", submitted),
    ]
    assert [one["eventType"] for one in heard[:2]] == ["checkoutRendered", "deviceData"]
    assert heard[0]["details"]["amount"] == 2_000
    device = heard[1]["details"]["device"]
    assert (device["category"], device["viewport"]["width"]) == ("mobile", 390)
    assert {one["checkoutSession"] for one in heard} == {session.id}


def test_an_older_page_mounts_it_by_the_older_name_and_takes_it_away(shop, page):
    session = shop.session(ui_mode="embedded", return_url=back_of(shop))
    page.goto(shop.plain_page(session=session.client_secret))
    press(page, "Embedded")
    fields(page, "#embedded iframe").get_by_role("heading", name="Pay").wait_for()

    told = page.evaluate("window.embedded.destroy(), document.querySelector('#embedded').innerHTML")

    assert result(page) == {"mounted": True, "again": "IntegrationError"}
    assert told == ""
    assert page.problems == []


PAYMENT = "iframe[title=Payment]"
EUR = {"currency": "eur"}


def elements_session(shop, **more):
    return shop.session(ui_mode="elements", return_url=back_of(shop), **more)


def say_who(page):
    fields(page, "iframe[title=Email]").get_by_label("Email").fill("jenny@example.com")


def test_a_page_with_elements_of_its_own_changes_the_order_and_pays(shop, page):
    coupon = shop.client.v1.coupons.create({"percent_off": 50})
    shop.client.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"}
    )
    lamp = {"currency": "eur", "unit_amount": 2_000, "product_data": {"name": "Lamp"}}
    line = {"price_data": lamp, "quantity": 1, "adjustable_quantity": {"enabled": True}}
    session = elements_session(shop, line_items=[line], allow_promotion_codes=True)
    page.goto(shop.checkout_page("elements", secret=session.client_secret))
    press(page, "More")
    assert result(page)["session"]["lineItems"][0]["quantity"] == 3
    press(page, "Wrong code")
    assert result(page)["error"]["code"] == "invalidCode"
    press(page, "Code")
    discount = result(page)["session"]["discountAmounts"][0]
    assert (discount["promotionCode"], discount["percentOff"]) == ("HALF", 50)
    assert page.locator("#total").text_content() == "30.00 EUR"
    say_who(page)
    type_card(page, DECLINED, PAYMENT)
    page.wait_for_function("document.querySelector('#can').textContent === 'true'")
    press(page, "Pay")
    declined = result(page)["error"]
    fields(page, PAYMENT).get_by_label("Card number").fill(GOOD)
    press(page, "Pay")

    paid = result(page)["session"]

    assert declined["code"] == "paymentFailed"
    assert declined["paymentFailed"]["declineCode"] == "insufficient_funds"
    assert paid["status"] == {"type": "complete", "paymentStatus": "paid"}
    kept = shop.client.v1.checkout.sessions.retrieve(session.id)
    assert (kept.amount_total, kept.customer_details.email) == (3_000, "jenny@example.com")
    assert [line for line in page.problems if "40" not in line] == []


def test_a_page_with_elements_ships_and_lets_the_payer_prove_who_it_is(shop, page):
    ways = [
        {"shipping_rate_data": {"display_name": name, "fixed_amount": {"amount": amount, **EUR}}}
        for name, amount in (("Post", 500), ("Courier", 900))
    ]
    session = elements_session(
        shop,
        shipping_options=ways,
        shipping_address_collection={"allowed_countries": ["DE"]},
    )
    page.goto(shop.checkout_page("shipped", secret=session.client_secret, redirect="always"))
    press(page, "Courier")
    assert result(page)["session"]["shipping"]["shippingOption"]["displayName"] == "Courier"
    say_who(page)
    address = fields(page, "iframe[title=Address]")
    address.get_by_label("Country").select_option("DE")
    for label, value in (
        ("Full name", "Jenny Rosen"),
        ("Address line 1", "1 Long Lane"),
        ("City", "Berlin"),
        ("Postal code", "10115"),
    ):
        address.get_by_label(label).fill(value)
    type_card(page, ASKS, PAYMENT)
    press(page, "Pay")

    page.frame_locator("dialog iframe").get_by_role("button", name="Approve").click()

    page.wait_for_url("**flow=back**")
    kept = shop.client.v1.checkout.sessions.retrieve(session.id)
    assert (kept.status, kept.amount_total) == ("complete", 2_900)
    assert kept.collected_information.shipping_details.address.city == "Berlin"
    assert page.problems == []


def test_an_older_page_has_its_elements_by_the_older_name(shop, page):
    v1 = shop.client.v1
    customer = v1.customers.create().id
    card = v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    v1.payment_methods.update(card, {"allow_redisplay": "always"})
    session = elements_session(shop, customer=customer)
    page.goto(shop.plain_page(session=session.client_secret))

    press(page, "Elements")

    assert result(page) == {
        "heard": ["jenny@example.com"],
        "wrong": "invalidEmail",
        "status": "open",
        "divisor": 100,
        "absent": "UnsupportedError",
        "form": "UnsupportedError",
    }
    fields(page, "#embedded iframe").get_by_label("Visa •••• 4242").wait_for()
    (saved,) = page.evaluate("window.checkout.getSession().savedPaymentMethods")
    assert (saved["id"], saved["card"]["expMonth"] > 0) == (card, True)
    assert "postal_code" in saved["billingDetails"]["address"]
    paid = page.evaluate("window.checkout.confirm({ redirect: 'if_required' })")
    assert paid["session"]["status"]["paymentStatus"] == "paid"
    intent = v1.checkout.sessions.retrieve(session.id).payment_intent
    assert v1.payment_intents.retrieve(intent).payment_method == card


def test_an_older_page_sends_the_payer_to_the_page_of_a_session(shop, page):
    session = shop.session(success_url=back_of(shop))
    page.goto(shop.plain_page(session=session.id))

    page.get_by_role("button", name="Hosted").press("Enter")

    page.get_by_role("heading", name="Pay").wait_for()
    assert page.url == session.url
