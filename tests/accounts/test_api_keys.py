import base64
import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import authentication
from accounts.models import Account, ApiKey, Connection, KeyKind
from accounts.services import api_keys
from api import request_log
from core.errors import InvalidRequest
from core.ids import new_id
from core.tenant import Tenant


@pytest.fixture(autouse=True)
def _room(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.api.room"


def an_account(**details: Any) -> Tenant:
    account = Account.objects.create(id=new_id("acct"), created_at=timezone.now(), **details)
    return Tenant(account.id, livemode=False)


def a_key(tenant: Tenant, **details: Any) -> str:
    return api_keys.create(tenant=tenant, at=timezone.now(), **details)[1]


def connect(platform: Tenant, account: Tenant, **details: Any) -> None:
    Connection.objects.create(
        platform_id=platform.account_id,
        account_id=account.account_id,
        livemode=details.pop("livemode", False),
        created_at=timezone.now(),
        **details,
    )


def ask(key: str, path: str = "/v1/widgets", method: str = "get", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    headers = {"Authorization": f"Bearer {key}"} | named
    return getattr(Client(), method)(path, headers=headers)


def error_of(response: Any) -> dict[str, Any]:
    return orjson.loads(response.content)["error"]


def test_a_key_has_its_kind_its_mode_and_a_checksum(db):
    tenant = an_account()

    row, text = api_keys.create(tenant=tenant, at=timezone.now())

    assert re.fullmatch(r"sk_test_rlt[0-9A-Za-z]{49}", text)
    assert row.hint == f"{text[:15]}...{text[-4:]}"
    assert row.public_text is None
    live = api_keys.create(
        tenant=Tenant(tenant.account_id, livemode=True), kind=KeyKind.RESTRICTED, at=timezone.now()
    )
    assert live[1].startswith("rk_live_rlt")


@pytest.mark.parametrize("livemode", [False, True])
@pytest.mark.parametrize("kind", [KeyKind.SECRET, KeyKind.RESTRICTED, KeyKind.PUBLISHABLE])
def test_a_new_key_passes_the_check_of_clients_that_look_at_it_first(db, kind, livemode):
    tenant = Tenant(an_account().account_id, livemode=livemode)

    text = a_key(tenant, kind=kind)

    assert re.search(r"^(pk|sk|rk)_(test|live)_[a-zA-Z0-9]{24,}$", text)
    assert ask(text).status_code == (403 if kind != KeyKind.SECRET else 200)


def test_a_key_of_the_older_spelling_opens_until_it_ends(db):
    row, text = api_keys.create(tenant=an_account(), at=timezone.now())
    start = f"sk_test_rlt_{text[11:-6]}"
    older = start + api_keys.checksum(start)
    row.digest = api_keys.digest(older)
    row.save()

    assert ask(older).status_code == 200
    assert ask(text).status_code == 401
    api_keys.revoke(key=row, at=timezone.now())
    assert error_of(ask(older))["code"] == "api_key_expired"


def test_the_text_is_not_stored(db):
    _, text = api_keys.create(tenant=an_account(), at=timezone.now())

    stored = ApiKey.objects.values().get()

    assert text not in str(stored)
    assert bytes(stored["digest"]) == api_keys.digest(text)
    assert len(stored["digest"]) == 32


def test_a_key_opens_by_bearer_and_by_basic(db):
    key = a_key(an_account())

    basic = base64.b64encode(f"{key}:".encode()).decode()

    assert ask(key).status_code == 200
    assert (
        Client().get("/v1/widgets", headers={"Authorization": f"Basic {basic}"}).status_code == 200
    )
    assert (
        Client().get("/v1/widgets", headers={"Authorization": f"basic {basic}"}).status_code == 200
    )


def test_a_typing_error_is_found_without_a_query(db, django_assert_num_queries):
    key = a_key(an_account())
    typo = key[:20] + ("a" if key[20] != "a" else "b") + key[21:]

    with django_assert_num_queries(0):
        assert ask(typo).status_code == 401


def test_a_good_key_costs_one_query(db, django_assert_num_queries):
    platform, seller = an_account(), an_account()
    connect(platform, seller)
    key = a_key(platform)

    with django_assert_num_queries(1):
        ask(key, "/v1/open")
    with django_assert_num_queries(1):
        ask(key, "/v1/open", stripe_account=seller.account_id)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sk_test_4eC39HqLyjWDarjtT1zdp7dc", "sk_test_********p7dc"),
        ("sk_live_rlt" + "a" * 49, "sk_live_rlt********aaaa"),
        ("sk_live_rlt_" + "a" * 49, "sk_live_rlt_********aaaa"),
        ("hunter2", "********"),
        ("my long secret pass phrase", "********rase"),
    ],
)
def test_a_refused_key_shows_its_start_and_last_four_at_most(db, text, shown):
    response = ask(text)

    assert response.status_code == 401
    assert error_of(response)["message"] == f"Invalid API Key provided: {shown}"


