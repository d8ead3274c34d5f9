"""Every route, every method, ten callers: each gets what is its own, and not a word of the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import KeyKind
from accounts.services import api_keys
from api.absent.views import AbsentView
from api.access.permissions import SEPARATE
from core.tenant import Tenant
from tests.connect.test_oauth import connected
from tests.factories import a_key, a_platform, a_seller, now
from tests.tenancy.asking import METHODS, filled, names_in, routes

pytestmark = [pytest.mark.django_db, pytest.mark.attacks]

# Every route with every method that its view has. Lists of what Rialto does not have hold nothing.
CELLS = sorted(
    {
        (route, method, view.resource, method in view.publishable)
        for route, view in routes()
        for method in METHODS
        if hasattr(view, method.lower()) and view is not AbsentView
    }
)


# Where a page that knows the id of a hosted session sends its payer: `redirectToCheckout`.
OF_OLDER_PAGES = ("elements/checkouts/<str:session_id>", "GET")


@dataclass(frozen=True)
class Who:
    """A caller.

    Args:
        key: Its API key; None for nobody.
        acts_for: The account in its `Stripe-Account` header.
    """

    key: str | None
    acts_for: str | None = None

    def ask(self, route: str, method: str, ids: Mapping[str, str]) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        headers |= {"Stripe-Account": self.acts_for} if self.acts_for else {}
        more = {"content_type": "application/json"} if method == "POST" else {}
        send = getattr(Client(), method.lower())
        return send(f"/v1/{filled(route, dict(ids))}", headers=headers, **more)


def a_restricted_key(tenant: Tenant, may: str) -> str:
    resources = {resource for _, _, resource, _ in CELLS}
    return a_key(tenant, kind=KeyKind.RESTRICTED, permissions=dict.fromkeys(resources, may))


def a_revoked_key(tenant: Tenant) -> str:
    row, key = api_keys.create(tenant=tenant, at=now())
    api_keys.revoke(key=row, at=now())
    return key


@pytest.fixture
def seller(theirs) -> Tenant:
    return Tenant(theirs["account_id"], livemode=False)


def cells(who: Who, ids: Mapping[str, str]) -> Iterator[tuple[str, str, Any]]:
    for route, method, _, _ in CELLS:
        yield route, method, who.ask(route, method, ids)


def leaks(answer: Any, ids: Mapping[str, str], route: str) -> set[str]:
    """Return the ids of somebody else's objects in an answer, but for those that were asked for."""
    asked = filled(route, dict(ids))
    return {id for id in ids.values() if id in answer.content.decode() and id not in asked}


def test_the_matrix_knows_every_route():
    assert len(CELLS) > 130
    assert {method for _, method, _, _ in CELLS} == set(METHODS)


@pytest.mark.parametrize("who", ["nobody", "revoked", "unknown"])
def test_without_a_key_that_is_good_nothing_is_answered(who, theirs, platform):
    key = {"nobody": None, "revoked": a_revoked_key(platform), "unknown": "sk_test_rlt_x"}[who]

    for route, method, answer in cells(Who(key), theirs):
        assert answer.status_code == 401, (route, method, answer.content)
        assert not leaks(answer, theirs, route)


def test_a_publishable_key_reaches_only_what_is_for_payers(theirs, platform):
    key = a_key(platform, kind=KeyKind.PUBLISHABLE)

    for route, method, _, is_public in CELLS:
        answer = Who(key).ask(route, method, theirs)
        if not is_public:
            assert answer.status_code == 403, (route, method, answer.content)
        elif (route, method) != OF_OLDER_PAGES:
            assert answer.status_code in (400, 401, 403, 404), (route, method, answer.content)
        assert not leaks(answer, theirs, route)


def test_a_restricted_key_without_permissions_reaches_nothing(theirs, platform):
    for route, method, answer in cells(Who(a_restricted_key(platform, "none")), theirs):
        assert answer.status_code == 403, (route, method, answer.content)
        assert not leaks(answer, theirs, route)


