"""Every command that changes something writes the audit trail."""

import json

import psycopg
import pytest
import typer

from accounts.models import AuditEvent
from config.cli.main import app
from console.models import DrillKind
from core.tenant import Tenant
from payments.customers.services import customers
from processors.accounts import sealing
from processors.models import ProcessorAccount
from tests.config.launching import launched_on_the_tests_database
from tests.connect.test_oauth import an_application
from tests.console import live_world
from tests.databases import Copy, address_in_use
from tests.factories import a_key, a_platform, a_seller, now
from tests.webhooks.steps import an_endpoint, an_event, relayed
from webhooks.models import Delivery

# Command → what it writes into the trail.
WRITES = {
    "operators create": {"operator.created"},
    "operators role": {"operator.role_changed"},
    "operators forget-factors": {"factors.forgotten"},
    "operators revoke": {"operator.revoked"},
    "platforms create": {"platform.opened", "api_key.created"},
    "platforms close": {"platform.closed"},
    "keys create": {"api_key.created"},
    "keys roll": {"api_key.created", "api_key.rolled", "api_key.revoked"},
    "keys revoke": {"api_key.revoked"},
    "processors add": {"processor_account.created", "processor_account.checked"},
    "processors check": {"processor_account.checked"},
    "processors change-credentials": {
        "processor_account.changed",
        "processor_account.checked",
    },
    "processors limit-amounts": {"processor_account.changed"},
    "processors rotate-secret": {"processor_account.secret_rolled"},
    "processors make-first": {"processor_account.changed"},
    "processors drain": {"processor_account.draining"},
    "processors disable": {"processor_account.disabled"},
    "processors enable": {"processor_account.enabled"},
    "routing publish": {"routing.published"},
    "live check-address": {"live_drill.made"},
    "live check-mail": {"live_drill.made"},
    "live check-restore": {"live_drill.made"},
    "live on": {"live_payments.on"},
    "live off": {"live_payments.off"},
    "events resend": {"endpoint.failed_resent"},
    "ledger limit": {"negative_limit.changed"},
    "audit export": {"audit.exported"},
    "people erase-again": {"personal_data.erasure_begun", "personal_data.erased"},
    "incidents freeze-payouts": {"block.created"},
    "incidents release-payouts": {"block.released"},
    "incidents end-keys": {"api_key.revoked"},
    "incidents end-tokens": {"oauth_application.tokens_ended"},
    "incidents evidence": {"incident.evidence_gathered"},
    "people export": {"personal_data.exported"},
    "people erase": {"personal_data.erasure_begun", "personal_data.erased"},
    "secrets reencrypt": {"secrets.reencrypted"},
}
# Command → why it writes nothing.
READS = {
    "deliver": "sends what is due, and keeps what came of it with each delivery",
    "doctor": "looks",
    "library": "prints what is served",
    "operators list": "looks",
    "platforms list": "looks",
    "keys list": "looks",
    "processors list": "looks",
    "processors show": "looks",
    "routing show": "looks",
    "live status": "looks",
    "routing check": "looks",
    "routing explain": "looks",
    "routing replay": "looks",
    "ledger verify": "keeps nothing of anybody's decision",
    "ledger prove": "looks",
    "ledger clearing": "looks",
    "ledger statement": "looks",
    "ledger trial-balance": "looks",
    "ledger export": "looks",
    "ledger close-days": "does what a task does every ten minutes",
    "audit list": "looks",
    "secrets status": "looks",
    "audit verify": "seals what a task seals every minute",
    "serve": "runs a program, which records what it does itself",
    "up": "starts programs; a new home's marketplace is for trying",
    "listen": "hears over HTTP, as the Stripe CLI does",
    "trigger": "acts over HTTP, as merchants do",
    "logs tail": "looks, over HTTP",
    "demo": "acts over HTTP, as merchants do",
    "migrate": "changes tables and no row of anybody",
}

# What no database of this test has sealed.
_A_SEAL = """
    INSERT INTO ledger_seal
    VALUES (1, 0, 0, 9, 1, sha256('r'), sha256(''), sha256('h'), now())
"""


def commands(of: typer.Typer, prefix: str = "") -> set[str]:
    found = set()
    for one in of.registered_commands:
        name = one.name or one.callback.__name__.replace("_", "-")
        found.add(f"{prefix}{name}")
    for group in of.registered_groups:
        found |= commands(group.typer_instance, f"{prefix}{group.name} ")
    return found


