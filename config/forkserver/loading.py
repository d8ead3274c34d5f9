"""Loading the application once, for all copies."""

import gc
import os
from importlib import import_module
from typing import Final

import django
import setproctitle
from django.conf import settings

from config.settings import database

# The servers that run it, and the application as each of them finds it.
_PROGRAMS: Final = ("granian.cli", "celery.bin.celery", "celery.bin.worker", "celery.bin.beat")
_APPLICATION: Final = ("config.wsgi", "config.rsgi", "config.celery", "webhooks.engine.engine")


def load() -> None:
    """Load all that programs need, so that their copies share it.

    Nothing that is loaded may open a connection or start a thread: no copy could use either.
    """
    setproctitle.setproctitle("rialto forkserver")
    # Nothing of it goes away.
    gc.disable()
    django.setup()
    for name in (*_PROGRAMS, *_APPLICATION):
        import_module(name)
    from config.celery import app
    from core.measuring import counters

    app.loader.import_default_modules()
    counters.load()
    gc.collect()
    # Not looked through again, so that the copies' pages stay the same pages.
    gc.freeze()
    gc.enable()


def name_process(name: str) -> None:
    """Be a program of this name: in lists of processes, in logs and in PostgreSQL.

    Args:
        name: Such as `web`.
    """
    process = f"rialto {name}"
    setproctitle.setproctitle(process)
    os.environ["RIALTO_PROCESS"] = process
    settings.DATABASES["default"]["OPTIONS"] |= database.options(process)
