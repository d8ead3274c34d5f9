"""Ask for work after commit, by name, so that no arrow points up."""

import logging
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction

from core.ids import PREFIXES, prefix_of

logger = logging.getLogger(__name__)

_ID: Final = re.compile(r"[a-z]+_[0-9A-Za-z]{24}")

_AT_ONCE: Final = timedelta(0)


def enqueue(task: str, *, after: timedelta = _AT_ONCE, **kwargs: object) -> None:
    """Send a task to its queue once the open transaction has committed.

    A task is only a hint: every job finds its rows again by a sweep of the
    database, so a broker that is away costs time and never work.

    Args:
        task: The task's full name, such as `"payments.apply_notice"`.
        after: How long it waits after the commit.
        kwargs: Ids only; they must survive JSON.

    Raises:
        ValueError: If one is anything else.
    """
    check_arguments(task, kwargs.values())
    transaction.on_commit(lambda: _send(task, after, kwargs))


def check_arguments(task: str, arguments: Iterable[object]) -> None:
    """Refuse what is no id: a task's arguments lie in the broker, and in the worker's log.

    Raises:
        ValueError: It does not repeat the argument.
    """
    for one in arguments:
        is_id = isinstance(one, str) and _ID.fullmatch(one) and prefix_of(one) in PREFIXES
        if not is_id:
            raise ValueError(f"An argument of {task} is no id. Tasks read what they need.")


def _send(task: str, after: timedelta, kwargs: dict[str, object]) -> None:
    from celery import current_app

    try:
        current_app.send_task(
            task,
            kwargs=kwargs,
            retry=False,
            ignore_result=True,
            countdown=after.total_seconds() or None,
        )
    except Exception:
        logger.warning("The broker did not take %s; the sweep will find the work.", task)
