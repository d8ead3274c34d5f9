"""Real processes, killed for real: nothing is lost and nothing happens twice."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import redis
import requests
import stripe

from config.launcher import programs
from config.launcher.supervisor import Supervisor
from config.launcher.up import wait_until_ready
from core.ids import random_text
from core.tenant import Tenant
from payments.models import Charge, PaymentIntent
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, total
from tests.truth import assert_the_processor_agrees
from webhooks.models import Delivery

pytestmark = pytest.mark.slow


@pytest.fixture
def platform(rialto_server) -> tuple[Tenant, str]:
    account, key = rialto_server.new_platform()
    return Tenant(account, livemode=False), key


@pytest.fixture
def inside(rialto_server) -> Iterator[None]:
    with rialto_server.using_its_database():
        yield


def pay(server: Any, key: str, idempotency_key: str, **more: str) -> requests.Response:
    wanted = {
        "amount": "10000",
        "currency": "usd",
        "confirm": "true",
        "payment_method": "pm_card_visa",
    } | more
    return requests.post(
        f"{server.base_url}/v1/payment_intents",
        data=wanted,
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key},
        timeout=30,
    )


def eventually(holds: Callable[[], Any], *, seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError("It did not happen in time.")


def kill(part: Any) -> None:
    os.killpg(part.process.pid, signal.SIGKILL)
    part.process.wait(10)


def assert_paid_once(tenant: Tenant) -> None:
    mine = {"account_id": tenant.account_id}
    assert PaymentIntent.objects.filter(**mine).count() == 1
    (charge,) = Charge.objects.filter(**mine)
    assert charge.status == "succeeded"
    assert SimulatedRequest.objects.filter(charge_key=charge.id).count() == 1
    assert_the_processor_agrees(**mine)
    assert total(tenant) == 96_80
    assert_books_balance()


def test_the_same_key_again_gets_the_same_answer(rialto_server, platform, inside):
    tenant, key = platform
    ours = random_text(20)

    first, again = (pay(rialto_server, key, ours) for _ in range(2))

    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert_paid_once(tenant)


def test_the_same_key_with_other_parameters_is_refused(rialto_server, platform, inside):
    tenant, key = platform
    ours = random_text(20)
    pay(rialto_server, key, ours)

    other = pay(rialto_server, key, ours, amount="10001")

    assert other.status_code == 400
    assert other.json()["error"]["type"] == "idempotency_error"
    assert_paid_once(tenant)


def test_eight_requests_at_once_with_one_key_pay_once(rialto_server, platform, inside):
    tenant, key = platform
    ours = random_text(20)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: pay(rialto_server, key, ours), range(8)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 200}) == 1
    refused = [a for a in answers if a.status_code == 409]
    assert all(a.headers["Stripe-Should-Retry"] == "true" for a in refused)
    assert all(a.json()["error"]["code"] == "idempotency_key_in_use" for a in refused)
    assert_paid_once(tenant)


def test_a_server_killed_between_the_two_transactions_pays_once(rialto_server, platform, inside):
    tenant, key = platform
    ours = random_text(20)
    slow = {"payment_method": "pm_card_rialto_slow"}
    web = rialto_server.parts["web"]

    def be_cut_off() -> None:
        with pytest.raises(requests.ConnectionError):
            pay(rialto_server, key, ours, **slow)

    request = threading.Thread(target=be_cut_off)
    request.start()
    eventually(
        lambda: PaymentIntent.objects.filter(
            account_id=tenant.account_id, status="processing"
        ).exists()
    )
    kill(web)
    request.join()
    web.start()
    wait_until_ready(rialto_server.home, Supervisor(rialto_server.home.run / "none", print))

    answer = pay(rialto_server, key, ours, **slow)

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "succeeded"
    assert_paid_once(tenant)


class Receiver:
    """Takes webhooks, and can be told to hang."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        self.hangs = threading.Event()
        self.was_called = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.bodies.append(body)
                receiver.signatures.append(self.headers["Stripe-Signature"])
                receiver.was_called.set()
                while receiver.hangs.is_set():
                    time.sleep(0.05)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def listen_to(self, server: Any, key: str) -> str:
        client = stripe.StripeClient(key, base_addresses={"api": server.base_url})
        endpoint = client.v1.webhook_endpoints.create(
            params={"url": self.url, "enabled_events": ["payment_intent.succeeded"]}
        )
        return str(endpoint.secret)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.hangs.clear()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def beat(rialto_server) -> Iterator[None]:
    part = programs.beat(rialto_server.home, rialto_server.forkserver)
    part.start()
    yield
    part.stop()


def delivered(tenant: Tenant) -> bool:
    return Delivery.objects.filter(account_id=tenant.account_id, status="delivered").exists()


def test_an_engine_killed_while_it_delivers_loses_nothing(
    rialto_server, platform, inside, receiver, beat
):
    tenant, key = platform
    secret = receiver.listen_to(rialto_server, key)
    worker = rialto_server.parts["deliveries"]
    receiver.hangs.set()
    pay(rialto_server, key, random_text(20))
    assert receiver.was_called.wait(20)

    kill(worker)
    receiver.hangs.clear()
    worker.start()

    eventually(lambda: delivered(tenant), seconds=40)
    assert len(receiver.bodies) >= 2
    assert len(set(receiver.bodies)) == 1
    event = stripe.Webhook.construct_event(receiver.bodies[-1], receiver.signatures[-1], secret)
    assert event.type == "payment_intent.succeeded"
    assert json.loads(receiver.bodies[0])["data"]["object"]["client_secret"] is None


def test_losing_all_of_redis_loses_no_event(rialto_server, platform, inside, receiver, beat):
    tenant, key = platform
    receiver.listen_to(rialto_server, key)
    worker = rialto_server.parts["deliveries"]
    kill(worker)
    try:
        pay(rialto_server, key, random_text(20))
        eventually(lambda: Delivery.objects.filter(account_id=tenant.account_id).exists())
        redis.Redis.from_url(rialto_server.env["REDIS_URL"]).flushdb()
    finally:
        worker.start()

    eventually(lambda: delivered(tenant), seconds=40)
    assert len(receiver.bodies) == 1