def test_an_unknown_key_is_refused(db):
    key = a_key(an_account())
    ApiKey.objects.all().delete()

    assert ask(key).status_code == 401


def test_a_key_that_expires_is_refused_from_that_moment(db):
    tenant = an_account()
    row, key = api_keys.create(tenant=tenant, at=timezone.now())

    api_keys.revoke(key=row, at=timezone.now() + timedelta(seconds=30))
    assert ask(key).status_code == 200

    api_keys.revoke(key=row, at=timezone.now() - timedelta(seconds=1))
    response = ask(key)
    assert response.status_code == 401
    assert error_of(response)["code"] == "api_key_expired"


def test_a_key_that_ends_sooner_keeps_its_end(db):
    row, _ = api_keys.create(tenant=an_account(), at=timezone.now())
    soon = timezone.now() + timedelta(minutes=5)

    api_keys.revoke(key=row, at=soon)
    api_keys.revoke(key=row, at=soon + timedelta(days=7))

    assert row.expires_at == soon


@pytest.mark.parametrize("hours", [0, 1, 24, 168])
def test_a_rolled_key_lives_on_as_long_as_asked(db, hours):
    tenant, at = an_account(), timezone.now()
    old, old_text = api_keys.create(
        tenant=tenant, kind=KeyKind.RESTRICTED, permissions={"widgets": "read"}, at=at
    )

    new, new_text = api_keys.roll(key=old, expires_in=timedelta(hours=hours), at=at)

    assert ask(old_text).status_code == (200 if hours else 401)
    assert ask(new_text).status_code == 200
    assert new.permissions == {"widgets": "read"}
    assert old.expires_at == at + timedelta(hours=hours)


def test_a_roll_has_four_overlaps_and_needs_a_key_in_use(db):
    row, _ = api_keys.create(tenant=an_account(), at=timezone.now())

    with pytest.raises(InvalidRequest):
        api_keys.roll(key=row, expires_in=timedelta(hours=2), at=timezone.now())
    api_keys.revoke(key=row, at=timezone.now())
    with pytest.raises(InvalidRequest):
        api_keys.roll(key=row, expires_in=timedelta(0), at=timezone.now())


def test_keys_in_use_are_listed_newest_first_for_their_mode_only(db):
    tenant, at = an_account(), timezone.now()
    first, second, ended = (api_keys.create(tenant=tenant, at=at)[0] for _ in range(3))
    api_keys.create(tenant=Tenant(tenant.account_id, livemode=True), at=at)
    api_keys.create(tenant=an_account(), at=at)
    api_keys.revoke(key=ended, at=at)

    listed = api_keys.list_keys(tenant=tenant, at=at)

    assert [key.id for key in listed] == [second.id, first.id]


def test_the_key_of_a_closed_account_is_refused(db):
    assert ask(a_key(an_account(closed_at=timezone.now()))).status_code == 401


def test_a_platform_acts_on_its_connected_account(db):
    platform, seller = an_account(api_version="2024-06-20"), an_account()
    connect(platform, seller)
    key = a_key(platform)

    for header in ("stripe_account", "stripe_context"):
        response = ask(key, "/v1/open", **{header: seller.account_id})
        assert response.status_code == 200
        assert response["Stripe-Version"] == "2024-06-20"
    assert ask(key, stripe_account=platform.account_id).status_code == 200


