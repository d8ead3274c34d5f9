import importlib
import os
import re
import secrets
import subprocess
import sys

import environ
import pytest
from django.utils.module_loading import import_string

from config.celery import SCHEDULE, TASK_QUEUES, app
from config.deployment import programs as table
from config.launcher import programs
from config.launcher.home import ROOT, Home
from config.settings import database
from config.web.told import OfThisHost
from core.security.strength import weaknesses
from tests import copies

SAFE = {
    "SECRET_KEY": "0f3kq8Zt_2mVh7Lw9xNcB5sDp4RgYj1K",
    "RIALTO_KEY_PEPPER": "9b1d40c3e8a7f26515d0c4b39e7f8a62",
    "RIALTO_ENCRYPTION_KEY": "hQ7-Wm2xTz9_Lc4vRb8nKd3sFg6pJy1A",
    "ALLOWED_HOSTS": "pay.example.com",
}


def loading_prod(**environment):
    return subprocess.run(
        [sys.executable, "-c", "import config.settings.prod"],
        env={"PATH": os.environ["PATH"]} | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def loading_prod_in_a_copy(**environment):
    """The same in a copy of this process, whose own settings are forgotten."""

    def load():
        for name in [name for name in sys.modules if name.startswith("config.settings.")]:
            del sys.modules[name]
        importlib.import_module("config.settings.prod")

    return copies.run(load, {"PATH": os.environ["PATH"]} | environment)


def test_a_safe_installation_is_accepted():
    assert loading_prod(**SAFE).returncode == 0


def test_cookies_of_a_real_installation_are_this_hosts_alone():
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "from config.settings import prod as p; "
            "print(p.SESSION_COOKIE_NAME, p.CSRF_COOKIE_NAME, p.SESSION_COOKIE_SECURE, "
            "p.MESSAGE_STORAGE)",
        ],
        env={"PATH": os.environ["PATH"]} | SAFE,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    *names, storage = shown.stdout.split()
    assert names == ["__Host-session", "__Host-csrf", "True"]
    assert OfThisHost in import_string(storage).storage_classes
    assert OfThisHost.cookie_name == "__Host-messages"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", "", "SECRET_KEY must be at least 32"),
        ("RIALTO_KEY_PEPPER", "short", "RIALTO_KEY_PEPPER must be"),
        ("RIALTO_ENCRYPTION_KEY", "for-tests-only" * 5, "RIALTO_ENCRYPTION_KEY is a placeholder"),
        ("SECRET_KEY", "a" * 50, "SECRET_KEY is no random text"),
        ("SECRET_KEY", SAFE["RIALTO_KEY_PEPPER"], "are the same"),
        ("RIALTO_TRUSTED_PROXIES", "1", "RIALTO_PROXY_SECRET must be at least 32"),
        ("RIALTO_PROXY_SECRET", "pQ7-Wm2xTz9_Lc4vRb8nKd3sFg6pJy1A", "RIALTO_TRUSTED_PROXIES"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS"),
        ("RIALTO_ADMIN_WITHOUT_MFA", "true", "Take RIALTO_ADMIN_WITHOUT_MFA out"),
        ("DATABASE_OWNER_URL", "postgres://owner@/rialto", "Take DATABASE_OWNER_URL out"),
        ("DATABASE_URL", "postgres://app@db.example.com/rialto", "sslmode=verify-full"),
    ],
)
def test_an_unsafe_installation_is_refused(name, value, complaint):
    refused = loading_prod_in_a_copy(**(SAFE | {name: value}))

    assert refused.returncode != 0
    assert complaint in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("url", "is_read"),
    [
        ("postgres:///rialto", False),
        ("postgres:///rialto?host=/run/postgresql", False),
        ("postgres://app@127.0.0.1/rialto", False),
        ("postgres://app@localhost/rialto?host=localhost,10.0.0.7", True),
        ("postgres://app@10.0.0.7/rialto", True),
        ("postgres://app@10.0.0.7/rialto?sslmode=require", True),
        ("postgres://app@db.example.com/rialto?sslmode=verify-ca", True),
        ("postgres://app@db.example.com/rialto?sslmode=verify-full", False),
    ],
)
def test_a_database_elsewhere_is_spoken_to_where_nobody_else_reads(url, is_read):
    assert database.is_read_on_the_way(environ.Env.db_url_config(url)) is is_read