def test_every_command_is_known_to_write_or_to_read():
    assert commands(app) == set(WRITES) | set(READS) | {"ledger rebase"}
    assert not set(WRITES) & set(READS)


@pytest.fixture
def home(tmp_path):
    return launched_on_the_tests_database(tmp_path / "home")


def _look_after_processors(run, folder):
    given = folder / "given.json"
    given.write_text(json.dumps({"secret_key": "sk_test_51first", "notice_secret": "whsec_1"}))
    nobody = ("--base-url", "http://127.0.0.1:9")
    told = run("processors add", "stripe", "stripe-eu", "--credentials-file", str(given), *nobody)
    assert "WRONG connection: No answer came" in told
    given.write_text(json.dumps({"secret_key": "sk_test_51second"}))
    told += run("processors change-credentials", "stripe-eu", "--credentials-file", str(given))
    given.write_text(json.dumps({"notice_secret": "whsec_2"}))
    told += run("processors rotate-secret", "stripe-eu", "--credentials-file", str(given))
    told += run("processors check", "simulator")
    run("processors limit-amounts", "stripe-eu", "--least", "eur=1.00", "--most", "usd=2,000.50")
    run("processors make-first", "stripe-eu")
    for verb in ("drain", "disable", "enable"):
        run(f"processors {verb}", "stripe-eu", "--reason", "We try it")
    row = ProcessorAccount.objects.get(name="stripe-eu")
    kept = sealing.open_credentials(row.name, row.sealed_credentials)
    assert row.amount_limits == [
        {"currency": "eur", "least_amount": 1_00},
        {"currency": "usd", "most_amount": 2_000_50},
    ]
    assert (row.status, kept) == ("enabled", {"secret_key": "sk_test_51second"})
    assert "/inbound/stripe-eu/" in told
    assert "sk_test" not in told + str(list(AuditEvent.objects.values_list("changes")))


def _send_again(run, account):
    endpoint = an_endpoint(Tenant(account, livemode=False), "https://shop.example/", "*")
    an_event(endpoint.tenant)
    relayed()
    Delivery.objects.update(status="exhausted", next_attempt_at=None)
    told = run("events resend", "--failed", "--since=2h", f"--endpoint={endpoint.id}", "--json")
    assert [(one["sent"], one["status"]) for one in json.loads(told)] == [(1, "done")]


def _answer_a_payer(run, account, folder):
    payer = customers.create(
        tenant=Tenant(account, livemode=False), name="Ada", email="ada@payers.se", at=now()
    )
    told = run("people export", "Ada@payers.se", "--output", str(folder / "ada.json"))
    assert "2 rows of 2 tables, 0 files" in told
    kept = json.loads((folder / "ada.json").read_text())
    assert kept["tables"]["payments.Customer"][0]["email"] == "ada@payers.se"
    assert (folder / "ada.json").stat().st_mode & 0o777 == 0o600
    assert "Erased." in run("people erase", payer.id, "--reason", "Asked by letter")
    run("audit export", str(folder / "before.jsonl"))
    assert "1 of 1 were there" in run("people erase-again", str(folder / "before.jsonl"))
    payer.refresh_from_db()
    assert (payer.email, payer.deleted_at is not None) == (None, True)


def _contain(run, account, folder):
    a_seller(Tenant(account, livemode=False))
    told = run("incidents freeze-payouts", "--account", account, "--reason", "INC-7")
    assert "1 sellers are paid nothing. 2 blocks are new" in told
    assert "2 blocks are released" in run("incidents release-payouts", "--account", account)
    a_key(Tenant(account, livemode=False))
    assert " of acct_" in run("incidents end-keys", account)
    client = an_application(Tenant(account, livemode=False)).client_id
    assert "has no token" in run("incidents end-tokens", client, "--reason", "INC-7")
    told = run("incidents evidence", str(folder / "known.zip"), "--since", "1h")
    assert "timeline.txt" in told


