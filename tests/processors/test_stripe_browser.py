"""What payers' browsers load for an account at Stripe, and what they may ask."""

import pytest

from processors.protocols.accounts import RailAccount
from processors.stripe import browser


def an_account(**credentials):
    return RailAccount("stripe", "stripe", credentials=credentials)


def test_without_a_publishable_key_there_are_no_fields():
    assert browser.card_fields(an_account(secret_key="sk_test_1")) is None


def test_the_library_is_stripes_own_and_only_what_stripe_names_is_allowed():
    fields = browser.card_fields(an_account(publishable_key="pk_test_1"))

    assert fields.settings == {
        "library": "https://js.stripe.com/v3/",
        "publishable_key": "pk_test_1",
    }
    assert fields.scripts == ("https://js.stripe.com", "https://*.js.stripe.com")
    assert fields.connections == ("https://api.stripe.com",)
    assert fields.frames == (*fields.scripts, "https://hooks.stripe.com")


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("http://127.0.0.1:8101/stripe.js", "http://127.0.0.1:8101"),
        ("https://pay.example/stripe.js", "https://pay.example"),
        # No address that was kept can add a word to a policy.
        ("https://pay.example;script-src *", "'none'"),
    ],
)
def test_another_library_is_allowed_with_its_origin_alone(address, source):
    account = an_account(publishable_key="pk_test_1", library_url=address)
    fields = browser.card_fields(account)

    assert (fields.scripts, fields.connections, fields.frames) == ((source,),) * 3
    assert browser.script_of(account).origins == (source,)
