"""Who a request is from, over what it came, and to which name: only our proxies are believed."""

import json

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.web.proxies import Arrival
from core.tenant import Tenant
from tests.factories import a_key, a_platform

SECRET = "kx8Tq0vW3nB7zR5mJ2dL9fH6sC1yG4pE"
HSTS = "Strict-Transport-Security"


@pytest.fixture
def behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = 1
    settings.PROXY_SECRET = SECRET
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.API_LIVE_NEEDS_TLS = True
    settings.SECURE_HSTS_SECONDS = 3600
    return settings


def arrive(path="/v1/balance", **headers):
    """Tell what a view sees of a request with these headers."""
    seen = []

    def view(request):
        seen.append(request)
        return HttpResponse()

    answer = Arrival(view)(RequestFactory().get(path, headers=headers))
    return (seen[0] if seen else None), answer


def by_proxy(**more):
    return {"X-Rialto-Proxy": SECRET, "X-Forwarded-For": "198.51.100.7"} | more


@pytest.mark.usefixtures("behind_a_proxy")
def test_our_proxy_is_believed():
    request, _ = arrive(**by_proxy(**{"X-Forwarded-Proto": "https"}))

    assert request.is_secure()
    assert request.META["REMOTE_ADDR"] == "198.51.100.7"


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"X-Rialto-Proxy": ""}, {"X-Rialto-Proxy": SECRET[:-1]}, {"X-Rialto-Proxy": "é"},
        {"X-Rialto-Proxy": SECRET, "X-Forwarded-For": ""},
        {"X-Rialto-Proxy": SECRET, "X-Forwarded-For": "198.51.100.7, unknown"},
    ],
)  # fmt: skip
@pytest.mark.usefixtures("behind_a_proxy")
def test_nobody_else_is(headers):
    words = {
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "proto=https",
    }

    request, answer = arrive(**(words | headers))

    assert not request.is_secure()
    assert request.META["REMOTE_ADDR"] == "127.0.0.1"
    assert not [name for name in request.META if "FORWARDED" in name]
    assert HSTS not in answer.headers


def test_without_a_proxy_no_such_word_is_believed(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    request, _ = arrive(**by_proxy(**{"X-Forwarded-Proto": "https"}))

    assert (request.is_secure(), request.META["REMOTE_ADDR"]) == (False, "127.0.0.1")


@pytest.mark.parametrize(
    ("count", "forwarded", "client"),
    [
        (1, "192.0.2.1, 198.51.100.7", "198.51.100.7"),
        (2, "192.0.2.1, 198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, " 2001:DB8::1 ", "2001:db8::1"),
    ],
)
def test_the_client_is_whom_the_outermost_of_our_proxies_was_asked_by(
    behind_a_proxy, count, forwarded, client
):
    behind_a_proxy.TRUSTED_PROXIES = count

    request, _ = arrive(**by_proxy(**{"X-Forwarded-For": forwarded}))

    assert request.META["REMOTE_ADDR"] == client


@pytest.mark.attacks
@pytest.mark.parametrize(("headers", "status"), [({}, 403), (by_proxy(), 403),
                         (by_proxy(**{"X-Forwarded-Proto": "http"}), 403),
                         ({"X-Forwarded-Proto": "https"}, 403),
                         (by_proxy(**{"X-Forwarded-Proto": "https"}), 200)])  # fmt: skip
@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy")
def test_a_live_key_is_refused_unless_it_came_over_tls(headers, status):
    key = a_key(Tenant(a_platform().account_id, livemode=True))

    answer = Client().get("/v1/balance", headers={"Authorization": f"Bearer {key}", **headers})

    assert answer.status_code == status
    assert (HSTS in answer.headers) == (status == 200)


@pytest.mark.parametrize(
    "path", ["/v1/balance", "/v1/nothing", "/links/none", "/inbound/stripe/", "/oauth/token",
             "/login/", "/docs/", "/3d-secure/a/b", "/sellers/x/test/home"],
)  # fmt: skip
@pytest.mark.parametrize("host", ["evil.example", "pay.example.com.evil.example", "a b", "", "@"])
def test_no_door_opens_under_another_name(settings, path, host):
    settings.ALLOWED_HOSTS = ["pay.example.com"]

    answer = Client(headers={"Host": host}).get(path)

    assert answer.status_code == 400
    if path.startswith("/v1/"):
        assert json.loads(answer.content)["error"]["type"] == "invalid_request_error"


def test_whoever_watches_over_a_process_needs_no_name(settings):
    settings.ALLOWED_HOSTS = ["pay.example.com"]

    assert Client(headers={"Host": "10.0.0.1:8000"}).get("/livez").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy")
def test_the_request_log_has_the_clients_own_address(settings):
    key = a_key(a_platform())
    headers = by_proxy(**{"X-Forwarded-For": "8.8.8.8, 198.51.100.7", "X-Forwarded-Proto": "https"})

    answer = Client().get("/v1/balance", headers={"Authorization": f"Bearer {key}", **headers})

    assert answer.wsgi_request.META["REMOTE_ADDR"] == "198.51.100.7"
