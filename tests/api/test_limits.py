"""What a caller over a limit is told, and who is not held up by it."""

from urllib.parse import urlsplit

import pytest
import stripe
from django.test import Client
from django.utils import timezone

from core.limits import counts
from core.limits.counts import Places
from core.limits.figures import parse
from payments.intents.services import payment_intents
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db


class Transport(stripe.HTTPClient):
    """The official package's transport, to Django's test client."""

    name = "test client"

    def request(self, method, url, headers, post_data=None):
        path = urlsplit(url)
        answer = Client().generic(
            method.upper(),
            f"{path.path}?{path.query}",
            post_data or "",
            "application/x-www-form-urlencoded",
            headers=headers,
        )
        return answer.content, answer.status_code, answer.headers

    def close(self):
        """Nothing is open."""


@pytest.fixture
def limited(settings):
    """Set limits as an operator writes them."""
    settings.ROOT_URLCONF = "config.urls"

    def limit(**figures):
        settings.LIMITS = settings.LIMITS | {
            name: parse(name, text) for name, text in figures.items()
        }

    return limit


def ask(key, path="/v1/balance", method="get", address="198.51.100.7", **params):
    headers = {"Authorization": f"Bearer {key}"}
    kind = {"content_type": "application/json"} if method == "post" else {}
    return getattr(Client(REMOTE_ADDR=address), method)(path, params, headers=headers, **kind)


def test_the_official_package_raises_its_error_of_rates_and_hears_the_reason(limited):
    limited(test="1/h burst 2")
    key = a_key(a_platform())
    client = stripe.StripeClient(key, http_client=Transport(), max_network_retries=0)
    client.v1.balance.retrieve()
    client.v1.balance.retrieve()

    with pytest.raises(stripe.RateLimitError) as raised:
        client.v1.balance.retrieve()

    error = raised.value
    assert (error.http_status, error.error.code) == (429, "rate_limit")
    assert error.headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert error.headers["Retry-After"] == "3600"
    # The package waits a minute at most, and would be refused again.
    assert error.headers["Stripe-Should-Retry"] == "false"
    assert "requests that read. Wait 3600 seconds" in error.user_message


def test_reads_and_writes_and_accounts_are_counted_apart(limited):
    limited(test="1/h burst 1")
    first, second = a_key(a_platform()), a_key(a_platform())

    statuses = [
        ask(first).status_code,
        ask(first).status_code,
        ask(first, "/v1/charges/ch_none/capture", "post").status_code,
        ask(second).status_code,
    ]

    assert statuses == [200, 429, 404, 200]


@pytest.mark.parametrize(
    ("name", "reason"), [("endpoint", "endpoint-rate"), ("key", "global-rate")]
)
def test_an_endpoint_and_a_key_have_limits_of_their_own(limited, name, reason):
    limited(**{name: "1/h burst 1"})
    tenant = a_platform()
    key, other = a_key(tenant), a_key(tenant)
    ask(key)

    refused = ask(key)

    assert refused.headers["Stripe-Rate-Limited-Reason"] == reason
    # One is of the account and the endpoint, the other of the key.
    assert ask(other).status_code == (429 if name == "endpoint" else 200)
    assert ask(key, "/v1/customers").status_code == (200 if name == "endpoint" else 429)


def test_a_request_beyond_the_places_of_its_account_is_refused_until_one_is_free(limited, settings):
    limited()
    settings.CONCURRENT_REQUESTS = {"live": 1, "test": 1}
    tenant = a_platform()
    key = a_key(tenant)
    statuses = [ask(key).status_code, ask(key, "/v1/charges/ch_none").status_code]
    other = counts.take([], Places(f"running:{tenant.account_id}:test", 1, "", ""))

    refused = ask(key)
    other.leave()

    # One that has been answered gives its place back, however it was answered.
    assert statuses == [200, 404]
    assert refused.status_code == 429
    assert refused.headers["Stripe-Rate-Limited-Reason"] == "global-concurrency"
    assert ask(key).status_code == 200


def test_wrong_keys_are_refused_by_network_and_start_and_good_ones_are_let_in(limited):
    limited(wrong_keys="2/h")
    key = a_key(a_platform())
    wrong = [f"sk_test_rlt{letter * 49}" for letter in "abcd"]

    statuses = [ask(text).status_code for text in wrong[:3]]
    from_elsewhere = [ask(wrong[3], address=f"203.0.{n}.9").status_code for n in range(3)]

    assert statuses == [401, 401, 429]
    # The same start, from three networks.
    assert from_elsewhere == [401, 401, 429]
    # In the network of the first, one that is known.
    assert ask(wrong[0], address="198.51.100.200").status_code == 429
    assert ask(key).status_code == 200


def test_a_payment_method_is_tried_so_often_on_one_intent_and_from_one_address(limited):
    limited(attempts="2/d", payer_attempts="3/d")
    tenant = a_platform()
    publishable, secret = a_key(tenant, kind="publishable"), a_key(tenant)
    one, other = (
        payment_intents.create(tenant=tenant, amount=2000, currency="usd", at=timezone.now())
        for _ in range(2)
    )

    def confirm(key, intent):
        path = f"/v1/payment_intents/{intent.id}/confirm"
        return ask(key, path, "post", client_secret="wrong").status_code

    by_payers = [confirm(publishable, intent) for intent in (one, one, one, other, other)]

    assert [status == 429 for status in by_payers] == [False, False, True, False, True]
    # A server is not held up by what came from its address, but by the intent's own tries.
    assert [confirm(secret, intent) == 429 for intent in (one, other, other)] == [
        True,
        False,
        True,
    ]
