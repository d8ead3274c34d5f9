"""A worker killed in the middle of a request: `python -m tests.api.dying PLACE KEY PATH BODY`.

PLACE is `before the rail`, `after the rail` or `before the answer`.
"""

import os
import signal
import sys
from typing import Any, NoReturn

import django

django.setup()

from django.test import Client  # noqa: E402  after the settings

from api import idempotency  # noqa: E402
from processors import registry  # noqa: E402


def die(*_: Any, **__: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("Nobody survives this.")


def main(place: str, key: str, path: str, body: str) -> None:
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


if __name__ == "__main__":
    main(*sys.argv[1:])
