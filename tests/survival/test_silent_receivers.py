"""Receivers that accept and never answer keep nobody else waiting."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import stripe

from config.launcher import programs
from connect.models import Payout
from core.tenant import Tenant
from payments.models import Receipt
from tests.books import assert_books_balance
from tests.factories import a_bank_account, now
from tests.survival.test_crashes import Receiver, eventually
from webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.slow

CONFIRMED = {
    "amount": 100_00, "currency": "usd", "confirm": True,
    "payment_method": "pm_card_bypassPending", "allowed_payment_method_types": ["card"],
}  # fmt: skip


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port whose connections are taken by the system, and never by anybody else."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def beat(rialto_server) -> Iterator[None]:
    part = programs.beat(rialto_server.home, rialto_server.forkserver)
    part.start()
    yield
    part.stop()


def client_of(server, key: str) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": server.base_url})


def test_forty_silent_endpoints_of_one_business_delay_nobody_else(rialto_server, silent_port, beat):
    server = rialto_server
    loud = [server.new_platform() for _ in range(3)]
    for (_, key), count in zip(loud, (16, 16, 8), strict=True):
        for number in range(count):
            client_of(server, key).v1.webhook_endpoints.create(
                {"url": f"http://127.0.0.1:{silent_port}/{number}", "enabled_events": ["*"]}
            )
    account, key = server.new_platform()
    quiet, shop = Tenant(account, livemode=False), client_of(server, key)
    receiver = Receiver()
    receiver.listen_to(server, key)
    with ExitStack() as stack:
        stack.enter_context(server.using_its_database())
        stack.callback(receiver.server.server_close)
        stack.callback(receiver.server.shutdown)
        stack.callback(_delete_endpoints_of, [one for one, _ in loud])
        a_bank_account(quiet)
        for _, other in loud:
            client_of(server, other).v1.customers.create({"name": "Nobody"})
        silent = Delivery.objects.filter(account_id__in=[one for one, _ in loud])
        eventually(lambda: silent.count() >= 40)

        shop.v1.payment_intents.create(CONFIRMED | {"receipt_email": "ada@example.com"})
        shop.v1.payouts.create({"amount": 10_00, "currency": "usd"})
        # As if the minute in which it may be canceled had passed.
        Payout.objects.filter(account_id=account).update(send_at=now())

        # An answer takes 15 seconds at most: in this time none of the silent ones has ended
        # twice, and all forty would have filled every worker several times over.
        eventually(lambda: receiver.bodies, seconds=40)
        eventually(
            lambda: Receipt.objects.filter(account_id=account).exclude(sent_at=None), seconds=40
        )
        eventually(
            lambda: Payout.objects.filter(account_id=account).exclude(status="pending"), seconds=40
        )
        assert silent.filter(status="delivered").count() == 0
        assert Attempt.objects.filter(delivery__in=silent, error__contains="refused").count() == 0
        assert_books_balance()


def _delete_endpoints_of(accounts: list[str]) -> None:
    Endpoint.objects.filter(account_id__in=accounts).update(is_enabled=False)
