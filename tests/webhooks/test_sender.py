"""What a hostile or broken receiver can do to us: nothing."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from werkzeug import Request, Response

from tests.factories import a_platform, now
from tests.webhooks.sending import post
from tests.webhooks.steps import a_due_delivery, an_endpoint, an_event, relayed, try_all
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.sending.client import Reply
from webhooks.services import deliveries


@contextmanager
def a_receiver(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """Listen on 127.0.0.1 with a raw socket."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connected, _ = listener.accept()
        except OSError:
            return
        with connected:
            connected.recv(65_536)
            with suppress(OSError):
                behave(connected)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        # Wakes an `accept` that nobody came for.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        listener.close()


def send(url: str, *, seconds: float = 1.0) -> tuple[Reply, float]:
    started = time.monotonic()
    reply = post(url, seconds=seconds)
    return reply, time.monotonic() - started


@pytest.mark.parametrize("seconds", ["9" * 400, "-5", "1e9", "²", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_an_absurd_retry_after_is_ignored(seconds):
    answer = f"HTTP/1.1 503 No\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n"
    with a_receiver(lambda c: c.sendall(answer.encode())) as url:
        reply, _ = send(url)

    assert reply.status_code == 503
    assert reply.retry_after_seconds is None
    assert deliveries.wait_after(1, reply, dice=1.0) == deliveries.WAITS[0] * 1.2


def test_a_retry_after_of_ten_digits_waits_a_day():
    answer = b"HTTP/1.1 503 No\r\nRetry-After: 9999999999\r\nContent-Length: 0\r\n\r\n"
    with a_receiver(lambda c: c.sendall(answer)) as url:
        reply, _ = send(url)

    assert deliveries.wait_after(1, reply, dice=0.5) == timedelta(hours=24)


def test_a_second_address_is_tried_when_the_first_does_not_answer():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    found = [info[4][0] for info in socket.getaddrinfo("localhost", 1, type=socket.SOCK_STREAM)]
    assert "127.0.0.1" in found
    with a_receiver(lambda c: c.sendall(answer)) as url:
        reply, _ = send(url.replace("127.0.0.1", "localhost"))

    assert reply.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_headers_are_kept_without_what_opens_doors(httpserver):
    headers = {"Set-Cookie": "session=s3cret", "X-Served-By": "a"}
    httpserver.expect_request("/").respond_with_data("", headers=headers)
    a_due_delivery(a_platform(), httpserver.url_for("/"))

    try_all()

    attempt = Attempt.objects.get()
    signature = httpserver.log[0][0].headers["Stripe-Signature"].partition("v1=")[2]
    assert attempt.response_headers["x-served-by"] == "a"
    assert attempt.response_headers["set-cookie"] == "[redacted]"
    assert attempt.request_headers["stripe-signature"] == "[redacted]"
    assert attempt.request_headers["webhook-id"] == Delivery.objects.get().event_id
    kept = f"{attempt.request_headers} {attempt.response_headers}"
    assert "s3cret" not in kept
    assert signature not in kept


@pytest.mark.django_db(transaction=True)
def test_a_wait_begins_when_the_try_has_ended(httpserver):
    def slowly(_: Request) -> Response:
        time.sleep(1.0)
        return Response("", status=503, headers={"Retry-After": "20"})

    httpserver.expect_request("/").respond_with_handler(slowly)
    delivery = a_due_delivery(a_platform(), httpserver.url_for("/"))
    at = now()
    try_all()

    delivery.refresh_from_db()
    assert delivery.next_attempt_at is not None
    assert delivery.next_attempt_at >= at + timedelta(seconds=21)


@pytest.mark.django_db(transaction=True)
def test_a_secret_that_cannot_be_read_is_a_failed_try_and_stops_nobody_else(httpserver):
    httpserver.expect_request("/").respond_with_data("")
    platform = a_platform()
    broken = an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    an_endpoint(platform, httpserver.url_for("/"), "customer.created")
    Endpoint.objects.filter(id=broken.id).update(secret=b"\x01" + bytes(60))
    an_event(platform)
    relayed()

    try_all()

    states = dict(Delivery.objects.values_list("endpoint_id", "status"))
    assert states.pop(broken.id) == "failing"
    assert list(states.values()) == ["delivered"]
    assert "RIALTO_ENCRYPTION_KEY" in Attempt.objects.get(delivery__endpoint=broken).error
