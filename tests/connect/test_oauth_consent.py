"""Owners read what they agree to in words, and what they agree to no more ends."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import ApiKey, Connection
from api.access.permissions import SEPARATE, intersect
from connect.oauth import consent_words
from connect.oauth.services import oauth
from connect.oauth.services.oauth import OAuthError
from core.tenant import Tenant
from tests.connect.test_oauth import a_person, address, agree, an_application, ask, connected, get
from tests.connect.test_oauth_bounds import call
from tests.factories import a_key, a_platform, a_seller, now
from tests.webhooks.steps import an_endpoint, an_event, relayed, try_all
from webhooks.models import Delivery, Endpoint
from webhooks.queries import body_of

pytestmark = pytest.mark.django_db

ENDPOINT = {"url": "https://example.com/", "enabled_events": ["*"]}


def every_permission() -> set[str]:
    found: set[str] = set()

    def walk(patterns):
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns)
            elif isinstance(one, URLPattern):
                view = getattr(one.callback, "view_class", getattr(one.callback, "cls", None))
                found.update({getattr(view, "resource", ""), getattr(view, "separate", "")})

    walk(get_resolver().url_patterns)
    return found - {""}


def test_every_permission_has_words_on_the_page():
    known = {*consent_words.NAMES, *consent_words.APART}

    assert "payment_intents" in every_permission()
    assert every_permission() <= known
    assert set(consent_words.APART) == SEPARATE


@pytest.mark.parametrize("name", sorted(SEPARATE))
def test_the_page_names_what_no_scope_includes_if_it_is_asked(name):
    platform, account = a_platform(), a_platform()
    application = an_application(platform, resources=["*", name])

    page = a_person(account).get(address(application, scope="read_write")).content.decode()

    will, _, will_not = page.partition("It will not be able to")
    words = consent_words.APART[name][1].replace("'", "&#x27;")
    assert f"<strong>{words}</strong>" in will
    assert "see and change: everything in your account" in will
    assert words not in will_not


def test_the_page_says_what_an_application_cannot_do_unless_it_asks_for_it():
    application = an_application(a_platform())
    page = a_person(a_platform()).get(address(application, scope="read_write")).content.decode()

    will_not = page.partition("It will not be able to")[2]
    for words in (
        "see or choose where your money is paid out to",
        "see or change the people behind your business",
        "reach the accounts of your own sellers",
        "make links, keys or addresses for news that act for you",
    ):
        assert words in will_not


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (None, None, None),
        (None, {"*": "read"}, {"*": "read"}),
        ({"balance": "read"}, None, {"balance": "read"}),
        ({"balance": "write", "charges": "write"}, {"*": "read"},
         {"balance": "read", "charges": "read"}),
        ({"*": "write", "persons": "write"}, None, None),
        ({"*": "write", "persons": "write"}, {"persons": "read"}, {"persons": "read"}),
        ({"*": "write", "balance": "none"}, None, {"*": "write", "balance": "none"}),
        ({"*": "write"}, {"*": "write", "balance": "read"}, {"*": "write", "balance": "read"}),
        ({"balance": "read"}, {"charges": "read"}, {}),
    ],
)  # fmt: skip
def test_of_two_agreements_the_lesser_counts(one, other, both):
    assert intersect(one, other) == both
    assert intersect(other, one) == both


def agreeing(platform, account, **first):
    """Let a platform in, and return how to let it in again otherwise."""
    application, browser = an_application(platform, **first), a_person(account)

    def agree_again(scope="read_write", who=platform, **changes):
        for name, value in changes.items():
            setattr(application, name, value)
        application.save()
        code = agree(browser, address(application, scope=scope))["code"]
        return oauth.redeem(platform=who, code=code, at=now())

    return agree_again


def test_asking_again_with_fewer_rights_lowers_the_keys_from_before_in_both_modes():
    platform, account = a_platform(), a_platform()
    live = Tenant(platform.account_id, livemode=True)
    again = agreeing(platform, account)
    old, in_live = again(), again(who=live)
    assert call(old.access_token, "post", "customers").status_code == 200

    again("read_only")

    for key, headers in (
        (old.access_token, {}),
        (a_key(platform), {"Stripe-Account": account.account_id}),
    ):
        assert call(key, "get", "balance", **headers).status_code == 200
        refused = call(key, "post", "customers", **headers)
        assert refused.json()["error"]["code"] == "more_permissions_required"
    keys = ApiKey.objects.filter(platform_id=platform.account_id).exclude(kind="publishable")
    assert [key.permissions for key in keys] == [{"*": "read"}] * 3
    assert {row.granted["*"] for row in Connection.objects.all()} == {"read"}
    for token in (old, in_live):
        with pytest.raises(OAuthError):
            oauth.refresh(
                platform=platform, refresh_token=token.refresh_token, scope="read_write", at=now()
            )


def test_asking_again_for_more_does_not_raise_the_keys_from_before():
    platform, account = a_platform(), a_platform()
    again = agreeing(platform, account)
    old = again("read_only")

    new = again("read_write")

    assert call(old.access_token, "post", "customers").status_code == 403
    assert call(new.access_token, "post", "customers").status_code == 200


def test_what_rests_on_a_permission_ends_when_it_is_taken_back():
    platform, account = a_platform(), a_platform()
    again = agreeing(platform, account, resources=["*", "webhook_endpoints", "ephemeral_keys"])
    key = again().access_token
    customer = call(key, "post", "customers").json()["id"]
    more = {"Stripe-Version": "2026-10-28.endive"}
    payers = call(key, "post", "ephemeral_keys", {"customer": customer}, **more).json()["secret"]
    endpoint = call(key, "post", "webhook_endpoints", ENDPOINT).json()["id"]
    assert get(f"customers/{customer}", payers) == 200

    again(resources=["*"])

    assert get(f"customers/{customer}", payers) == 401
    assert Endpoint.objects.get(id=endpoint).deleted_at is not None


def test_a_refresh_token_gives_no_more_than_was_agreed_to_though_the_application_asks_for_more():
    platform, account = a_platform(), a_platform()
    application = an_application(platform, resources=["balance"])
    code = agree(a_person(account), address(application, scope="read_write"))["code"]
    token = ask("/oauth/token", a_key(platform), grant_type="authorization_code", code=code).json()
    application.resources = ["balance", "external_accounts", "customers"]
    application.save()

    fresh = ask(
        "/oauth/token",
        a_key(platform),
        grant_type="refresh_token",
        refresh_token=token["refresh_token"],
    ).json()

    assert get("balance", fresh["access_token"]) == 200
    assert get("customers", fresh["access_token"]) == 403
    assert get("customers", a_key(platform), **{"Stripe-Account": account.account_id}) == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("resources", "sees"), [([], False), (["events", "external_accounts"], True)]
)
@pytest.mark.parametrize("own", [False, True])
def test_endpoints_hear_of_bank_accounts_only_where_it_was_agreed(resources, sees, own):
    platform, shop = a_platform(), a_seller(a_platform())
    resources = [*resources, "webhook_endpoints", *([] if resources else ["events"])]
    token = connected(platform, shop, resources=resources)
    if own:
        made = call(token["access_token"], "post", "webhook_endpoints", ENDPOINT).json()["id"]
        endpoint = Endpoint.objects.get(id=made)
    else:
        endpoint = an_endpoint(platform, "https://example.com/", "*", is_connect=True)
    opener = Tenant(
        Connection.objects.get(
            account__opened_by__isnull=False, platform__opened__isnull=False
        ).platform_id,
        livemode=False,
    )
    openers = an_endpoint(opener, "https://example.com/", "*", is_connect=True)
    params = {
        "external_account": {
            "object": "bank_account",
            "country": "US",
            "currency": "usd",
            "routing_number": "110000000",
            "account_number": "000123456789",
        }
    }
    call(a_key(opener), "post", f"accounts/{shop.account_id}/external_accounts", params)

    relayed()

    def heard(by):
        rows = Delivery.objects.filter(endpoint=by)
        return {row.event.type: body_of(row) for row in rows}

    body = heard(endpoint)["account.external_account.created"]
    assert ('"last4": "6789"' in body) is sees
    assert '"object": "bank_account"' in body
    assert '"last4": "6789"' in heard(openers)["account.external_account.created"]


@pytest.mark.django_db(transaction=True)
def test_an_applications_endpoint_hears_nothing_without_the_permission_for_events(httpserver):
    platform, account = a_platform(), a_platform()
    token = connected(platform, account, resources=["webhook_endpoints"])
    params = {"url": httpserver.url_for("/"), "enabled_events": ["*"]}
    made = call(token["access_token"], "post", "webhook_endpoints", params)
    assert made.status_code == 200, made.content

    an_event(account)
    relayed()
    try_all()

    assert not Delivery.objects.exists()