@pytest.mark.parametrize("case", ["stranger", "ended", "other mode", "closed", "nobody", "nul"])
def test_an_account_that_is_not_connected_is_refused(db, case):
    platform = an_account()
    seller = an_account(closed_at=timezone.now() if case == "closed" else None)
    named = seller.account_id
    if case == "ended":
        connect(platform, seller, ended_at=timezone.now())
    elif case == "other mode":
        connect(platform, seller, livemode=True)
    elif case == "closed":
        connect(platform, seller)
    elif case == "nobody":
        named = "acct_nobody"
    elif case == "nul":
        named = "acct_\0"

    response = ask(a_key(platform), stripe_account=named)

    assert response.status_code == 403
    assert error_of(response)["code"] == "account_invalid"


def test_two_headers_must_name_the_same_account(db):
    response = ask(a_key(an_account()), stripe_account="acct_a", stripe_context="acct_b")

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("permissions", "method", "status"),
    [
        ({"widgets": "read"}, "get", 200),
        ({"widgets": "write"}, "get", 200),
        ({"widgets": "read"}, "post", 403),
        ({"widgets": "none"}, "get", 403),
        ({"others": "write"}, "get", 403),
        ({}, "get", 403),
    ],
)
def test_a_restricted_key_may_do_what_its_permissions_say(db, permissions, method, status):
    key = a_key(an_account(), kind=KeyKind.RESTRICTED, permissions=permissions)

    response = ask(key, method=method)

    assert response.status_code == status
    if status == 403:
        level = "read" if method == "get" else "write"
        assert f"'rak_widgets_{level}'" in error_of(response)["message"]


def test_a_restricted_key_needs_leave_to_act_on_connected_accounts(db):
    platform, seller = an_account(), an_account()
    connect(platform, seller)
    narrow = a_key(platform, kind=KeyKind.RESTRICTED, permissions={"widgets": "read"})
    wide = a_key(
        platform,
        kind=KeyKind.RESTRICTED,
        permissions={"widgets": "read", "connected_accounts": "read"},
    )

    refused = ask(narrow, stripe_account=seller.account_id)

    assert "rak_connected_accounts_read" in error_of(refused)["message"]
    assert ask(wide, stripe_account=seller.account_id).status_code == 200


def test_a_view_without_a_resource_is_closed_to_restricted_keys(db):
    key = a_key(an_account(), kind=KeyKind.RESTRICTED, permissions={"widgets": "write"})

    assert ask(key, "/v1/open").status_code == 403


def test_a_publishable_key_opens_only_what_is_marked_for_it(db):
    key = a_key(an_account(), kind=KeyKind.PUBLISHABLE)

    assert ask(key, "/v1/widgets").status_code == 403
    assert ask(key, "/v1/widgets", method="post").status_code == 403
    assert ask(key, "/v1/widgets/x", method="delete").status_code == 403
    # Let in, and then there is no such widget.
    assert ask(key, "/v1/widgets/x").status_code == 404
    assert ApiKey.objects.get().public_text == key


@pytest.mark.parametrize(
    "details",
    [
        {"permissions": {"widgets": "read"}},
        {"kind": KeyKind.RESTRICTED, "permissions": {"widgets": "admin"}},
        {"expires_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(db, details):
    with pytest.raises(InvalidRequest):
        a_key(an_account(), **details)


def test_last_use_is_written_once_a_minute_at_most(db, settings):
    settings.REQUEST_LOG_ENABLED = True
    authentication._noted.clear()
    key = a_key(an_account())

    def uses_written() -> Any:
        request_log.flush()
        return ApiKey.objects.get().last_used_at

    ask(key)
    first = uses_written()
    ask(key)
    assert uses_written() == first

    # Another process: it has not noted the key, but sees in the row that it was used just now.
    authentication._noted.clear()
    ask(key)
    assert authentication._used == set()
    assert first is not None


@pytest.mark.attacks
def test_live_keys_need_tls_where_the_settings_say_so(db, settings):
    tenant = Tenant(an_account().account_id, livemode=True)
    key = a_key(tenant)
    assert ask(key).status_code == 200

    settings.API_LIVE_NEEDS_TLS = True

    # One of ours and one of nobody's, and neither is looked up.
    for sent in (key, f"{key[:-1]}x"):
        with CaptureQueriesContext(connection) as asked:
            refused = ask(sent)
        assert (refused.status_code, len(asked)) == (403, 0)
        assert "only be used over TLS" in refused.json()["error"]["message"]
    assert (
        Client()
        .get("/v1/widgets", headers={"Authorization": f"Bearer {key}"}, secure=True)
        .status_code
        == 200
    )
