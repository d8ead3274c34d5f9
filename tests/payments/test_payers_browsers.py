"""What a shop's page does in the payer's browser: it confirms, and shows our pages in frames."""

import pytest
from django.test import Client

from payments.models import Mandate
from tests.books import assert_books_balance
from tests.factories import a_key, a_platform
from tests.payments.challenging import asked_about, path_of
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db(transaction=True)

ANY_PAGE = "frame-ancestors *"


@pytest.fixture
def platform():
    return a_platform()


def public_key(tenant):
    return a_key(tenant, kind="publishable")


DEBIT = {
    "type": "sepa_debit",
    "sepa_debit": {"iban": "DE89370400440532013000"},
    "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com"},
}
BY_CONFIRMING = {"customer_acceptance": {"type": "online", "online": {"infer_from_client": True}}}


def test_a_payer_accepts_a_mandate_by_confirming_from_its_browser(platform):
    intent = ask(a_key(platform), "POST", "payment_intents", amount=2_000, currency="eur").json()
    path, secret = f"payment_intents/{intent['id']}/confirm", intent["client_secret"]
    given = {"payment_method_data": DEBIT, "mandate_data": BY_CONFIRMING}

    refused = ask(a_key(platform), "POST", path, **given).json()["error"]
    paid = ask(public_key(platform), "POST", path, client_secret=secret, **given).json()

    assert refused["param"].endswith("[infer_from_client]")
    assert paid["status"] == "processing"
    online = Mandate.objects.get().customer_acceptance["online"]
    assert online["ip_address"] == "127.0.0.1"
    assert online["user_agent"]
    assert "infer_from_client" not in online
    assert_books_balance()


def test_a_banks_page_in_a_frame_leads_nowhere_and_outside_of_one_it_leads_back(platform):
    intent = asked_about(platform)
    path = path_of(intent)

    framed = Client().get(f"{path}?framed=1")
    answered = Client().post(f"{path}?framed=1", {"code": "123456"})

    assert framed["Content-Security-Policy"].endswith(ANY_PAGE)
    assert "X-Frame-Options" not in framed
    assert Client().get(path)["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert answered.status_code == 200
    assert "shop.example" not in answered.content.decode()
