import os
import re
import subprocess
import sys

import pytest

from config.celery import DELIVERY_QUEUES, SCHEDULE, TASK_QUEUES, app
from config.launcher import programs
from config.launcher.home import ROOT, Home

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


def queue_of(task):
    return app.amqp.router.route({}, task)["queue"].name


def test_every_scheduled_task_exists_and_has_a_queue_that_is_worked():
    app.loader.import_default_modules()

    for name in SCHEDULE:
        assert name in app.tasks
        assert queue_of(name) in TASK_QUEUES


def test_deliveries_have_a_queue_and_a_worker_that_do_nothing_else(tmp_path):
    app.loader.import_default_modules()
    home = Home(tmp_path, 8000)

    sharing = {name for name in app.tasks if queue_of(name) in DELIVERY_QUEUES}
    worked = {
        make: make(home, {}).command[make(home, {}).command.index("--queues") + 1].split(",")
        for make in (programs.worker, programs.deliveries)
    }

    assert sharing == {"webhooks.deliver"}
    assert worked[programs.deliveries] == list(DELIVERY_QUEUES)
    assert worked[programs.worker] == list(TASK_QUEUES)


def test_the_page_about_running_it_names_workers_of_every_queue():
    page = (ROOT / "docs/how-to/run-it.md").read_text()

    named = re.findall(r"celery -A config.celery worker .*?-Q ([a-z,]+)", page)

    assert named == [",".join(TASK_QUEUES), ",".join(DELIVERY_QUEUES)]