def _go_live(run, home, settings, monkeypatch):
    first = home.rialto_in_a_copy("doctor", "--live", "--json")
    assert (first.returncode, json.loads(first.stdout)["ok"]) == (10, False)
    refused = home.rialto_in_a_copy("live", "on", "--reason", "We open")
    assert (refused.returncode, "Still to do: Public address;" in refused.stderr) == (1, True)
    with live_world.answering() as settings.PUBLIC_URL:
        assert "The console's page came." in run("live check-address")
    live_world.do_all(settings)
    monkeypatch.setenv("RESTORED_DATABASE_URL", address_in_use())
    same = home.rialto_in_a_copy("live", "check-restore")
    assert (same.returncode, "no copy of it" in same.stdout) == (1, True)
    restored = Copy("restored")
    restored.make()
    monkeypatch.setenv("RESTORED_DATABASE_URL", restored.url())
    assert "balance, and its secrets can be read." in run("live check-restore")
    with psycopg.connect(restored.url("rialto_owner"), autocommit=True) as owner:
        owner.execute(_A_SEAL)
    other = home.rialto_in_a_copy("live", "check-restore")
    restored.drop()
    assert (other.returncode, "its seal 1 is unknown here" in other.stdout) == (1, True)
    run("live check-mail", "ada@market.se")
    assert "was not whole" in home.rialto_in_a_copy("doctor", "--live").stdout
    live_world.tried(DrillKind.RESTORE, "other/rialto")
    well = home.rialto_in_a_copy("doctor", "--live", "--json")
    found = json.loads(well.stdout)
    assert (well.returncode, found["ok"], len(found["lines"])) == (0, True, 13)
    assert "Live payments are on" in run("live on", "--reason", "We open")
    status = json.loads(home.rialto_in_a_copy("live", "status", "--json").stdout)
    assert (status["is_on"], status["reason"], status["missing"]) == (True, "We open", [])
    assert "What was taken goes on." in run("live off", "--reason", "We close")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_command_that_writes_says_so_in_the_trail(home, tmp_path, settings, monkeypatch):
    account = a_platform().account_id
    seen = {}

    def run(name, *arguments):
        before = set(AuditEvent.objects.values_list("id", flat=True))
        done = home.rialto_in_a_copy(*name.split(), *arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        new = AuditEvent.objects.exclude(id__in=before)
        assert set(new.values_list("actor_kind", flat=True)) == {"command_line"}
        assert all(" at " in row.actor_name for row in new)
        seen[name] = set(new.values_list("action", flat=True))
        return done.stdout

    run("operators create", "ann@example.com")
    run("operators role", "ann@example.com", "support")
    run("operators forget-factors", "ann@example.com")
    run("operators revoke", "ann@example.com")
    opened = json.loads(
        run("platforms create", "--name", "A", "--email", "a@example.com", "--json")
    )
    run("platforms close", opened["id"])
    key = json.loads(run("keys create", "--account", account, "--json"))
    rolled = json.loads(run("keys roll", key["id"], "--account", account, "--json"))
    run("keys revoke", rolled["id"], "--account", account)
    _look_after_processors(run, tmp_path)
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"rules": []}))
    run("routing publish", "--rules", str(rules), "--reason", "We try it")
    _send_again(run, account)
    moved = json.loads(run("secrets reencrypt", "--json"))
    assert moved["columns"]["webhooks.Endpoint.secret"]["in_use"] == 1
    assert moved["old_seal_keys"] == []
    _go_live(run, home, settings, monkeypatch)
    _answer_a_payer(run, account, tmp_path)
    _contain(run, account, tmp_path)
    run("ledger limit", account, "usd", "100")
    run("audit export", str(tmp_path / "trail.jsonl"))

    assert seen == WRITES
    assert AuditEvent.objects.get(action="operator.created").actor_kind == "command_line"
    lines = [json.loads(line) for line in (tmp_path / "trail.jsonl").read_text().splitlines()]
    assert [line["event"]["action"] for line in lines if "event" in line] == list(
        AuditEvent.objects.order_by("id").values_list("action", flat=True)
    )
    listed = home.rialto_in_a_copy("audit", "list", "--action", "operator.created", "--json")
    whole = json.loads(listed.stdout)
    assert [row["target_type"] for row in whole] == ["user"]
    checked = home.rialto_in_a_copy("audit", "verify", "--json")
    assert (checked.returncode, json.loads(checked.stdout)["ok"]) == (0, True)
    unknown = home.rialto_in_a_copy("audit", "verify", "--head", "0" * 64)
    assert unknown.returncode == 9
