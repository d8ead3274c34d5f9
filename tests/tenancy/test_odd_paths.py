"""Every address there is, with ids that nobody has: an answer, and never a failure of ours."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from connect.hosted.services import links
from connect.onboarding.services import accounts
from tests import factories
from tests.factories import a_key, a_platform, now

pytestmark = pytest.mark.django_db

# As they stand in a URL: NUL, broken UTF-8, other letters, numbers, and what is far too long.
ODD = (
    "%00", "acct_%00x", "%ff", "%F0%9F%92%A9", "-1", "1", "9" * 40, "x" * 300, "'", "..%2f..",
    "%0a", "_", "2026-13", "0000-00",
)  # fmt: skip
_NAMED = re.compile(r"<[^>]+>|\(\?P<\w+>[^)]*\)")


def addresses() -> Iterator[str]:
    """Give every route of every room, operators' and sellers' pages included."""

    def walk(patterns: list[Any], before: str) -> Iterator[str]:
        for pattern in patterns:
            here = before + str(pattern.pattern).lstrip("^")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern):
                yield "/" + here.rstrip("$").replace(r"\Z", "")

    yield from walk(get_resolver().url_patterns, "")


ROUTES = sorted({route for route in addresses() if _NAMED.search(route)})
API = [route for route in ROUTES if route.startswith("/v1/")]
PAGES = [route for route in ROUTES if not route.startswith("/v1/")]


def is_held(answer: Any) -> bool:
    """Tell whether an answer says what it may load, in which frames it stands, and its type."""
    policy = answer.headers.get("Content-Security-Policy", "")
    kind = answer.headers.get("Content-Type", "")
    return (
        answer.headers.get("X-Content-Type-Options") == "nosniff"
        and all(word in policy for word in ("default-src 'none'", "base-uri 'none'"))
        and "frame-ancestors" in policy
        and (not kind.startswith("text/") or "charset=" in kind)
    )


def ask(
    client: Client, route: str, methods: tuple[str, ...], odd: tuple[str, ...] = ODD, **more: Any
) -> list[str]:
    """Ask for a route with each odd value, and return what failed."""
    failed = []
    for value in odd:
        path = _NAMED.sub(lambda _, value=value: value, route)
        for method in methods:
            answer = client.generic(method, path, **more)
            if answer.status_code >= 500 or not is_held(answer):
                failed.append(f"{method} {path[:120]}: {answer.status_code}")
    return failed


@pytest.fixture
def visitor() -> Client:
    """Who is told of failures as a browser is, and does not raise them."""
    return Client(raise_request_exception=False)


@pytest.fixture
def operator(visitor) -> Client:
    visitor.force_login(factories.an_operator())
    return visitor


@pytest.fixture
def at_the_sellers(visitor) -> Client:
    platform = a_platform()
    seller = accounts.create(
        tenant=platform,
        type="express",
        country="US",
        business_type="company",
        name="Looms Ltd",
        capabilities={"transfers": {"requested": True}},
        at=now(),
    ).id
    _, token = links.create(
        tenant=platform,
        account_id=seller,
        type="account_onboarding",
        at=now(),
        return_url="https://market.example/",
        refresh_url="https://market.example/",
    )
    entered = visitor.get(f"/sellers/enter/{token}")
    visitor.setup = entered["Location"]
    return visitor


def test_there_are_addresses_of_every_room():
    rooms = {route.split("/")[1] for route in ROUTES}
    assert {"v1", "3d-secure", "sellers", "admin", "links", "inbound"} <= rooms
    assert len(API) > 70
    assert len([route for route in PAGES if route.startswith("/admin/")]) > 50


@pytest.mark.parametrize("route", API)
def test_an_odd_id_in_the_api_is_no_failure_of_ours(visitor, route):
    headers = {"Authorization": f"Bearer {a_key(a_platform())}"}
    kind = "application/x-www-form-urlencoded"

    assert ask(visitor, route, ("GET", "POST", "DELETE"), headers=headers, content_type=kind) == []


@pytest.mark.parametrize("route", [r for r in PAGES if r.startswith("/admin/")])
def test_an_odd_id_on_the_operators_pages_is_no_failure_of_ours(operator, route):
    assert ask(operator, route, ("GET", "POST"), ODD[:7]) == []


def test_no_object_of_any_kind_is_looked_for_outside_its_own_pages(
    operator, django_assert_num_queries
):
    for kind in ContentType.objects.all():
        with django_assert_num_queries(0):
            assert operator.get(f"/admin/r/{kind.id}/1/").status_code == 404


@pytest.mark.parametrize("route", [r for r in PAGES if not r.startswith("/admin/")])
def test_an_odd_id_on_other_pages_is_no_failure_of_ours(at_the_sellers, route):
    assert ask(at_the_sellers, route, ("GET", "POST")) == []


@pytest.mark.parametrize("person", ["person_nobody", "", "x\0y"])
def test_a_seller_removes_nobody_who_is_not_there(at_the_sellers, person):
    shown = at_the_sellers.get(f"{at_the_sellers.setup}people")
    answer = at_the_sellers.post(f"{at_the_sellers.setup}people", {"person": person})

    assert shown.status_code == 200
    assert answer.status_code < 500
