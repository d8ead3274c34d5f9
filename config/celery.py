"""The Celery application: queues, and the beat schedule as one table."""

import os
import time
from collections.abc import Sequence
from typing import Any, Final

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun, worker_init
from django.conf import settings

from config import broker
from core import request_context
from core.jobs import check_arguments
from core.measuring import counters
from core.types import JsonObject

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

broker.use()

# The header of a task that names the request it was sent for.
_CAUSE: Final = "rialto_request"


class Rialto(Celery):
    """Tasks that are told where to look, and never what is there."""

    def send_task(
        self,
        name: str,
        args: Sequence[object] | None = None,
        kwargs: JsonObject | None = None,
        *more: Any,
        **options: Any,
    ) -> Any:
        """Send a task, whoever asks for it: the last place before the broker.

        Raises:
            ValueError: If an argument is no id.
        """
        check_arguments(name, [*(args or ()), *(kwargs or {}).values()])
        if cause := request_context.cause():
            options["headers"] = {**(options.get("headers") or {}), _CAUSE: cause}
        return super().send_task(name, args, kwargs, *more, **options)


app = Rialto("rialto")

# Task → seconds between two runs, or the times of day (UTC). Each finds its own work in the
# database.
SCHEDULE: dict[str, float | crontab] = {
    "ledger.mature": 60.0,
    "ledger.snapshot": 600.0,
    "ledger.expire_holds": 15.0,
    "ledger.seal": 60.0,
    "ledger.verify": crontab(hour="2", minute="17"),
    "ledger.verify_asked": 60.0,
    "ledger.mail_heads": crontab(hour="2", minute="47"),
    "payments.repair": 10.0,
    "payments.expire_challenges": 30.0,
    "payments.expire_authorizations": 60.0,
    "checkout.expire_sessions": 60.0,
    "checkout.release_places": 60.0,
    "checkout.erase_answers": 120.0,
    "payments.send_receipts": 10.0,
    "accounts.send_letters": 10.0,
    "payments.fetch_disputes": 5.0,
    "payments.find_missed": 3_600.0,
    "payments.sweep_notices": 10.0,
    "payments.return_unapplied": 3_600.0,
    "payments.erase": 600.0,
    "payments.count_attempts": 600.0,
    "connect.send_payouts": 5.0,
    "connect.pay_out": 60.0,
    "connect.process_holds": 15.0,
    "connect.cover_debts": 60.0,
    "connect.ask_balances": 1_800.0,
    "connect.report_stranded": 2.0,
    "connect.sweep_stranded": 600.0,
    "connect.evaluate_accounts": 2.0,
    # Before the cut-off of `processors.sepa.calendar`, in summer and in winter.
    "connect.make_bank_files": crontab(hour="11", minute="0", day_of_week="mon-fri"),
    "webhooks.drain": 5.0,
    "webhooks.resend": 5.0,
    "webhooks.close_lapsed": 10.0,
    "api.prune": 3600.0,
    "accounts.remove_files": 3600.0,
    "accounts.prune_key_use": 3600.0,
    "accounts.seal_audit": 60.0,
    # Early in each hour: the one before is learned from.
    "accounts.learn_baselines": crontab(minute="2"),
    "accounts.expire_approvals": 60.0,
    "accounts.recover_approvals": 60.0,
    "accounts.write_to_approvers": 60.0,
    "console.export": 5.0,
    "console.count": 300.0,
}


def _expiry(when: float | crontab) -> float:
    # A run that is still waiting when the next one is asked for need not be made.
    return 3600.0 if isinstance(when, crontab) else max(when, 10.0)


# Whoever works for a queue writes so.
_PULSE_SECONDS: Final = 10.0
TASK_QUEUES = ("payments", "ledger", "default")

app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    # A broker that falls silent, as one behind a firewall that forgot the connection, is noticed:
    # by whoever waits for an answer, and by workers, which ask for work every second.
    broker_transport_options={
        "visibility_timeout": 120,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "health_check_interval": 5,
    },
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    # Its queues expire, and only scripts keep those alive; nobody asks workers anything.
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    task_soft_time_limit=50,
    task_time_limit=60,
    task_default_queue="default",
    task_routes={
        "payments.*": {"queue": "payments"},
        "connect.*": {"queue": "payments"},
        "ledger.*": {"queue": "ledger"},
    },
    timezone="UTC",
    beat_schedule_filename=settings.BEAT_SCHEDULE_FILE,
    beat_schedule={
        task: {"task": task, "schedule": when, "options": {"expires": _expiry(when)}}
        for task, when in SCHEDULE.items()
    }
    | {
        f"pulse of {queue}": {
            "task": "config.pulse",
            "schedule": _PULSE_SECONDS,
            "options": {"queue": queue, "expires": _PULSE_SECONDS},
        }
        for queue in TASK_QUEUES
    },
    beat_scheduler="config.monitoring.beat:Scheduler",
)
app.autodiscover_tasks(
    ["api", "accounts", "ledger", "webhooks", "connect", "payments", "checkout", "console"]
)
app.autodiscover_tasks(["config.monitoring"])


@setup_logging.connect
def _keep_the_log(**_: object) -> None:
    # Celery would give its own loggers handlers of its own, past the formatter that masks.
    return


@worker_init.connect
def _look_at_the_login(**_: object) -> None:
    # Only now: connections are Django's, and Django may still be loading this module.
    from config import logins

    logins.refuse_owner()


@task_prerun.connect
def _begin(task: Any, **_: object) -> None:
    sent_with = task.request.headers or {}
    request_context.set_cause(str(task.request.get(_CAUSE) or sent_with.get(_CAUSE) or ""))
    task.request.began = time.perf_counter()


@task_postrun.connect
def _end(task: Any, state: str | None = None, **_: object) -> None:
    seconds = time.perf_counter() - task.request.began
    counters.note_task(task.name, (state or "unknown").lower(), seconds)
    request_context.set_cause("")


@task_prerun.connect
def _drop_a_lost_connection(**_: object) -> None:
    from core.database import liveness

    liveness.drop_lost()
