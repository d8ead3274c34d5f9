"""Starting a home: every step in order, and the way back."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from urllib.parse import urlsplit

from config.launcher import database, problems, processes, programs
from config.launcher.home import ROOT, Home, Lock, check_port, end_orphans, write_private
from config.launcher.postgres import embedded
from config.launcher.problems import Problem
from config.launcher.progress import console, say, step
from config.launcher.redis import Redis
from config.launcher.redis import check as check_redis
from config.launcher.supervisor import Supervisor
from config.monitoring.standing_still import Pulses
from core.types import JsonObject

_LONGEST_LOG_BYTES = 20_000_000


class _Stop(BaseException):
    """A signal to end."""


def up(home: Home, *, with_demo: bool = True) -> None:
    """Run a home until somebody ends it.

    Args:
        home: The home.
        with_demo: Whether a new home plays the demo once, so that there is something to see.

    Raises:
        Problem: If it cannot start.
    """
    home.make()
    lock = Lock(home)
    lock.take()
    supervisor = Supervisor(home.run / "children.json", say, Pulses(home.pulses))
    with _signals() as was_asked:
        try:
            _start(home, supervisor, was_killed=lock.was_killed, with_demo=with_demo)
            supervisor.watch(was_asked)
        except (_Stop, KeyboardInterrupt):
            pass
        finally:
            _stop(home, supervisor)
            lock.release()


def _start(home: Home, supervisor: Supervisor, *, was_killed: bool, with_demo: bool) -> None:
    console.print(f"[bold]Rialto[/] in {home.root}", soft_wrap=True)
    if was_killed:
        count = end_orphans(home)
        left = f"its lock and {count} programs" if count else "its lock"
        say(f"The last run was killed. Cleared what it left: {left}.")
    check_port(home)
    _turn_logs(home)
    # Counted by processes that are gone: whoever reads the sums takes this for their restart.
    for folder in (home.run / "metrics", home.pulses):
        shutil.rmtree(folder, ignore_errors=True)
    is_new = home.is_new
    addresses = _start_servers(home, supervisor, is_new=is_new)
    env = programs.environment(home, addresses)
    with step("Preparing the database" + (" (the first time takes a while)" if is_new else "")):
        owner_url = addresses.get("DATABASE_OWNER_URL") or addresses["DATABASE_URL"]
        database.prepare(owner_url)
        forkserver = programs.fork_server(home, env)
        # It loads while the migrations run.
        supervisor.start(forkserver)
        database.migrate(env, owner_url)
    # Before there are keys: whoever has one may need the addresses too.
    write_private(home.environment_file, addresses)
    is_seeded = home.credentials.exists()
    if not is_seeded:
        with step("Making the demo marketplace and its keys"):
            # It makes an operator, which the application's role may not.
            _manage(env | database.as_owner(owner_url), "seed")
    with step("Starting the web server, workers, beat and relay"):
        for make in programs.ALL:
            supervisor.start(make(home, forkserver))
        wait_until_ready(home, supervisor)
    if with_demo and not is_seeded and (ROOT / "config" / "cli" / "demo.py").exists():
        with step("Playing the demo once, so that there is something to see"):
            _play_demo(home, env)
    _introduce(home)


def _start_servers(home: Home, supervisor: Supervisor, *, is_new: bool) -> dict[str, str]:
    """Start the servers that the environment does not name, and return all addresses."""
    addresses = {
        name: os.environ[name]
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        if os.environ.get(name)
    }
    if "DATABASE_URL" not in addresses:
        postgres = embedded(home)
        if is_new:
            postgres.forget()
        with step("Starting PostgreSQL"):
            supervisor.start(postgres)
            database.prepare_embedded(
                postgres.url("postgres", "postgres"), "rialto", postgres.passwords
            )
        addresses["DATABASE_URL"] = postgres.url("rialto_app")
        addresses["DATABASE_OWNER_URL"] = postgres.url("rialto_owner")
    if "REDIS_URL" not in addresses:
        redis = Redis(home.root / "redis", home.logs / "redis.log")
        with step("Starting Redis"):
            supervisor.start(redis)
        addresses["REDIS_URL"] = redis.url
    else:
        check_redis(addresses["REDIS_URL"])
    return addresses


def _stop(home: Home, supervisor: Supervisor) -> None:
    # A second Ctrl-C would leave half of it behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    home.environment_file.unlink(missing_ok=True)
    if supervisor.is_busy:
        with step("Stopping"):
            supervisor.stop()


@contextmanager
def _signals() -> Iterator[Callable[[], bool]]:
    """Raise `_Stop` at the first signal only: whoever is ending is not interrupted.

    Yields:
        Whether one has come, for where the exception was lost, such as in a `__del__`.
    """
    is_asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal is_asked
        if not is_asked:
            is_asked = True
            raise _Stop

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield lambda: is_asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _turn_logs(home: Home) -> None:
    for log in home.logs.glob("*.log"):
        if log.stat().st_size > _LONGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))


def _manage(env: dict[str, str], *command: str) -> None:
    result = subprocess.run(
        [sys.executable, "-P", "-m", "config", *command],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        umask=processes.UMASK,
    )
    if result.returncode:
        last = (result.stderr.strip() or "no message").splitlines()[-1]
        raise Problem(f"`python -m config {command[0]}` failed: {last}", problems.SERVER_FAILED)


def wait_until_ready(home: Home, supervisor: Supervisor) -> None:
    """Wait until the web server says that it can do its work.

    Raises:
        Problem: If it does not within a minute, or a part has ended.
    """
    deadline = time.monotonic() + 60
    answer = "it does not answer"
    while time.monotonic() < deadline:
        if part := supervisor.find_exited():
            raise Problem(
                f"{part.name} ended at once ({processes.last_lines(part.log, 1) or 'silently'}); "
                f"see {part.log}",
                problems.SERVER_FAILED,
            )
        try:
            with urllib.request.urlopen(f"{home.api_base}/readyz", timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode(errors="replace")[:200]
        except OSError:
            pass
        time.sleep(0.05)
    raise Problem(
        f"The web server is not ready ({answer}); see {home.logs}", problems.SERVER_FAILED
    )


def _play_demo(home: Home, env: dict[str, str]) -> None:
    log = home.logs / "demo.log"
    with open(log, "wb", opener=processes.private) as output:
        code = subprocess.run(
            [sys.executable, "-P", "-m", "config.cli.main", "demo", "--days", "0"],
            env=env,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            umask=processes.UMASK,
        ).returncode
    if code:
        say(f"The demo failed (exit code {code}); see {log}. Rialto runs all the same.")


def _shop(home: Home, kept: JsonObject) -> Iterator[tuple[str, str]]:
    """Return the line of the demo's shop, if the demo was played: at today's port."""
    if address := kept.get("shop_url"):
        yield "Shop to pay in", f"{home.api_base}{urlsplit(address).path}"


def _introduce(home: Home) -> None:
    kept: JsonObject = json.loads(home.credentials.read_text())
    platform = kept["platform"]
    console.print()
    for name, value in (
        ("API", f"{home.api_base}/v1"),
        ("Admin", f"{home.api_base}/admin/"),
        ("Login", f"{kept['admin_email']}  {kept['admin_password']}"),
        ("Secret key", platform["secret_key"]),
        ("Publishable key", platform["publishable_key"]),
        ("Connected accounts", " ".join(kept["connected_accounts"])),
        *_shop(home, kept),
        ("All of this", str(home.credentials)),
        ("Logs", str(home.logs)),
    ):
        console.print(f"  {name:<19} {value}", soft_wrap=True, markup=False)
    console.print("\n  Take a payment:\n", markup=False)
    console.print(
        f"  curl {home.api_base}/v1/payment_intents -u {platform['secret_key']}: "
        "-d amount=2000 -d currency=usd -d payment_method=pm_card_visa -d confirm=true\n",
        soft_wrap=True,
        markup=False,
    )
    console.print("  Ctrl-C stops everything.", markup=False)
