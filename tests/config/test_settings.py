import os
import subprocess
import sys

import pytest

from config.celery import SCHEDULE, app
from config.launcher.home import ROOT

SAFE = {
    "SECRET_KEY": "a" * 50,
    "RIALTO_KEY_PEPPER": "b" * 50,
    "RIALTO_ENCRYPTION_KEY": "c" * 50,
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


def test_a_safe_installation_is_accepted():
    assert loading_prod(**SAFE).returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", "", "Set SECRET_KEY"),
        ("RIALTO_KEY_PEPPER", "short", "Set RIALTO_KEY_PEPPER"),
        ("RIALTO_ENCRYPTION_KEY", "for-tests-only" * 5, "Set RIALTO_ENCRYPTION_KEY"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS"),
    ],
)
def test_an_unsafe_installation_is_refused(name, value, complaint):
    refused = loading_prod(**(SAFE | {name: value}))

    assert refused.returncode != 0
    assert complaint in refused.stderr.splitlines()[-1]


def test_every_scheduled_task_exists_and_has_a_queue_that_is_worked():
    app.loader.import_default_modules()

    for name in SCHEDULE:
        assert name in app.tasks
        queue = app.amqp.router.route({}, name)["queue"].name
        assert queue in {"webhooks", "payments", "ledger", "default"}
