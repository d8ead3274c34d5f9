"""A worker killed in the middle of a request."""

import os
import signal
from typing import Any, NoReturn

from django.test import Client

from api import idempotency
from processors import registry


def die(*_: Any, **__: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("Nobody survives this.")


def send(place: str, key: str, path: str, body: str) -> None:
    """Send a request and die: before the rail, after the rail, or before the answer.

    What it puts in the way stays there: only a copy of a process may call it.
    """
    rail = type(registry.get("simulator"))
    if place == "before the rail":
        rail.charge = rail.refund = die  # type: ignore[method-assign, assignment]
    elif place == "after the rail":
        for name in ("charge", "refund"):
            _die_after(rail, name)
    else:
        idempotency.finish = die
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}
    Client().post(path, body, "application/x-www-form-urlencoded", headers=headers)


def _die_after(rail: Any, name: str) -> None:
    real = getattr(rail, name)

    def charge_and_die(self: Any, request: Any) -> NoReturn:
        real(self, request)
        die()

    setattr(rail, name, charge_and_die)
