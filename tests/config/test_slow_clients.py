"""Clients that take an answer a byte at a time, and addresses that open too much."""

import json
import select
import socket
import time
from contextlib import ExitStack

import pytest

from config.door.answers import LEAST_BYTES_PER_SECOND, UNREAD_SECONDS
from config.door.bodies import Refused
from config.door.guests import Guests
from config.door.watch import Watch
from tests.config.test_silent_clients import LONG_BODY, head, pay

MOST = 256


@pytest.fixture
def connected():
    """Connect clients to a socket of this process: each with the server's end of its connection."""
    with ExitStack() as all_of_them:
        door = all_of_them.enter_context(socket.create_server(("127.0.0.1", 0)))

        def connect():
            client = all_of_them.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(10)
            client.connect(door.getsockname())
            server = all_of_them.enter_context(door.accept()[0])
            server.setblocking(False)
            return client, server

        yield connect


def fill(server):
    """Send until the system takes no more."""
    sent = 0
    try:
        while True:
            sent += server.send(bytes(65_536))
    except BlockingIOError:
        return sent


def is_open(client):
    """Tell whether the other side may still say something: all that it said is read first."""
    client.setblocking(False)
    try:
        while client.recv(65_536):
            pass
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    return False


def test_whoever_takes_too_little_of_what_waits_is_hung_up_on_and_nobody_else(connected):
    watch = Watch(0)
    (slow, to_slow), (steady, to_steady), (idle, _) = connected(), connected(), connected()
    fill(to_slow)
    fill(to_steady)

    ended = [watch.check(0), watch.check(UNREAD_SECONDS)]
    slow.recv(10)
    for second in (4, 8, 12):
        taken = 0
        while taken < 5 * LEAST_BYTES_PER_SECOND:
            taken += len(steady.recv(65_536))
        ended.append(watch.check(UNREAD_SECONDS + second))
        if second == 4:
            # The server hears of it, and closes its end.
            assert to_slow.recv(1) == b""
            to_slow.close()

    assert ended == [0, 0, 1, 0, 0]
    assert not is_open(slow)
    assert is_open(steady)
    assert is_open(idle)


def test_what_was_taken_in_time_is_forgotten(connected):
    watch = Watch(0)
    client, server = connected()
    for round in range(4):
        server.send(b"x" * 100)
        assert watch.check(round * UNREAD_SECONDS * 2) == 0
        assert client.recv(1000)

    assert is_open(client)


def test_of_an_address_with_too_many_connections_the_longest_silent_are_closed(connected):
    clients = [connected() for _ in range(5)]
    time.sleep(0.2)
    for client, _ in clients[:3]:
        client.send(b"x")
    select.select([server for _, server in clients[:3]], [], [], 5)

    assert Watch(0).check(0) == 0
    assert Watch(3).check(0) == 2

    assert [is_open(client) for client, _ in clients] == [True] * 3 + [False] * 2


def test_so_many_requests_of_one_address_are_under_way_and_no_more():
    guests = Guests(2)

    with guests.under_way("a"), guests.under_way("a"), guests.under_way("b"):
        with pytest.raises(Refused) as refused, guests.under_way("a"):
            pass
        assert refused.value.status == 429
    with guests.under_way("a"), guests.under_way("a"):
        pass


@pytest.mark.slow
def test_what_one_address_opens_keeps_no_other_from_paying(rialto_server):
    sent = head("POST", "/v1/payment_intents") + LONG_BODY
    answers = []
    with ExitStack() as lines:
        for _ in range(MOST * 3):
            line = lines.enter_context(
                socket.create_connection(
                    ("127.0.0.1", rialto_server.home.port), 30, source_address=("127.0.0.2", 0)
                )
            )
            line.sendall(sent)
            answers.append(line)
        pay(rialto_server)
        told = [one.recv(65_536) for one in select.select(answers, [], [], 5)[0]]

    refused = next(one for one in told if one.startswith(b"HTTP/1.1 429 "))
    error = json.loads(refused.partition(b"\r\n\r\n")[2])["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "rate_limit")
