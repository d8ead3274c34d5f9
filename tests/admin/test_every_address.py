"""Every address of the operators' pages, with what nobody should send: never a failure of ours."""

import re
from collections.abc import Iterator
from inspect import unwrap
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_NAMED = re.compile(r"<[^>]+>|\(\?P<\w+>[^)]*\)")
# As the admin writes them in an address: a digit that is none, a NUL, quotes, slashes. What else is
# odd, `tests/tenancy/test_odd_paths.py` tries everywhere.
ODD = ("%C2%B2", "_00", "_27_22_2F..")
OF_LISTS = (
    "q=%C2%B2", "q=%00", "q=" + "9" * 40, "p=x&o=9.9", "livemode__exact=x", "created_at__gte=x",
    "status__exact=%00", "mode=%00&at=x",
)  # fmt: skip
OF_FORMS = ("starts_at=x&account=%00&currency=x&rate=x&livemode=x", "_to_field=x")
# Everybody's own: who one is, and by which session.
OWN = ("django_session", "accounts_session")
# Who takes the trail along is told in the trail.
TAKES_THE_TRAIL = "/admin/accounts/auditevent/export/"
# Whoever looks at these is told in the trail, which they change.
LOOKED_AT = ("/admin/documents/", "/admin/connect/payout/bank-files/")
# Pages about rows of another table than their addresses begin with.
ELSEWHERE = {
    "/payments/charge/statements/": "/processors/settlementline/",
    "/connect/payout/bank-files/": "/processors/bankfile/",
    "/documents/": "/accounts/file/",
    "/exports/": "/console/export/",
}
# An application is used in both modes.
OF_BOTH_MODES = "/admin/accounts/oauthapplication/"
WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)")
LOCKS = re.compile(r"FOR (NO KEY )?UPDATE")


def addresses() -> Iterator[str]:
    def walk(patterns: list[Any], before: str) -> Iterator[str]:
        for pattern in patterns:
            here = before + str(pattern.pattern).lstrip("^")
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern):
                yield "/" + here.rstrip("$").replace(r"\Z", "")

    yield from walk(get_resolver().url_patterns, "")


ALL = sorted({one for one in addresses() if one.startswith("/admin/")} - {"/admin/logout/"})
LISTED = [one for one in ALL if not _NAMED.search(one)]
OF_ROWS = [one for one in ALL if _NAMED.search(one)]
# The buttons of all pages, by what they say is to be done.
BUTTONS = sorted(
    {
        word
        for path in Path(settings.ROOT).glob("*/templates/admin/**/*.html")
        for word in re.findall(r'name="do" value="(\w+)"', path.read_text())
    }
)


def words_of(route: str) -> list[str]:
    """Give what may be done by a page: the words that its room knows, and one that it does not."""
    view = unwrap(resolve(route).func)
    room = Path(settings.ROOT) / view.__module__.partition(".")[0]
    sources = "".join(module.read_text() for module in room.glob("**/*.py"))
    known = [word for word in BUTTONS if f'"{word}"' in sources]
    return [*known, *[word for word in BUTTONS if word not in known][:1]]


class Written(list[str]):
    """The tables that a request has written, but for whose session it is."""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        tables = [name for _, name in WRITES.findall(LOCKS.sub("", str(sql)))]
        self.extend(name for name in tables if not name.startswith(OWN))
        return execute(sql, params, many, context)


@pytest.fixture
def written() -> Iterator[Written]:
    seen = Written()
    with connection.execute_wrapper(seen):
        yield seen


@pytest.fixture
def visitor(operator: Client) -> Client:
    """An operator who is told of failures as a browser is."""
    operator.raise_request_exception = False
    return operator


def key_of(route: str, *, of_test_mode: bool = False) -> str | None:
    """Give the key of a row that an address is about, as its pages write it.

    The admin quotes underscores in the addresses of its own pages; pages of ours take ids as they
    are.
    """
    for part, table in ELSEWHERE.items():
        route = route.replace(part, table)
    room, _, name = route.removeprefix("/admin/").partition("/")
    try:
        model = apps.get_model(room, name.partition("/")[0])
    except LookupError:
        return None
    rows = model._default_manager.all()
    if any(field.name == "livemode" for field in model._meta.fields):
        ours = rows.filter(livemode=False)
        rows = ours if of_test_mode or ours else rows
    elif of_test_mode:
        rows = rows.none()
    row = rows.first()
    if row is None:
        return None
    return str(row.pk) if "<str:" in route else quote(str(row.pk))


def beyond_a_look(route: str, written: "Written") -> set[str]:
    """Give the tables that were written, but for the trail where that tells who looked."""
    return set(written) - ({"accounts_auditevent"} if route.startswith(LOOKED_AT) else set())


def fill(route: str, key: str) -> str:
    return _NAMED.sub(lambda _: key, route)


def successes(answer: Any) -> list[str]:
    """Give what a page says that was done."""
    told = answer.context["messages"] if answer.context and "messages" in answer.context else ()
    return [one.message for one in told if one.level_tag == "success"]


def test_there_are_addresses_and_buttons_of_every_room():
    assert len(LISTED) > 100
    assert len(OF_ROWS) > 150
    assert {"make", "approve", "verify", "release", "charges", "resolve", "ask"} <= set(BUTTONS)