def test_a_network_of_ones_own_needs_no_certificate():
    plain = {"DATABASE_URL": "postgres://app@10.0.0.7/rialto"}

    allowed = loading_prod_in_a_copy(**SAFE, **plain, RIALTO_DATABASE_WITHOUT_TLS="true")

    assert allowed.returncode == 0


@pytest.mark.parametrize(
    ("module", "switch"), [(None, "true"), ("dev", "true"), ("prod", None), ("mine", None)]
)
def test_only_on_ones_own_machine_operators_need_no_second_factor(
    module, switch, tmp_path, monkeypatch
):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    if module:
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", f"config.settings.{module}")

    environment = programs.environment(Home(tmp_path, 8000), {})

    assert environment.get("RIALTO_ADMIN_WITHOUT_MFA") == switch


def queue_of(task):
    return app.amqp.router.route({}, task)["queue"].name


def test_every_scheduled_task_exists_and_has_a_queue_that_is_worked():
    app.loader.import_default_modules()

    for name in SCHEDULE:
        assert name in app.tasks
        assert queue_of(name) in TASK_QUEUES


def test_a_program_sends_webhooks_and_the_worker_has_all_queues(tmp_path):
    home = Home(tmp_path, 8000)
    forkserver = programs.fork_server(home, {})
    worker = programs.worker(home, forkserver).command

    assert worker[worker.index("--queues") + 1].split(",") == list(TASK_QUEUES)
    assert programs.deliveries(home, forkserver).command[-1] == "deliver"


def test_the_table_of_programs_works_on_every_queue():
    assert [spec.queues for spec in table.PROGRAMS if spec.queues] == [TASK_QUEUES]


def test_the_page_about_running_it_names_every_program():
    page = (ROOT / "docs/how-to/run-it.md").read_text()

    assert re.findall(r"^ +rialto serve (\w+)$", page, re.M) == [
        spec.name for spec in table.PROGRAMS
    ]


@pytest.mark.parametrize(
    "secret",
    [
        "", "short", "a" * 64, "ab" * 32, "0123456789abcdef" * 4,
        "abcdefghijklmnopqrstuvwxyzABCDEFGH",
        "correct-horse-battery-" * 3,
        "changeme-changeme-changeme-change", "django-insecure-" + "x9K" * 20,
        "password-for-production-number-17", "00000000000000000000000000000001",
    ],
)  # fmt: skip
def test_a_text_that_is_no_secret_is_weak(secret):
    assert weaknesses({"SECRET_KEY": secret})


def test_a_drawn_secret_is_never_weak():
    for _ in range(2_000):
        drawn = {
            "a": secrets.token_hex(16),
            "b": secrets.token_urlsafe(48),
            "c": secrets.token_urlsafe(24),
        }

        assert weaknesses(drawn) == []


def test_equal_secrets_are_stated_once():
    value = secrets.token_urlsafe(48)

    assert len(weaknesses({"A": value, "B": value, "C": secrets.token_urlsafe(48)})) == 1


def test_djangos_own_check_of_a_real_installation_has_nothing_to_warn_of():
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.prod"}
        | SAFE
        | {"SECRET_KEY": secrets.token_urlsafe(48)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "WARNINGS" not in checked.stderr


@pytest.mark.parametrize(
    "name",
    [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
def test_browsers_get_the_middleware_that_the_check_cannot_see(name, settings):
    assert name in settings.BROWSER_MIDDLEWARE


def test_the_page_of_settings_names_what_is_read_and_nothing_else():
    page = (ROOT / "docs/reference/settings.md").read_text()
    code = "".join(path.read_text() for path in (ROOT / "config" / "settings").glob("*.py"))
    read = set(re.findall(r'"(RIALTO_[A-Z_]+)"', code))

    assert sorted(name for name in read if f"`{name}`" not in page) == []
    rows = "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    everywhere = "".join(path.read_text() for path in (ROOT / "config").rglob("*.py"))
    named = set(re.findall(r"`(RIALTO_[A-Z_]+)`", rows))
    assert sorted(name for name in named if name not in everywhere) == []
