"""Whatever a merchant says where people come back to, the policy of our pages stays ours."""

import re

import pytest
from django.test import Client

from core.errors import InvalidRequest
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import PaymentIntent
from tests.connect.test_oauth import a_person, address, an_application
from tests.factories import a_paid_intent, a_platform
from tests.payments.challenging import asked_about, path_of

pytestmark = pytest.mark.django_db(transaction=True)

POLICY = re.compile(
    r"default-src 'none'; style-src 'nonce-[\w-]+'; form-action 'self'(?: https?://[\w.:\[\]-]+)?; "
    r"base-uri 'none'; frame-ancestors 'none'"
)
NO_HOSTS = ["https://*", "https://;/", "data:text/html,x", "//evil.example", "https://[::1];x"]
HOSTILE = NO_HOSTS + [
    f"https://shop.example{part}/done"
    for part in (
        "; script-src *",
        ";script-src%20*",
        " https://evil.example",
        ",evil.example",
        "\t*",
        "'unsafe-inline'",
        '"',
        "\\@evil.example",
        "*",
        "@evil.example",
        ":443;",
        ":*",
        "\u2028; script-src *",
        "\uff1b script-src *",
    )
]


@pytest.mark.parametrize("address_back", HOSTILE)
def test_an_address_kept_from_before_adds_nothing_to_the_policy_of_the_banks_page(address_back):
    intent = asked_about(a_platform())
    PaymentIntent.objects.filter(id=intent.id).update(return_url=address_back)

    page = Client().get(path_of(intent))

    assert POLICY.fullmatch(page["Content-Security-Policy"])
    assert "evil" not in page["Content-Security-Policy"]


@pytest.mark.parametrize("address_back", HOSTILE)
def test_such_an_address_is_refused(address_back):
    with pytest.raises(InvalidRequest, match="Not a valid URL"):
        a_paid_intent(a_platform(), session=ConfirmationOptions(return_url=address_back))

    assert not PaymentIntent.objects.exists()


@pytest.mark.parametrize("address_back", ["https://evil.example/back", *HOSTILE])
def test_the_page_of_consent_allows_only_what_the_application_registered(address_back):
    platform, account = a_platform(), a_platform()
    link = address(an_application(platform), redirect_uri=address_back)

    page = a_person(account).get(link)

    assert POLICY.fullmatch(page["Content-Security-Policy"])
    assert "form-action 'self'; " in page["Content-Security-Policy"]
