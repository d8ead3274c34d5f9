"""A whole Rialto of its own, with clients that pay and somebody who kills its parts.

One seed decides what is asked for and what is broken. What every client asked and was answered
is written down, and held against the books when all is quiet again.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

import psycopg
import requests
from django.db import connections
from redis import Redis as RedisClient

from config.launcher import database, kept_template, programs
from config.launcher.home import ROOT, Home
from config.launcher.postgres import Postgres
from config.launcher.redis import Redis
from config.launcher.supervisor import Part, Supervisor
from config.launcher.up import wait_until_ready
from tests.databases import TEMPLATE
from tests.soak import Scoreboard, dice
from tests.survival.deliveries.proxy import Proxy

_CARDS: Final = (
    "pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined",
    "pm_card_rialto_timeoutAfterCharge", "pm_card_rialto_timeoutBeforeCharge",
    "pm_card_createDispute", "pm_card_pendingRefund", "pm_card_refundFail",
)  # fmt: skip
_TIMEOUT: Final = 10
# Nobody waits longer than this for an answer, kills included.
_PATIENCE_SECONDS: Final = 60


def _word(chance: random.Random) -> str:
    return f"{chance.getrandbits(80):020x}"


@dataclass(slots=True)
class Asked:
    """A request, and its answer once there was one."""

    path: str
    params: dict[str, Any]
    key: str
    status: int = 0
    body: bytes = b""


class Rialto:
    """Every part of an installation, each of which can be killed and started again."""

    def __init__(self, folder: Path, port: int, to_redis: Proxy | None = None) -> None:
        self.home = Home(folder, port)
        self._to_redis = to_redis
        self.parts: dict[str, Part] = {}
        self.supervisor = Supervisor(folder / "children.json", print)
        self.worst_recovery = 0.0

    @contextmanager
    def running(self) -> Iterator["Rialto"]:
        """Start everything, and end it in reverse order."""
        try:
            self._start()
            yield self
        finally:
            self.supervisor.stop()

    def _start(self) -> None:
        self.home.make()
        postgres = Postgres(self.home.root / "postgres", self.home.logs / "postgres.log")
        # An earlier home of this name may have left its own outside of this folder.
        postgres.forget()
        kept_template.copy(Path(os.environ["RIALTO_TEST_TEMPLATE"]), postgres)
        redis = Redis(self.home.root / "redis", self.home.logs / "redis.log")
        for server in (postgres, redis):
            self.parts[server.name] = server
            self.supervisor.start(server)
        self.admin_url = postgres.url("postgres")
        self.app_url = postgres.url("rialto_app")
        self.redis_url = redis.url
        addresses = {
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": postgres.url("rialto_owner"),
            "REDIS_URL": self._address_of(redis),
        }
        env = programs.environment(self.home, addresses) | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test"
        }
        owner_url = addresses["DATABASE_OWNER_URL"]
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {TEMPLATE} RENAME TO rialto")
        seed = [sys.executable, str(ROOT / "manage.py"), "seed"]
        as_owner = env | database.as_owner(owner_url)
        subprocess.run(seed, env=as_owner, cwd=ROOT, check=True, capture_output=True)
        forkserver = programs.fork_server(self.home, env)
        parts: list[Part] = [forkserver, *(make(self.home, forkserver) for make in programs.ALL)]
        for part in parts:
            self.parts[part.name] = part
            self.supervisor.start(part)
        wait_until_ready(self.home, self.supervisor)

    def _address_of(self, redis: Redis) -> str:
        if self._to_redis is None:
            return redis.url
        self._to_redis.target = redis.socket
        return f"redis://127.0.0.1:{self._to_redis.port}/0"

    def pause(self, name: str) -> None:
        """End a part as an operator does, and leave it so."""
        self.parts[name].stop()

    def resume(self, name: str) -> None:
        """Start a part that was ended."""
        self.parts[name].start()

    def send(self, name: str, how: signal.Signals) -> None:
        """Send a part a signal."""
        process = self.parts[name].process
        assert process is not None
        process.send_signal(how)

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a part with all its processes, start it again, and see how soon it answers."""
        part = self.parts[name]
        assert part.process is not None
        started = time.monotonic()
        # PostgreSQL's processes lead groups of their own.
        for pid in [part.process.pid, *(_children(part) if how == signal.SIGKILL else [])]:
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        part.process.wait(30)
        part.stop()
        part.start()
        self._wait_until_it_answers(started)

    def kill_a_web_process(self, chance: random.Random) -> None:
        """End one of the processes that answer requests, in the middle of them."""
        if listed := _children(self.parts["web"]):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(listed), signal.SIGKILL)
        self._wait_until_it_answers(time.monotonic())

    def terminate_backends(self, chance: random.Random) -> int:
        """End some of the connections to the database, and return how many."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            found = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'rialto_app'"
            ).fetchall()
            chosen = chance.sample(found, min(len(found), chance.randint(1, 4)))
            for (pid,) in chosen:
                admin.execute("SELECT pg_terminate_backend(%s)", [pid])
        return len(chosen)

    def forget_hints(self) -> None:
        """Empty Redis."""
        RedisClient.from_url(self.redis_url).flushall()

    def _wait_until_it_answers(self, started: float) -> None:
        for part in self.parts.values():
            # What could not bear it is started again, as the supervisor does.
            if part.process is not None and part.process.poll() is not None:
                part.stop()
                part.start()
        while time.monotonic() < started + _PATIENCE_SECONDS:
            with suppress(OSError), urlopen(f"{self.home.api_base}/readyz", timeout=5):
                self.worst_recovery = max(self.worst_recovery, time.monotonic() - started)
                return
            time.sleep(0.05)
        raise AssertionError("It did not come back.")

    @contextmanager
    def using_its_database(self) -> Iterator[None]:
        """Point Django in this process at its database."""
        connection = connections["default"]
        connection.close()
        settings = connection.settings_dict
        before = dict(settings)
        told = psycopg.conninfo.conninfo_to_dict(self.app_url)
        settings |= {"NAME": told["dbname"], "USER": told["user"], "HOST": told["host"], "PORT": ""}
        try:
            yield
        finally:
            connection.close()
            settings |= before


def _children(part: Part) -> list[int]:
    assert part.process is not None
    pid = part.process.pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass
class Client:
    """Asks for one thing after the other, each until there is an answer."""

    rialto: Rialto
    key: str
    seller: str
    chance: random.Random
    is_over: threading.Event
    asked: list[Asked] = field(default_factory=list)

    def work(self) -> None:
        """Pay, capture, cancel and refund until it is over."""
        while not self.is_over.is_set():
            self._do_one()

    def _do_one(self) -> None:
        ours = _word(self.chance)
        wish: dict[str, Any] = {
            "amount": self.chance.randint(100, 99_999),
            "currency": "usd",
            "confirm": "true",
            "payment_method": self.chance.choice(_CARDS),
            "metadata[ours]": ours,
            "return_url": "https://example.com",
        }
        if self.chance.random() < 0.3:
            wish["transfer_data[destination]"] = self.seller
            wish["application_fee_amount"] = str(wish["amount"] // 10)
        if is_manual := self.chance.random() < 0.3:
            wish["capture_method"] = "manual"
        paid = self.ask("payment_intents", wish)
        if paid.status != 200:
            return
        id = json.loads(paid.body)["id"]
        if is_manual:
            verb = self.chance.choice(("capture", "cancel"))
            self.ask(f"payment_intents/{id}/{verb}", {})
        if self.chance.random() < 0.5:
            self.ask("refunds", {"payment_intent": id, "amount": wish["amount"] // 2})

    def ask(self, path: str, params: dict[str, Any]) -> Asked:
        """Send a request until it is answered, and once more to see that it was kept."""
        asked = Asked(path, params, _word(self.chance))
        self.asked.append(asked)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with suppress(requests.RequestException):
                answer = self._send(asked)
                if answer.status_code < 500 and answer.status_code not in (409, 429):
                    asked.status, asked.body = answer.status_code, answer.content
                    self._look_again(asked)
                    return asked
            time.sleep(0.05)
        raise AssertionError(f"No answer: {asked}")

    def _look_again(self, asked: Asked) -> None:
        """F01: the same result again. F23: the same key with another body is refused."""
        if self.chance.random() < 0.8:
            return
        with suppress(requests.RequestException):
            again = self._send(asked)
            assert again.status_code >= 500 or _says_the_same(again, asked), (asked, again.content)
            other = self._send(Asked(asked.path, asked.params | {"metadata[x]": "y"}, asked.key))
            assert other.status_code in (400, 500, 503), (asked, other.content)

    def _send(self, asked: Asked) -> requests.Response:
        return requests.post(
            f"{self.rialto.home.api_base}/v1/{asked.path}",
            data=asked.params,
            headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": asked.key},
            timeout=_TIMEOUT,
        )


def rage(
    rialto: Rialto, clients: list[Client], *, faults: int, scoreboard: Scoreboard
) -> list[str]:
    """Let clients work while parts die.

    Args:
        rialto: Running.
        clients: Each gets a thread.
        faults: How many.
        scoreboard: Where they are counted.

    Returns:
        What went wrong with clients.
    """
    chance, problems = dice("faults"), []

    def work(client: Client) -> None:
        try:
            client.work()
        except Exception as error:
            problems.append(repr(error))

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    ways: dict[str, Callable[[], object]] = {
        "F01 kill -9 of a web process": lambda: rialto.kill_a_web_process(chance),
        "F01 kill -9 of the web server": lambda: rialto.kill("web"),
        "F01 kill -9 of all programs at once": lambda: rialto.kill("forkserver"),
        "F02 kill -9 of the workers": lambda: (rialto.kill("worker"), rialto.kill("deliveries")),
        "F05 kill -9 of PostgreSQL": lambda: rialto.kill("postgres"),
        "F06 immediate restart of PostgreSQL": lambda: rialto.kill("postgres", signal.SIGQUIT),
        "F07 terminated backends": lambda: rialto.terminate_backends(chance),
        "F12 flushed Redis": rialto.forget_hints,
    }
    try:
        for number in range(faults):
            # Each way in turn, so that few faults see all of them.
            name = list(ways)[number % len(ways)]
            time.sleep(chance.random() * 0.8 + 0.2)
            done = ways[name]()
            scoreboard.count(name, done if isinstance(done, int) else 1)
    finally:
        for client in clients:
            client.is_over.set()
        for thread in threads:
            thread.join(_PATIENCE_SECONDS * 2)
    scoreboard.count("worst recovery, seconds", round(rialto.worst_recovery, 2))
    return problems


def _says_the_same(again: requests.Response, asked: Asked) -> bool:
    """Compare answers. One that was lost with the database is made again from what it changed.

    The members of such an answer's objects may be in another order.
    """
    return again.content == asked.body or again.json() == json.loads(asked.body)
