"""What an application made for an account ends with the account's consent."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AuditEvent, Connection, User
from connect.models import AccountLink
from connect.oauth.services import oauth
from payments.customers.services import customer_sessions, customers
from payments.models import CustomerSession
from tests.connect.test_oauth import a_person, address, agree, an_application, ask, connected
from tests.connect.test_oauth_bounds import call
from tests.factories import a_key, a_platform, a_seller, an_operator_named, now
from tests.webhooks.steps import an_endpoint, an_event, relayed, try_all
from webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db

EVERYTHING = [
    "*", "webhook_endpoints", "ephemeral_keys", "customer_sessions", "account_links",
    "login_links", "account_sessions",
]  # fmt: skip


def by_the_application(platform, account):
    return ask(
        "/oauth/deauthorize",
        a_key(platform),
        stripe_user_id=account.account_id,
        client_id="ca_" + platform.account_id.removeprefix("acct_"),
    )


def by_its_owner(platform, account):
    browser = a_person_of(account)
    return browser.post("/oauth/shared", {"connection": connection_of(platform, account).id})


def by_an_operator(platform, account):
    operator = Client()
    operator.force_login(an_operator_named("olga@example.com"))
    row = connection_of(platform, account)
    params = {"action": "disconnect", "_selected_action": row.id}
    answer = operator.post("/admin/accounts/connection/", params)
    noted = AuditEvent.objects.get(target_id=str(row.id))
    assert (noted.action, noted.actor_email) == ("connection.ended", "olga@example.com")
    return answer


def a_person_of(account):
    browser = Client()
    browser.force_login(User.objects.get(email="ada@example.com"))
    return browser


def connection_of(platform, account):
    return Connection.objects.get(
        platform_id=platform.account_id, account_id=account.account_id, livemode=False
    )


WAYS = [by_the_application, by_its_owner, by_an_operator]


def acting(way, platform, account, token):
    """Return the key and the headers with which an application acts for an account."""
    if way == "token":
        return token["access_token"], {}
    return a_key(platform), {"Stripe-Account": account.account_id}


@pytest.mark.parametrize("end", WAYS)
@pytest.mark.parametrize("way", ["token", "header"])
def test_keys_and_sessions_for_payers_end_with_the_consent_under_which_they_were_made(way, end):
    platform, account = a_platform(), a_platform()
    customer = customers.create(tenant=account, at=now()).id
    token = connected(platform, account, resources=EVERYTHING)
    key, headers = acting(way, platform, account, token)
    more = headers | {"Stripe-Version": "2026-10-28.endive"}
    made = call(key, "post", "ephemeral_keys", {"customer": customer}, **more).json()["secret"]
    own = call(
        a_key(account),
        "post",
        "ephemeral_keys",
        {"customer": customer},
        **{"Stripe-Version": "2026-10-28.endive"},
    ).json()["secret"]
    params = {"customer": customer, "components": {"payment_element": {"enabled": True}}}
    session = call(key, "post", "customer_sessions", params, **headers).json()["client_secret"]
    owns = call(a_key(account), "post", "customer_sessions", params).json()["client_secret"]
    assert call(made, "get", f"customers/{customer}").status_code == 200

    assert end(platform, account).status_code in (200, 302)

    assert call(made, "get", f"customers/{customer}").status_code == 401
    assert call(own, "get", f"customers/{customer}").status_code == 200
    assert customer_sessions.find(tenant=account, secret=session, at=now()) is None
    assert customer_sessions.find(tenant=account, secret=owns, at=now()) is not None
    assert CustomerSession.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", WAYS)
@pytest.mark.parametrize("way", ["token", "header"])
def test_an_endpoint_that_an_application_made_hears_nothing_more_not_even_what_was_queued(
    way, end, httpserver
):
    heard = []
    httpserver.expect_request("/").respond_with_handler(lambda request: heard.append(request.url))
    platform, account = a_platform(), a_platform()
    own = an_endpoint(account, httpserver.url_for("/own"), "customer.created")
    httpserver.expect_request("/own").respond_with_data("")
    theirs = an_endpoint(platform, httpserver.url_for("/"), "*", is_connect=True)
    token = connected(platform, account, resources=EVERYTHING)
    key, headers = acting(way, platform, account, token)
    params = {"url": httpserver.url_for("/"), "enabled_events": ["*"]}
    made = call(key, "post", "webhook_endpoints", params, **headers).json()
    assert made["application"] == "ca_" + platform.account_id.removeprefix("acct_")
    queued = an_event(account)
    relayed()
    assert Delivery.objects.filter(event=queued, next_attempt_at__isnull=False).count() == 3

    end(platform, account)
    later = an_event(account, "cus_2")
    relayed()
    try_all()

    tried = Attempt.objects.filter(delivery__event__in=(queued, later))
    assert set(tried.values_list("delivery__endpoint_id", flat=True)) == {own.id}
    assert tried.filter(status_code=200).count() == 2
    assert call(a_key(account), "get", f"webhook_endpoints/{made['id']}").status_code == 404
    told = Attempt.objects.filter(delivery__endpoint=theirs).values_list(
        "delivery__event__type", flat=True
    )
    assert "account.application.deauthorized" in told
    assert "customer.created" not in told


@pytest.mark.django_db(transaction=True)
def test_what_was_queued_before_a_consent_ended_is_not_sent_under_the_next(httpserver):
    platform, account = a_platform(), a_platform()
    an_endpoint(platform, httpserver.url_for("/"), "customer.created", is_connect=True)
    application, browser = an_application(platform), a_person(account)

    def connect():
        code = agree(browser, address(application, scope="read_write"))["code"]
        oauth.redeem(platform=platform, code=code, at=now())

    connect()
    event = an_event(account)
    relayed()
    oauth.disconnect(platform=platform, account_id=account.account_id, at=now())
    connect()
    try_all()

    assert Delivery.objects.get(event=event).status == "canceled"
    assert not Attempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_fanned_out_while_a_consent_ends_is_not_sent(httpserver):
    platform, account = a_platform(), a_platform()
    an_endpoint(platform, httpserver.url_for("/"), "customer.created", is_connect=True)
    connected(platform, account)
    event = an_event(account)
    relayed()

    # As if the relay had looked before the consent ended, and written after it.
    Connection.objects.update(ended_at=now())
    try_all()

    assert Delivery.objects.get(event=event).status == "canceled"
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("end", WAYS)
@pytest.mark.parametrize("kind", ["account_links", "login_links", "account_sessions"])
@pytest.mark.parametrize("is_used", [False, True])
def test_a_link_that_an_application_made_leads_nowhere_even_if_it_is_let_in_again(
    kind, is_used, end
):
    platform = a_platform()
    shop = a_seller(a_platform())
    resources = ["accounts", *EVERYTHING[1:]]
    connected(platform, shop, resources=resources)
    path = f"accounts/{shop.account_id}/login_links" if kind == "login_links" else kind
    params = {
        "account_links": {
            "account": shop.account_id,
            "type": "account_onboarding",
            "return_url": "https://a.example/",
            "refresh_url": "https://a.example/",
        },
        "account_sessions": {
            "account": shop.account_id,
            "components": {"payouts": {"enabled": True}},
        },
    }
    made = call(a_key(platform), "post", path, params.get(kind, {})).json()
    entrance = made["url"] if "url" in made else f"/sellers/enter/{made['client_secret']}"
    entrance = "/sellers/enter/" + entrance.rpartition("/")[2]
    seller = Client()
    inside = seller.get(entrance)["Location"] if is_used else entrance
    assert not is_used or seller.get(inside).status_code in (200, 302)

    end(platform, shop)
    Connection.objects.update(ended_at=None)

    assert seller.get(inside).status_code == (401 if is_used else 410)
    assert AccountLink.objects.get().ended_at is not None


def test_an_application_changes_only_the_endpoints_that_it_made():
    platform, account = a_platform(), a_platform()
    own = an_endpoint(account, "https://example.com/own", "*")
    key = connected(platform, account, resources=EVERYTHING)["access_token"]
    params = {"url": "https://example.com/", "enabled_events": ["*"]}
    made = call(key, "post", "webhook_endpoints", params).json()["id"]

    listed = call(key, "get", "webhook_endpoints").json()["data"]
    assert [row["id"] for row in listed] == [made]
    for method, body in (("get", {}), ("post", {"url": "https://evil.example/"}), ("delete", {})):
        assert call(key, method, f"webhook_endpoints/{own.id}", body).status_code == 404
    assert Endpoint.objects.get(id=own.id).url == "https://example.com/own"
    owners = call(a_key(account), "get", "webhook_endpoints").json()["data"]
    assert {row["id"] for row in owners} == {made, own.id}
    assert call(key, "delete", f"webhook_endpoints/{made}").status_code == 200


def test_an_application_does_not_listen_to_sellers_that_have_not_been_asked():
    platform, account = a_platform(), a_platform()
    key = connected(platform, account, resources=["webhook_endpoints"])["access_token"]
    params = {"url": "https://example.com/", "enabled_events": ["*"], "connect": True}

    answer = call(key, "post", "webhook_endpoints", params)

    assert answer.status_code == 403
    assert "sellers_read" in answer.json()["error"]["message"]
    assert not Endpoint.objects.exists()


def test_a_code_that_was_stolen_ends_what_was_made_with_its_keys():
    platform, account = a_platform(), a_platform()
    application = an_application(platform, resources=EVERYTHING)
    code = agree(a_person(account), address(application, scope="read_write"))["code"]
    key = oauth.redeem(platform=platform, code=code, at=now()).access_token
    params = {"url": "https://example.com/", "enabled_events": ["*"]}
    made = call(key, "post", "webhook_endpoints", params).json()["id"]

    with pytest.raises(oauth.OAuthError):
        oauth.redeem(platform=platform, code=code, at=now() + timedelta(minutes=1))

    assert Endpoint.objects.get(id=made).deleted_at is not None
