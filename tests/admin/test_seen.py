"""The console as people see it: at a desk, on a phone, and by those who listen."""

import re

import pytest
from django.conf import settings
from django.test import Client

from tests.admin.test_counts import pages
from tests.factories import an_operator
from tests.pages.looking import axe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WIDTHS = {1280: 900, 390: 800}
# The rest of the lists, and of the pages of rows, are made of the same templates as these.
SAMPLES = {
    "/admin/accounts/membership/",
    "/admin/payments/refund/",
    "/admin/webhooks/endpoint/",
    "/admin/accounts/account/<path:object_id>/change/",
    "/admin/accounts/connection/<path:object_id>/change/",
    "/admin/accounts/membership/<path:object_id>/change/",
    "/admin/connect/transfer/<path:object_id>/change/",
    "/admin/ledger/seal/<path:object_id>/change/",
    "/admin/payments/feeschedule/<path:object_id>/change/",
}
READ_IN_THAI = {"/admin/payments/refund/"}
# Pages of one object that are no table's fields.
STORIES = re.compile(r"/(paymentintent|customer|payout|event|requestlog|endpoint|dispute)/<")
# Looked at where people log in; answered without a page; or to be pressed, not followed.
ELSEWHERE = re.compile(r"/(login|factors|security|password_change|confirm|search|autocomplete|r)/")
SERIOUS = ("serious", "critical")
# What a browser advises is no fault.
GRAVE = ("error", "warning")


def looked_at() -> dict[str, str]:
    found = {}
    for route, address in pages().items():
        is_plain = re.fullmatch(r"/admin/\w+/\w+/(<path:object_id>/change/)?", route)
        if route in SAMPLES or STORIES.search(route) or not (is_plain or ELSEWHERE.search(route)):
            found[route] = address
    return found


@pytest.fixture
def desk(chromium, live_server):
    client = Client()
    client.force_login(an_operator())
    context = chromium.new_context(locale="en-US")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield client, page
    context.close()


def is_page(answer) -> bool:
    return answer.status_code == 200 and "html" in answer["Content-Type"]


def choose_thai(client, page, live_server) -> None:
    client.post("/admin/language/", {"language": "th"})
    chosen = client.cookies["rialto_console_language"].value
    cookie = {"name": "rialto_console_language", "value": chosen, "url": live_server.url}
    page.context.add_cookies([cookie])


def problems_of(page, told, reader) -> list[str]:
    """What is wrong with the page that is open; without a reader, as it is seen alone."""
    found = list(told)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        reached = page.evaluate("document.documentElement.scrollWidth")
        if reached > width:
            found.append(f"{width} px wide, and reaches to {reached}")
    if (count := page.locator("main").count()) != 1:
        found.append(f"{count} main")
    violations = reader.run(page).response["violations"] if reader else []
    grave = [one for one in violations if one["impact"] in SERIOUS]
    return [*found, *(f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in grave)]


def test_every_kind_of_page_is_whole_for_everybody(business, desk, live_server):
    client, page = desk
    told: list[str] = []
    page.on("console", lambda one: told.append(one.text) if one.type in GRAVE else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on(
        "request",
        lambda one: (
            None
            if one.url.startswith((live_server.url, "data:", "blob:"))
            else told.append(f"asks {one.url}")
        ),
    )
    reader, wrong, seen = axe.Axe(), {}, 0
    looked = {
        route: address for route, address in looked_at().items() if is_page(client.get(address))
    }
    for language in ("English", "Thai"):
        if language == "Thai":
            choose_thai(client, page, live_server)
        for route, address in looked.items():
            told.clear()
            page.goto(live_server.url + address)
            seen += 1
            # What is read aloud is made of the same elements in both.
            is_read = language == "English" or route in READ_IN_THAI
            if found := problems_of(page, told, reader if is_read else None):
                wrong[route, language] = found

    assert wrong == {}
    assert seen > 60
