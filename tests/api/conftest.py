from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from accounts.services import api_keys
from core.ids import new_id
from core.tenant import Tenant
from tests.api.room import outcomes

Call = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def _room(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.api.room"
    outcomes.clear()
    yield
    outcomes.may_go_on.set()


@pytest.fixture
def tenant(db: None) -> Tenant:
    account = Account.objects.create(id=new_id("acct"), created_at=timezone.now())
    return Tenant(account.id, livemode=False)


@pytest.fixture
def key(tenant: Tenant) -> str:
    return api_keys.create(tenant=tenant, at=timezone.now())[1]


@pytest.fixture
def post(key: str) -> Call:
    """Send a form as the SDK does."""

    def send(
        body: str | bytes = "amount=100&currency=usd",
        kind: str = "application/x-www-form-urlencoded",
        to: str = "/v1/widgets",
        **headers: str,
    ) -> HttpResponse:
        return Client().post(to, body, kind, headers=_headers(key, headers))

    return send


@pytest.fixture
def get(key: str) -> Call:
    def send(to: str, **headers: str) -> HttpResponse:
        return Client().get(to, headers=_headers(key, headers))

    return send


def _headers(key: str, headers: dict[str, str]) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"Authorization": f"Bearer {key}"} | named
