"""The Celery application: queues, and the beat schedule as one table."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("rialto")

# Task → seconds between two runs. Each finds its own work in the database.
SCHEDULE = {
    "ledger.mature": 60.0,
    "ledger.snapshot": 600.0,
    "payments.repair": 10.0,
    "webhooks.sweep": 5.0,
    "api.prune": 3600.0,
}

app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 120},
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    task_soft_time_limit=50,
    task_time_limit=60,
    task_default_queue="default",
    task_routes={
        "webhooks.*": {"queue": "webhooks"},
        "payments.*": {"queue": "payments"},
        "ledger.*": {"queue": "ledger"},
    },
    timezone="UTC",
    beat_schedule_filename=settings.BEAT_SCHEDULE_FILE,
    beat_schedule={
        task: {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 10.0)}}
        for task, seconds in SCHEDULE.items()
    },
)
app.autodiscover_tasks(["api", "ledger", "webhooks", "payments"])
