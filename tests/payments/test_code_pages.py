"""The page with the code that a payer scans, and its pictures: who gets them, and until when."""

from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import segno
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from payments import resources
from payments.intents.services import payment_intents
from payments.models import Charge
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, as_owner, now
from tests.payments.scanning import a_code, again, path_of, payer, press
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

WAY_BACK = "https://shop.example/done?order=7"


def test_the_answer_says_where_the_code_is_and_nothing_keeps_it():
    platform = a_platform()
    intent = a_code(platform)

    shown = resources.payment_intent(intent)["next_action"]["promptpay_display_qr_code"]

    page = shown["hosted_instructions_url"]
    assert urlsplit(page).path == path_of(intent)
    assert shown["image_url_png"] == f"{page}/code.png"
    assert shown["image_url_svg"] == f"{page}/code.svg"
    event = Event.objects.get(type="payment_intent.requires_action")
    told = orjson.loads(event.data)["object"]["next_action"]["promptpay_display_qr_code"]
    assert told == {
        "data": shown["data"],
        "hosted_instructions_url": None,
        "image_url_png": None,
        "image_url_svg": None,
    }


def test_the_pictures_are_of_the_code_and_end_with_it():
    platform = a_platform()
    intent = a_code(platform)
    path, client = path_of(intent), Client()
    code = segno.make(intent.next_action["promptpay_display_qr_code"]["data"], error="m")

    png, svg = client.get(f"{path}/code.png"), client.get(f"{path}/code.svg")

    assert (png["Content-Type"], svg["Content-Type"]) == ("image/png", "image/svg+xml")
    width = int.from_bytes(png.content[16:20], "big")
    assert width == code.symbol_size(scale=8, border=4)[0]
    assert f'width="{width}"'.encode() in svg.content
    assert png["Cache-Control"] == svg["Cache-Control"] == "no-store"
    assert client.get(f"{path}/code.gif").status_code == 404
    assert client.post(f"{path}/code.png").status_code == 405

    press(intent, "pay")

    assert client.get(f"{path}/code.png").status_code == 404
    assert client.get(f"{path}/code.svg").status_code == 404
    assert_books_balance()


@pytest.mark.parametrize(
    ("button", "status", "redirected"),
    [
        ("pay", "succeeded", "succeeded"),
        ("fail", "requires_payment_method", "failed"),
        ("expire", "requires_payment_method", "failed"),
    ],
)
def test_a_button_of_test_mode_ends_it_and_leads_back(button, status, redirected):
    platform = a_platform()
    intent = a_code(platform, return_url=WAY_BACK)

    answer = Client(enforce_csrf_checks=True).post(path_of(intent), {"action": button})

    back = urlsplit(answer["Location"])
    assert (answer.status_code, back.netloc) == (303, "shop.example")
    assert parse_qs(back.query)["redirect_status"] == [redirected]
    assert again(intent).status == status
    # Pressed again, it changes nothing.
    press(intent, "pay")
    assert again(intent).status == status
    assert_books_balance()


def test_a_button_that_is_none_changes_nothing():
    platform = a_platform()
    intent = a_code(platform)

    answer = Client().post(path_of(intent), {"action": "steal"})

    assert (answer.status_code, answer["Location"]) == (303, path_of(intent))
    assert again(intent).status == "requires_action"


@pytest.mark.parametrize("part", ["", "/code.png", "/code.svg"])
def test_an_address_that_was_guessed_is_nobody_s(part):
    platform = a_platform()
    intent, other = a_code(platform), a_paid_intent(platform)
    path = path_of(intent)
    wrong = path[:-1] + ("a" if path[-1] != "a" else "b")
    swapped = path.replace(intent.latest_charge_id, other.latest_charge_id)

    assert Client().get(wrong + part).status_code == 404
    assert Client().get(swapped + part).status_code == 404


def test_the_page_runs_its_own_script_alone_and_asks_few_questions():
    platform = a_platform()
    path = path_of(a_code(platform, return_url=WAY_BACK))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = Client().get(path)

    policy = page["Content-Security-Policy"]
    assert policy.startswith("script-src 'nonce-")
    assert "connect-src 'self'" in policy
    assert "img-src 'self'" in policy
    assert "form-action 'self' https://shop.example" in policy
    assert page["Referrer-Policy"] == "no-referrer"
    assert len(asked) <= 3


def test_the_page_hears_how_the_payment_stands_until_it_has_ended():
    platform = a_platform()
    intent = a_code(platform, return_url=WAY_BACK)
    client, path = Client(), path_of(intent)

    with CaptureQueriesContext(connection) as asked:
        before = client.get(f"{path}/status")
    press(intent, "pay")
    after = client.get(f"{path}/status").json()

    assert before.json() == {"state": "open", "goes_to": None}
    assert before["Cache-Control"] == "no-store"
    assert len(asked) <= 1
    assert after["state"] == "paid"
    assert "redirect_status=succeeded" in after["goes_to"]
    assert "<script" not in client.get(path).content.decode()
    assert client.get(f"{path[:-1]}/status").status_code == 404
    assert_books_balance()


def test_the_page_speaks_english_and_thai():
    platform = a_platform()
    path = path_of(a_code(platform))

    english = Client().get(path, headers={"Accept-Language": "de"}).content.decode()
    thai = Client().get(path, headers={"Accept-Language": "th-TH,en;q=0.5"}).content.decode()
    chosen = Client().get(f"{path}?lang=th").content.decode()

    for page in (english, thai):
        assert "1,000.00" in page
        assert "Platform" in page
    assert "Scan to pay" in english
    assert "สแกนเพื่อชำระเงิน" in thai
    assert "สแกนเพื่อชำระเงิน" in chosen


def test_the_page_of_an_old_code_shows_nothing_to_scan():
    platform = a_platform()
    intent = a_code(platform)
    old = path_of(intent)
    press(intent, "expire")
    payment_intents.confirm(tenant=platform, intent_id=intent.id, payment_method=payer(), at=now())
    new = path_of(again(intent))

    assert old != new
    assert "cannot be paid" in Client().get(old).content.decode()
    assert Client().get(f"{old}/code.svg").status_code == 404
    assert Client().get(f"{new}/code.svg").status_code == 200


def test_real_money_has_no_buttons():
    platform = a_platform()
    intent = a_code(platform)
    as_owner("UPDATE payments_charge SET livemode = true")

    page = Client().get(path_of(intent)).content.decode()
    Client().post(path_of(intent), {"action": "pay"})

    assert "<button" not in page
    assert "Test mode" not in page
    assert Charge.objects.get().status == "pending"
