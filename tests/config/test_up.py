"""What starting promises, shown by really starting."""

import json
import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest

from config.launcher import problems
from tests.config.launching import Launched

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("launcher")]


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    home = Launched(tmp_path_factory.mktemp("up") / "home")
    home.start()
    yield home
    if home.process:
        home.end()


@pytest.fixture
def home(launched):
    """A home that runs, whatever the test before did to it."""
    if launched.process is None:
        launched.start()
    return launched


def test_it_serves_and_its_keys_work(home):
    known = home.credentials()
    asked = urllib.request.Request(
        f"{known['api_base']}/v1/balance",
        headers={"Authorization": f"Bearer {known['platform']['secret_key']}"},
    )

    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer)["object"] == "balance"

    assert (home.root / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert len(known["connected_accounts"]) == 3


def test_a_second_start_of_the_same_home_says_so_and_stops(home):
    second = home.rialto("up")

    assert second.returncode == problems.HOME_IN_USE
    assert f"is in use by process {home.process.pid}" in second.stderr
    assert second.stderr.count("\n") == 1
    assert home.is_ready()


def test_another_home_on_the_same_port_says_so_and_stops(home, tmp_path):
    other = Launched(tmp_path / "other")
    other.port = home.port

    refused = other.rialto("up")

    assert refused.returncode == problems.PORT_BUSY
    assert f"RIALTO_PORT={home.port + 1} make up" in refused.stderr
    assert other.left_running() == []


def test_the_platform_and_a_seller_have_bank_accounts(home):
    known = home.credentials()
    for account in (None, known["connected_accounts"][0]):
        assert banks(known, account) == {"usd", "eur"}


def banks(known, account):
    of = account or known["platform"]["account"]
    asked = urllib.request.Request(
        f"{known['api_base']}/v1/accounts/{of}/external_accounts",
        headers={"Authorization": f"Bearer {known['platform']['secret_key']}"},
    )
    with urllib.request.urlopen(asked) as answer:
        return {one["currency"] for one in json.load(answer)["data"]}


def test_the_doctor_finds_nothing(home):
    seen = home.rialto("doctor", "--json")

    assert seen.returncode == 0, seen.stdout
    checks = {check["check"]: check["status"] for check in json.loads(seen.stdout)["checks"]}
    assert set(checks.values()) == {"ok"}
    assert {"role", "grants", "migrations", "clock"} <= set(checks)


def test_no_program_is_told_who_owns_the_tables(home):
    told = {name: Path(f"/proc/{pid}/environ").read_bytes() for name, pid in running(home).items()}

    assert b"rialto_app" in told["web"]
    assert not any(b"rialto_owner" in environment for environment in told.values())


def test_operators_are_made_and_revoked(home):
    made = json.loads(home.rialto("operators", "create", "Ann@example.com", "--json").stdout)
    again = home.ask("operators", "create", "ann@example.com")
    listed = home.ask("operators", "list").stdout
    revoked = home.ask("operators", "revoke", "ann@example.com")

    assert made["email"] == "ann@example.com"
    assert len(made["password"]) >= 16
    assert (again.returncode, "known already" in again.stderr) == (1, True)
    assert "ann@example.com" in listed
    assert revoked.returncode == 0
    left = json.loads(home.ask("operators", "list", "--json").stdout)
    assert "ann@example.com" not in [operator["email"] for operator in left]


def test_a_platform_of_ones_own_is_opened_and_closed(home):
    output = ("--name", "My Market", "--email", "ann@example.com", "--country", "DE", "--json")
    made = json.loads(home.ask("platforms", "create", *output).stdout)
    refused = home.ask("platforms", "create", *output[:-1], "--currency", "euro")
    listed = json.loads(home.ask("platforms", "list", "--json").stdout)
    closed = home.ask("platforms", "close", made["id"])
    again = home.ask("platforms", "close", made["id"])

    assert made["secret_key"].startswith("sk_test_rlt")
    assert made["api_base"] == home.credentials()["api_base"]
    assert (refused.returncode, "no currency" in refused.stderr) == (2, True)
    assert [one["name"] for one in listed] == ["My Market", "The Demo Market"]
    assert (closed.returncode, "2 keys have ended" in closed.stdout) == (0, True)
    assert (again.returncode, "closed already" in again.stderr) == (1, True)


def test_keys_are_made_rolled_and_revoked(home):
    made = json.loads(home.ask("keys", "create", "--name", "Till", "--json").stdout)
    rolled = json.loads(home.ask("keys", "roll", made["id"], "--json").stdout)
    home.ask("keys", "revoke", rolled["id"])

    left = [key["id"] for key in json.loads(home.ask("keys", "list", "--json").stdout)]

    assert made["key"].startswith("sk_test_rlt")
    assert rolled["key"] != made["key"]
    assert made["id"] not in left
    assert rolled["id"] not in left


def test_the_books_are_verified(home):
    verified = home.ask("ledger", "verify", "--json")

    assert verified.returncode == 0
    output = json.loads(verified.stdout)
    assert (output["ok"], output["findings"]) == (True, [])
    assert "seal_head" in output


def test_a_balance_is_proved_line_by_line(home):
    account = home.credentials()["platform"]["account"]

    proved = home.ask("ledger", "prove", account, "--json")

    *lines, last = map(json.loads, proved.stdout.splitlines())
    assert proved.returncode == 0
    totals: dict[str, int] = {}
    for line in lines:
        totals[line["currency"]] = totals.get(line["currency"], 0) + line["amount"]
    assert last == {"account": account, "totals": totals}


def test_what_is_on_its_way_is_listed(home):
    listed = home.ask("ledger", "clearing", "--json")

    assert (listed.returncode, json.loads(listed.stdout)) == (0, [])


def test_a_limit_is_stated_in_words_and_only_of_an_account_that_is_there(home):
    account = home.credentials()["platform"]["account"]

    output = home.ask("ledger", "limit", account, "usd", "5000")
    unknown = home.ask("ledger", "limit", "acct_nobody", "usd", "5000")
    odd = home.ask("ledger", "limit", account, "zzz", "5000")

    assert output.returncode == 0
    assert "-50.00" in output.stdout + output.stderr
    assert (unknown.returncode, odd.returncode) == (2, 2)
    assert "acct_nobody" in unknown.stderr


def test_the_books_hold_after_beginning_anew(home):
    rebased = home.ask("ledger", "rebase", "--json")

    assert rebased.returncode == 0, rebased.stderr
    assert "ledger_rebase" in json.loads(rebased.stdout)
    assert home.ask("ledger", "verify").returncode == 0


def test_a_part_that_dies_is_started_again(home):
    children = json.loads((home.root / "run" / "children.json").read_text())

    os.kill(children["relay"], signal.SIGKILL)

    assert eventually(lambda: running(home)["relay"] not in (None, children["relay"]))
    assert "relay ended (exit code -9); starting it again" in home.output()


def test_it_stops_cleanly_and_starts_again(home):
    assert home.end(signal.SIGINT) == 0
    assert home.left_running() == []
    assert not (home.root / "run" / "environment.json").exists()
    assert home.rialto("keys", "list").returncode == problems.NOT_RUNNING

    home.start()

    assert "was killed" not in home.output()


def test_what_a_killed_run_left_is_cleared_and_stated_so(home):
    home.end(signal.SIGKILL)
    assert eventually(lambda: home.left_running() == [], seconds=20), home.left_running()

    home.start()

    assert "The last run was killed. Cleared what it left: its lock" in home.output()
    assert home.rialto("ledger", "verify").returncode == 0


def test_two_homes_run_side_by_side(home, tmp_path):
    other = Launched(tmp_path / "another" / "home")
    other.root.parent.mkdir()
    other.start()
    try:
        assert other.is_ready()
        assert home.is_ready()
        assert other.credentials()["platform"] != home.credentials()["platform"]
    finally:
        assert other.end() == 0


def running(home):
    return json.loads((home.root / "run" / "children.json").read_text())


def eventually(is_so, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def test_a_busy_port_is_one_clear_line(tmp_path):
    home = Launched(tmp_path / "home")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", home.port))
        busy.listen()

        refused = home.rialto("up")

    assert refused.returncode == problems.PORT_BUSY
    assert refused.stderr == (
        f"rialto: Port {home.port} is busy (Address already in use). Stop what listens there, "
        f"or choose another: RIALTO_PORT={home.port + 1} make up\n"
    )
