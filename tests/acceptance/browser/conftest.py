"""A shop with pages of published packages, built once, and a browser that looks at them."""

from urllib.parse import urlsplit

import pytest

from accounts.models import KeyKind
from tests import factories
from tests.acceptance.browser import shop as shops
from tests.acceptance.clients.installing import NotInstalled
from tests.acceptance.sdk import a_client


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    try:
        return shops.prepare(tmp_path_factory.mktemp("shop"))
    except NotInstalled as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def shop(rialto_server, folder):
    with rialto_server.using_its_database():
        tenant = factories.a_platform()
        key = factories.a_key(tenant)
        public = factories.a_key(tenant, kind=KeyKind.PUBLISHABLE)
    client, _ = a_client(rialto_server, key)
    built = shops.build(folder, rialto_server.base_url)
    with shops.opened(built, client, public, tenant) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser_page(chromium):
    """A phone that reaches this machine and nothing else; what it wanted elsewhere is noted."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-US")
    elsewhere: list[str] = []

    def route(asked):
        if urlsplit(asked.request.url).hostname in ("localhost", "127.0.0.1"):
            return asked.continue_()
        elsewhere.append(asked.request.url)
        return asked.abort()

    context.route("**/*", route)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.problems = []
    page.on("console", lambda line: line.type == "error" and page.problems.append(line.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()
    assert elsewhere == []


@pytest.fixture
def page(browser_page):
    browser_page.problems.clear()
    return browser_page
