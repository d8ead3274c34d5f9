"""What accountants ask the `rialto` command for, with its exit codes.

The first statement and the first mistake are a real process's, the rest are told by copies.
"""

import csv
import io
import json
import os
import subprocess
from datetime import timedelta

import pytest
from beancount import loader

from config.launcher.home import Home
from tests.config.launching import Launched
from tests.databases import address_in_use
from tests.factories import a_paid_intent, a_platform, moment
from tests.ledger.past import as_superuser, close_days_until, it_was

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MONDAY = moment("2025-11-24T12:00")


@pytest.fixture
def home(tmp_path):
    """A home whose commands reach this test's database; nothing else of it runs."""
    launched = Launched(tmp_path / "home")
    made = Home(launched.root, launched.port)
    made.make()
    addresses = {
        "DATABASE_URL": address_in_use("rialto_app"),
        "REDIS_URL": os.environ["REDIS_URL"],
    }
    made.environment_file.write_text(json.dumps(addresses))
    return launched


@pytest.fixture
def owner():
    """A platform that sold for 100.00 on Monday."""
    platform = a_platform()
    a_paid_intent(platform)
    it_was(MONDAY)
    return platform.account_id


def test_a_statement_is_printed_as_csv_and_as_json(home, owner):
    close_days_until(MONDAY.date(), now=MONDAY + timedelta(days=1))
    asked = ("ledger", "statement", owner, "--currency", "USD", "--to", "2025-11-24")

    as_csv = home.rialto(*asked)
    as_json = home.rialto_in_a_copy(*asked, "--format", "json")

    assert (as_csv.returncode, as_csv.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert [row["balance"] for row in rows] == ["0.00", "100.00", "96.80", "96.80"]
    shown = json.loads(as_json.stdout)
    assert (shown["closing_balance"], shown["is_final"]) == (96_80, True)


def test_a_statement_of_an_open_day_says_so(home, owner):
    told = home.rialto_in_a_copy("ledger", "statement", owner, "--currency", "usd")

    assert told.returncode == 0
    assert "not closed yet" in told.stderr


def test_a_day_means_all_of_it(home, owner):
    def closing(*span):
        told = home.rialto_in_a_copy("ledger", "statement", owner, "--currency", "usd", *span)
        return list(csv.DictReader(io.StringIO(told.stdout)))[-1]["balance"]

    assert closing("--from", "2025-11-24", "--to", "2025-11-24") == "96.80"
    assert closing("--to", "2025-11-23") == "0.00"
    assert closing("--to", "2025-11-24T11:59") == "0.00"


def test_the_trial_balance_is_printed_and_its_exit_code_tells_whether_it_holds(home, owner):
    as_table = home.rialto_in_a_copy("ledger", "trial-balance")
    as_json = home.rialto_in_a_copy("ledger", "trial-balance", "--at", "2025-11-24", "--json")
    as_csv = home.rialto_in_a_copy("ledger", "trial-balance", "--csv")

    assert (as_table.returncode, as_json.returncode, as_csv.returncode) == (0, 0, 0)
    assert "96.80" in as_table.stdout
    assert json.loads(as_json.stdout)["totals"] == [
        {"livemode": False, "currency": "usd", "debit": 96_80, "credit": 96_80}
    ]
    assert as_csv.stdout.splitlines()[-1] == "test,total,,usd,96.80,96.80"

    as_superuser("UPDATE ledger_posting SET amount = amount + 1 WHERE amount = 10000")
    wrong = home.rialto("ledger", "trial-balance")

    assert wrong.returncode == 9
    assert "verify" in wrong.stderr


def test_the_books_are_exported_for_beancount_and_for_a_spreadsheet(home, owner):
    beancount = home.rialto_in_a_copy("ledger", "export", "--format", "beancount")
    as_csv = home.rialto_in_a_copy("ledger", "export", "--format", "csv", "--from", "2025-11-24")

    entries, errors, _ = loader.load_string(beancount.stdout)
    assert (beancount.returncode, errors) == (0, [])
    assert entries
    assert len(as_csv.stdout.splitlines()) == 1 + 4


def test_days_are_closed_on_demand(home, owner):
    told = home.rialto_in_a_copy("ledger", "close-days")

    assert told.returncode == 0
    assert told.stdout.startswith(("closed through 20", "no day is closed yet"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("statement", "acct_nobody", "--currency", "usd"), 1),
        (("statement", "acct_nobody"), 2),
        (("statement", "acct_nobody", "--currency", "usd", "--from", "yesterday"), 2),
        (("export", "--format", "csv", "--from", "2025-11-24", "--to", "2025-11-23"), 2),
        (("export", "--format", "excel"), 2),
    ],
)
def test_what_cannot_be_printed_has_an_exit_code(home, arguments, code):
    told = home.rialto_in_a_copy("ledger", *arguments)

    assert (told.returncode, told.stdout) == (code, "")
    assert "Traceback" not in told.stderr


def test_a_reader_that_has_enough_ends_the_export_without_a_traceback(home, owner):
    process = subprocess.Popen(
        home._command("ledger", "export", "--format", "csv"),
        env=home._env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()

    assert process.wait(60) == 1
    assert "Traceback" not in process.stderr.read()
