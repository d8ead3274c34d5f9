"""Pages that others could have written pay through our library, in a real browser."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.acceptance.browser import shop as shops
from tests.acceptance.browser.paying import ASKS, DECLINED, GOOD, fields, press, result, type_card

pytestmark = pytest.mark.slow

IBAN = "DE89370400440532013000"


def test_the_payment_element_pays_and_sends_the_payer_back(shop, page):
    intent = shop.intent()
    page.goto(shop.page("payment", secret=intent.client_secret))
    type_card(page, GOOD)

    press(page, "Pay")

    page.wait_for_url("**flow=back**")
    back = parse_qs(urlsplit(page.url).query)
    assert back["payment_intent"] == [intent.id]
    assert back["payment_intent_client_secret"] == [intent.client_secret]
    assert back["redirect_status"] == ["succeeded"]
    press(page, "Look")
    assert result(page)["paymentIntent"]["status"] == "succeeded"
    assert page.problems == []


def test_a_declined_card_is_told_at_the_form_and_another_one_pays(shop, page):
    intent = shop.intent()
    page.goto(shop.page("here", secret=intent.client_secret))
    type_card(page, DECLINED)
    press(page, "Pay")

    error = result(page)["error"]

    assert (error["type"], error["code"]) == ("card_error", "card_declined")
    assert error["decline_code"] == "insufficient_funds"
    assert error["payment_intent"]["id"] == intent.id
    fields(page).get_by_label("Card number").fill(GOOD)
    press(page, "Pay")
    assert result(page)["paymentIntent"]["status"] == "succeeded"


def test_the_card_element_lets_the_payer_prove_who_it_is_in_a_window_of_the_page(shop, page):
    intent = shop.intent()
    page.goto(shop.page("card", secret=intent.client_secret))
    type_card(page, ASKS)
    assert page.locator("output").get_attribute("data-complete") == "true"
    colour = "element => getComputedStyle(element).color"
    assert fields(page).get_by_label("Card number").evaluate(colour) == "rgb(1, 2, 3)"
    press(page, "Pay")

    bank = page.frame_locator("dialog iframe")
    bank.get_by_role("button", name="Approve").click()

    assert result(page)["paymentIntent"]["status"] == "succeeded"
    assert page.locator("dialog").count() == 0
    assert page.problems == []


def test_a_payer_who_declines_at_the_bank_or_closes_its_window_has_not_paid(shop, page):
    intent = shop.intent()
    page.goto(shop.page("card", secret=intent.client_secret))
    type_card(page, ASKS)
    press(page, "Pay")
    page.frame_locator("dialog iframe").get_by_role("button", name="Decline").click()

    refused = result(page)["error"]
    press(page, "Pay")
    page.frame_locator("dialog iframe").get_by_role("heading", name="Is this you?").wait_for()
    page.get_by_role("button", name="Cancel").click()
    closed = result(page)["error"]

    assert refused["code"] == closed["code"] == "payment_intent_authentication_failure"
    assert refused["payment_intent"]["status"] == "requires_payment_method"
    assert closed["payment_intent"]["status"] == "requires_action"


def test_a_form_that_is_shown_before_its_intent_offers_what_the_account_takes(shop, page):
    page.goto(shop.page("deferred"))
    fields(page).get_by_label("SEPA Direct Debit").check()
    fields(page).get_by_label("Full name").fill("Jenny Rosen")
    fields(page).get_by_label("Email").fill("jenny@example.com")
    fields(page).get_by_label("IBAN").fill(IBAN)
    address = fields(page, "iframe[title=Address]")
    for label, value in (
        ("Full name", "Jenny Rosen"),
        ("Address line 1", "1 Long Lane"),
        ("City", "Berlin"),
        ("Postal code", "10115"),
    ):
        address.get_by_label(label).fill(value)
    address.get_by_label("Country").select_option("DE")
    fields(page, "iframe[title=Email]").get_by_label("Email").fill("jenny@example.com")

    press(page, "Pay")

    paid = result(page)["paymentIntent"]
    assert paid["status"] == "processing"
    assert paid["shipping"]["address"]["city"] == "Berlin"
    kept = shop.client.v1.payment_intents.retrieve(paid["id"], {"expand": ["payment_method"]})
    assert kept.payment_method.sepa_debit.last4 == IBAN[-4:]
    assert kept.payment_method.billing_details.email == "jenny@example.com"


def test_a_card_is_kept_for_later_and_charged_without_the_payer(shop, page):
    customer = shop.client.v1.customers.create()
    wish = {"customer": customer.id, "payment_method_types": ["card"]}
    setup = shop.client.v1.setup_intents.create(wish)
    page.goto(shop.page("setup", secret=setup.client_secret))
    type_card(page, ASKS)
    press(page, "Pay")
    page.frame_locator("dialog iframe").get_by_role("button", name="Approve").click()

    kept = result(page)["setupIntent"]

    assert kept["status"] == "succeeded"
    saved = shop.client.v1.customers.payment_methods.list(customer.id).data
    assert [one.id for one in saved] == [kept["payment_method"]]


def test_a_payer_saves_a_card_and_pays_with_it_again(shop, page):
    v1 = shop.client.v1
    customer = v1.customers.create().id
    features = {"payment_method_redisplay": "enabled", "payment_method_save": "enabled"}
    element = {"enabled": True, "features": features}
    wanted = {"customer": customer, "components": {"payment_element": element}}

    def go():
        session = v1.customer_sessions.create(wanted)
        intent = shop.intent(customer=customer)
        words = {"secret": intent.client_secret, "customer": session.client_secret}
        page.goto(shop.page("here", **words))

    go()
    fields(page).get_by_label("Save this card").check()
    type_card(page, GOOD)
    press(page, "Pay")
    assert result(page)["paymentIntent"]["status"] == "succeeded"
    (kept,) = v1.customers.payment_methods.list(customer).data
    method = kept.id
    assert kept.allow_redisplay == "always"
    go()
    fields(page).get_by_label("Visa •••• 4242").wait_for()
    assert fields(page).get_by_label("Card number").count() == 0

    press(page, "Pay")

    paid = result(page)["paymentIntent"]
    assert (paid["status"], paid["payment_method"]) == ("succeeded", method)
    assert page.problems == []


def test_a_confirmation_token_is_confirmed_by_the_shops_server(shop, page):
    page.goto(shop.page("token"))
    type_card(page, GOOD)
    press(page, "Pay")

    token = result(page)["confirmationToken"]

    assert token["payment_method_preview"]["card"]["last4"] == "4242"
    paid = shop.intent(confirm=True, confirmation_token=token["id"])
    assert paid.status == "succeeded"


def test_an_older_page_with_fields_one_by_one_makes_tokens_and_debits(shop, page):
    intent = shop.intent(payment_method_types=["sepa_debit"])
    page.goto(shop.plain_page(secret=intent.client_secret))
    fields(page, "#number iframe").get_by_label("Card number").fill(GOOD)
    press(page, "Token")
    unfinished = result(page)["error"]
    fields(page, "#expiry iframe").get_by_label("Expiration date").fill("1234")
    fields(page, "#code iframe").get_by_label("Security code").fill("123")
    press(page, "Token")
    token = result(page)["token"]
    press(page, "Method")
    method = result(page)["paymentMethod"]
    fields(page, "#iban iframe").get_by_label("IBAN").fill(IBAN)
    press(page, "Debit")

    debit = result(page)["paymentIntent"]

    assert unfinished["code"] == "incomplete_expiry"
    assert (token["object"], token["card"]["name"]) == ("token", "Jenny Rosen")
    assert (method["type"], method["billing_details"]["name"]) == ("card", "Jenny Rosen")
    assert debit["status"] == "processing"


HEARS = """async (key) => {
  const elements = window.Stripe(key).elements({ locale: 'th' });
  const card = elements.create('card', { hidePostalCode: true });
  const heard = window.heard = [];
  for (const event of ['ready', 'focus', 'blur', 'change', 'escape']) {
    card.on(event, (told) => heard.push(told));
  }
  const place = document.createElement('div');
  document.body.prepend(place);
  await new Promise((done) => { card.once('ready', done); card.mount(place); });
  window.card = card;
  return elements.getElement('card') === card && place.className;
}"""


def test_an_element_tells_what_happens_in_it_and_nothing_of_what_is_typed(shop, page):
    page.goto(shop.plain_page())
    assert page.evaluate(HEARS, shop.public_key) == "StripeElement StripeElement--empty"
    card = fields(page)
    card.get_by_label("หมายเลขบัตร").fill(GOOD)
    card.get_by_label("หมายเลขบัตร").press("Escape")
    card.get_by_label("วันหมดอายุ").fill("0120")
    card.get_by_label("รหัสความปลอดภัย").fill("123")
    page.wait_for_function("window.heard.at(-1).complete === false && window.heard.at(-1).error")
    wrong = page.evaluate("window.heard.at(-1)")
    card.get_by_label("วันหมดอายุ").fill("0150")
    page.wait_for_function("window.heard.some((told) => told.complete)")
    page.evaluate("window.card.clear()")
    page.wait_for_function("window.heard.at(-1).empty === true")

    heard = page.evaluate("window.heard")

    assert (wrong["brand"], wrong["error"]["code"]) == ("visa", "invalid_expiry_year_past")
    assert wrong["error"]["message"] == "ปีหมดอายุของบัตรผ่านไปแล้ว"
    assert GOOD not in json.dumps(heard)
    assert {told["elementType"] for told in heard} == {"card"}
    page.evaluate("window.card.destroy()")
    assert page.locator("iframe").count() == 4


def test_a_payer_scans_a_code_in_a_window_of_the_page(shop, page):
    intent = shop.client.v1.payment_intents.create({"amount": 100_000, "currency": "thb"})
    page.goto(shop.plain_page(secret=intent.client_secret))
    press(page, "Code")
    code = page.frame_locator("dialog iframe")
    code.get_by_role("img").wait_for()
    code.get_by_role("button", name="Pay", exact=True).press("Enter")

    paid = result(page)["paymentIntent"]

    assert paid["status"] == "succeeded"
    assert page.problems == []


def test_what_is_not_there_is_told_by_its_name(shop, page):
    page.goto(shop.plain_page())
    press(page, "Others")

    told = result(page)

    assert told == {
        "wallet": None,
        "unknown": "UnsupportedError",
        "express": None,
        "awaited": True,
    }


def test_the_published_types_take_our_object_for_theirs(folder):
    shops.run(folder, "tsc", "-p", ".")


def test_the_lock_names_packages_and_hashes_and_no_addresses():
    text = shops.PACKAGES.lock.read_text()

    assert "://" not in text
    assert "sha512" in text
