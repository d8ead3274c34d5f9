"""What goes to the broker are ids, and what workers log is masked."""

import inspect
import json
import subprocess
import sys

import pytest

from config.celery import SCHEDULE, app
from core import jobs
from core.ids import new_id

CARD = "4000056655665556"


def our_tasks():
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_task_takes_ids_by_name_and_nothing_else():
    takes = {
        name: [
            one.name
            for one in inspect.signature(task.run).parameters.values()
            if one.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        for name, task in our_tasks().items()
    }

    assert set(SCHEDULE) <= set(takes)
    assert {name: named for name, named in takes.items() if named} == {
        "payments.apply_notice": ["notice_id"],
    }
    assert not any(
        entry.get("kwargs") or entry.get("args") for entry in app.conf.beat_schedule.values()
    )


@pytest.mark.parametrize("argument", [CARD, f"pi_{CARD}", "Ada", 5, {"id": "x"}, ["x"], None])
def test_what_is_no_id_is_sent_by_no_way(argument):
    with pytest.raises(ValueError, match="is no id") as refused:
        jobs.enqueue("payments.apply_notice", notice_id=argument)
    assert CARD not in str(refused.value)

    with pytest.raises(ValueError, match="is no id"):
        app.send_task("payments.apply_notice", kwargs={"notice_id": argument})
    with pytest.raises(ValueError, match="is no id"):
        our_tasks()["payments.apply_notice"].apply_async(kwargs={"notice_id": argument})


def test_an_id_is_sent():
    jobs.check_arguments("payments.apply_notice", [new_id("inn")])


_WORKER = f"""
import logging, django
django.setup()
from celery.utils.log import get_task_logger
from config.celery import app
app.log.setup("INFO")
logging.getLogger().setLevel("INFO")

@app.task(name="tests.fails")
def fails(number):
    get_task_logger("tests.fails").warning("Paying with %s", number)
    raise ValueError(number)

@app.task(name="tests.answers")
def answers(number):
    return number

fails.apply(["{CARD}"])
answers.apply(["{CARD}"])
"""


def test_what_a_worker_logs_of_arguments_results_and_failures_is_masked():
    done = subprocess.run(
        [sys.executable, "-c", _WORKER], capture_output=True, text=True, check=True, timeout=60
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    logged = " ".join(line["event"] for line in lines)
    assert "Paying with ************5556" in logged
    assert "tests.fails" in logged
    assert "succeeded in" in logged
    (failed,) = (line for line in lines if "exception" in line)
    assert failed["exception"].splitlines()[-2].endswith("in fails")
    assert "ValueError: ************5556" in failed["exception"]
    assert all(len(line) < 2_000 for line in done.stderr.splitlines())
    assert CARD not in done.stderr + done.stdout