def test_a_restricted_key_that_may_read_changes_nothing(theirs, platform):
    for route, method, answer in cells(Who(a_restricted_key(platform, "read")), theirs):
        is_refused = answer.status_code == 403
        assert is_refused is (method != "GET"), (route, method, answer.content)


@pytest.mark.parametrize("by", ["its token", "the app's own key and a header"])
def test_an_app_that_may_only_read_changes_nothing(by, theirs, platform):
    app = a_platform()
    token = connected(app, platform, "read_only")["access_token"]
    who = Who(token) if by == "its token" else Who(a_key(app), platform.account_id)

    for route, method, resource, _ in CELLS:
        answer = who.ask(route, method, theirs)
        is_refused = answer.status_code == 403
        is_apart = route == "accounts" or resource in SEPARATE
        assert is_refused is (method != "GET" or is_apart), (route, method, answer.content)
    found = [cell for cell in cells(who, theirs) if cell[1] == "GET" and cell[2].status_code == 200]
    assert len(found) > 50


@pytest.mark.parametrize("by", ["its token", "the app's own key and a header"])
def test_an_app_reads_what_was_agreed_on_and_nothing_else(by, theirs, platform):
    app, shared = a_platform(), ["balance", "balance_transactions"]
    token = connected(app, platform, "read_only", resources=shared)["access_token"]
    who = Who(token) if by == "its token" else Who(a_key(app), platform.account_id)

    for route, method, resource, _ in CELLS:
        answer = who.ask(route, method, theirs)
        is_refused = answer.status_code == 403
        assert is_refused is (method != "GET" or resource not in shared), (route, method)


@pytest.mark.parametrize(
    "who",
    ["a sibling", "a foreign platform", "a foreign platform's seller", "another account's token"],
)
def test_strangers_find_nothing_of_it(who, theirs, platform):
    foreign = a_platform()
    stranger = {
        "a sibling": Who(a_key(a_seller(platform))),
        "a foreign platform": Who(a_key(foreign)),
        "a foreign platform's seller": Who(a_key(foreign), a_seller(foreign).account_id),
        "another account's token": Who(connected(a_platform(), foreign)["access_token"]),
    }[who]

    for route, method, resource, _ in CELLS:
        answer = stranger.ask(route, method, theirs)
        assert not leaks(answer, theirs, route), (route, method)
        if who == "another account's token" and resource in SEPARATE:
            assert answer.status_code == 403, (route, method, answer.content)
        elif names_in(route):
            assert answer.status_code in (400, 404), (route, method, answer.content)


def test_a_foreign_platform_cannot_act_for_a_seller_that_is_not_its_own(theirs):
    who = Who(a_key(a_platform()), theirs["account_id"])

    for route, method, answer in cells(who, theirs):
        assert answer.status_code == 403, (route, method, answer.content)
        assert answer.json()["error"]["code"] == "account_invalid"
        assert leaks(answer, theirs, route) <= {who.acts_for}


def test_a_platform_that_acts_for_a_seller_sees_the_sellers_things_only(theirs, owner, seller):
    """Its own objects are missing there, as they are to the seller itself."""
    acting, itself = Who(owner, seller.account_id), Who(a_key(seller))

    for route, method, _, _ in CELLS:
        if method != "GET":
            continue
        for_it, its_own = (who.ask(route, method, theirs) for who in (acting, itself))
        assert for_it.status_code == its_own.status_code, (route, for_it.content, its_own.content)


def test_the_owner_finds_all_of_it(theirs, owner):
    """So that what the others do not find is there to be found."""
    found = [route for route, method, answer in cells_of(owner, theirs) if answer == 200]

    assert len(found) > 50


def cells_of(key: str, ids: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    for route, method, _, _ in CELLS:
        if method == "GET":
            yield route, method, Who(key).ask(route, method, ids).status_code
