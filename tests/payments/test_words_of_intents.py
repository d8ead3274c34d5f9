"""What typed clients say of a payment and what it does, over HTTP."""

import pytest

from payments.models import Charge
from tests.factories import a_key, a_platform
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

PAID = {"amount": 10_00, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}


@pytest.mark.parametrize(
    ("said", "is_off"),
    [(True, True), ("one_off", True), ("recurring", True), (False, False), ("false", False)],
)
def test_a_payer_may_be_away_once_or_each_month(said, is_off):
    answer = ask(a_key(a_platform()), "POST", "payment_intents", **PAID, off_session=said)

    assert answer.json()["status"] == "succeeded"
    assert Charge.objects.get().is_off_session is is_off


def test_another_word_for_a_payer_who_is_away_is_refused():
    answer = ask(a_key(a_platform()), "POST", "payment_intents", **PAID, off_session="sometimes")

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "off_session")
    assert not Charge.objects.exists()


def test_libraries_of_apps_may_say_that_they_are_there():
    answer = ask(
        a_key(a_platform()), "POST", "payment_intents", **PAID,
        use_stripe_sdk=True, radar_options={"session": "rse_1"},
    )  # fmt: skip

    assert answer.json()["status"] == "succeeded"
