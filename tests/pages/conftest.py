"""A phone without JavaScript, and one with it."""

import pytest

from connect.onboarding.services import accounts
from core.tenant import Tenant
from tests.factories import a_platform, now
from tests.pages.walking import BACK


@pytest.fixture
def page(chromium):
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(chromium):
    """A phone on which axe can run, for it is a program itself."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def platform() -> Tenant:
    return a_platform()


@pytest.fixture
def seller(platform) -> Tenant:
    account = accounts.create(
        tenant=platform,
        type="express",
        at=now(),
        name="Nok's Noodles",
        capabilities={"transfers": {"requested": True}, "card_payments": {"requested": True}},
    )
    return Tenant(account.id, livemode=False)


@pytest.fixture
def seen(phone):
    phone.context.route(f"{BACK}**", lambda route: route.fulfill(body="back"))
    return phone