def test_nothing_odd_in_an_address_is_a_failure_of_ours(visitor, business, written):
    failed = []
    for route in OF_ROWS:
        for odd in ODD:
            for method in ("GET", "POST") if odd == ODD[0] else ("GET",):
                status = visitor.generic(method, fill(route, odd)).status_code
                if status >= 500 or written:
                    failed.append(f"{method} {fill(route, odd)[:90]}: {status} {written}")
                written.clear()

    assert "\n".join(failed) == ""


def test_nothing_odd_in_a_query_is_a_failure_of_ours(visitor, business, written):
    failed = []
    for route in LISTED:
        for query in OF_FORMS if route.endswith("/add/") else OF_LISTS:
            status = visitor.get(f"{route}?{query}").status_code
            if status >= 500:
                failed.append(f"{route}?{query}: {status}")

    assert "\n".join(failed) == ""
    assert written == []


def test_whoever_follows_a_link_changes_nothing(visitor, business, written):
    failed, opened = [], 0
    for route in [one for one in ALL if one != TAKES_THE_TRAIL]:
        key = key_of(route)
        if _NAMED.search(route) and key is None:
            continue
        answer = visitor.get(fill(route, key or ""), follow=True)
        opened += answer.status_code == 200
        is_missed = key is not None and answer.status_code == 404
        if answer.status_code >= 500 or is_missed or beyond_a_look(route, written):
            failed.append(f"{route}: {answer.status_code} {sorted(set(written))}")
        written.clear()

    assert "\n".join(failed) == ""
    assert opened > 200


def test_an_empty_form_changes_nothing_and_is_no_success(visitor, business, written):
    # Whose only field may be empty; and what needs no field at all.
    empty = (
        TAKES_THE_TRAIL,
        "/admin/webhooks/delivery/<str:delivery_id>/resend/",
    )
    failed = []
    for route in [one for one in ALL if not one.startswith(empty)]:
        key = key_of(route)
        if _NAMED.search(route) and key is None:
            continue
        answer = visitor.post(fill(route, key or ""), follow=True)
        if answer.status_code >= 500 or written or successes(answer):
            failed.append(f"{route}: {answer.status_code} {sorted(set(written))}")
        written.clear()

    assert "\n".join(failed) == ""


@pytest.mark.parametrize("mode", ["live", "true"])
def test_no_button_without_its_object_or_of_another_mode_does_anything(
    visitor, business, written, mode
):
    pages = [one for one in LISTED if not one.endswith("/add/") and one != TAKES_THE_TRAIL]
    seller = factories.a_seller(factories.a_platform()).account_id
    written.clear()
    failed = []
    for route in [one for one in pages if one.count("/") == 5]:
        for do in words_of(route):
            for account in ("", seller):
                form = {"do": do, "mode": mode, "livemode": mode, "account": account}
                answer = visitor.post(route, form | {"seller": account, "line": account})
                if answer.status_code >= 500 or written:
                    failed.append(f"{route} {form}: {answer.status_code} {set(written)}")
                written.clear()

    assert "\n".join(failed) == ""


def test_whatever_is_of_the_other_mode_is_hidden_untouched_and_its_page_offers_to_switch(
    visitor, business, written
):
    visitor.post("/admin/mode/", {"livemode": "true"})
    written.clear()
    failed, offered = [], 0
    for route in [one for one in OF_ROWS if not one.startswith(OF_BOTH_MODES)]:
        if (key := key_of(route, of_test_mode=True)) is None:
            continue
        address, is_page = fill(route, key), route.endswith("/change/")
        # The page of a charge is that of its payment.
        shown = visitor.get(address, follow=is_page)
        sent = visitor.post(address, {"reason": "So"})
        offers = shown.status_code == 404 and b"is test data" in shown.content
        offered += offers
        if (is_page and not offers) or shown.status_code not in {302, 403, 404, 405}:
            failed.append(f"GET {address}: {shown.status_code}, offers: {offers}")
        if sent.status_code not in {302, 403, 404, 405} or successes(sent) or written:
            failed.append(f"POST {address}: {sent.status_code} {sorted(set(written))}")
        written.clear()

    assert "\n".join(failed) == ""
    assert offered > 50


def test_who_may_look_at_everything_and_change_nothing_sees_every_page(business, written):
    person = factories.an_operator("auditor@example.com", role="auditor")
    client = Client(raise_request_exception=False)
    client.force_login(person)
    written.clear()
    failed = []
    for route in [one for one in ALL if one != TAKES_THE_TRAIL]:
        key = key_of(route)
        if _NAMED.search(route) and key is None:
            continue
        shown = client.get(fill(route, key or ""))
        changed = client.post(fill(route, key or ""), {"do": "approve"})
        if "default-src 'none'" not in shown.headers.get("Content-Security-Policy", ""):
            failed.append(f"{route}: it may load and run anything")
        if max(shown.status_code, changed.status_code) >= 500 or beyond_a_look(route, written):
            failed.append(f"{route}: {shown.status_code}, {changed.status_code}, {set(written)}")
        written.clear()

    assert "\n".join(failed) == ""
