"""Being killed at a named point: before and after each commit, call of a rail, and letter.

The work is done by a copy of this process, which ends there without a word, as `kill -9` would
end it: no `finally` runs, and PostgreSQL sees its connection break off.
"""

import json
import os
import re
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.core.mail import EmailMessage
from django.db import connection, connections

from processors import registry
from processors.accounts import kinds
from processors.simulator.rail import Simulator
from tests import copies

_CRASHED: Final = 77
_FAILED: Final = 1
_CALLS: Final = (
    "charge", "capture", "void", "refund", "verify", "find", "cancel_refund", "reports",
    "acknowledge", "check_evidence", "submit_evidence", "accept_dispute", "cancel_charge",
    "act_for_payer", "complete",
)  # fmt: skip

# What calls a function may write.
_READING = re.compile(r"\s*(SELECT\b.*?\sFROM\s|SET\b|SHOW\b)", re.IGNORECASE | re.DOTALL)
_CALLING = re.compile(r"\b[a-z]+_\w+\(")


@dataclass(frozen=True, slots=True)
class Run:
    """What became of the copy.

    Args:
        points: The points it passed, in order; the last one is where it ended, if it was cut off.
        is_cut_off: False if it came to its end.
    """

    points: list[str]
    is_cut_off: bool


def run(work: Callable[[], object], *, until: int | None = None) -> Run:
    """Do some work in a copy of this process.

    Args:
        work: What to do.
        until: The number of the point at which the copy dies, from 0; None to let it live.

    Raises:
        AssertionError: If the work itself failed.
    """
    reading, writing = os.pipe()
    child = copies.fork()
    if not child:
        os.close(reading)
        _be_the_copy(work, until, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        lines = pipe.read().splitlines()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, _CRASHED), "\n".join(json.loads(line) for line in lines)
    return Run([json.loads(line) for line in lines], code == _CRASHED)


def distinct_points(points: Sequence[str]) -> list[int]:
    """Return the numbers of the points at which something else is left than at the one before.

    Whatever lasts is done between two points: before it and after it. From there to the next thing
    that lasts nothing changes, so that to be cut off after one is to be cut off before the other.
    """
    found = [0]
    for number, (last, name) in enumerate(pairwise(points), start=1):
        if last.startswith("before ") and name == f"after {last.removeprefix('before ')}":
            found.append(number)
    return found


def _be_the_copy(work: Callable[[], object], until: int | None, writing: int) -> None:
    """Do the work and end; this never returns."""
    code = _FAILED
    try:
        copies.leave_connections()
        passed = 0

        def pass_point(name: str) -> None:
            nonlocal passed
            os.write(writing, (json.dumps(name) + "\n").encode())
            if passed == until:
                os._exit(_CRASHED)
            passed += 1

        _plant(pass_point)
        work()
        code = 0
    except BaseException:
        os.write(writing, (json.dumps(traceback.format_exc()) + "\n").encode())
    finally:
        os._exit(code)


def _plant(pass_point: Callable[[str], None]) -> None:
    """Put a point before and after each commit and each call. The copy's world ends with it."""
    _around(type(connections["default"]), "_commit", "commit", pass_point)
    for kind, known in list(kinds.KINDS.items()):
        base = Simulator if kind == "simulator" else known.make
        if isinstance(base, type) and issubclass(base, Simulator):
            registry.register(kind, _with_points(base, pass_point))
    _around(EmailMessage, "send", "sending mail", pass_point)

    def execute(run_it: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        # A statement outside of a transaction is its own.
        link = context["connection"].connection
        is_reading = _READING.match(str(sql)) and not _CALLING.search(str(sql))
        if not link.autocommit or is_reading:
            return run_it(sql, params, many, context)
        name = " ".join(str(sql).split())[:50]
        pass_point(f"before {name}")
        result = run_it(sql, params, many, context)
        pass_point(f"after {name}")
        return result

    connection.execute_wrappers.append(execute)


def _with_points(base: type[Simulator], pass_point: Callable[[str], None]) -> type[Simulator]:
    calls = {
        name: _between(getattr(base, name), f"call of {name}", pass_point)
        for name in _CALLS
        if hasattr(base, name)
    }
    return type(base.__name__, (base,), calls)


def _around(owner: Any, name: str, what: str, pass_point: Callable[[str], None]) -> None:
    setattr(owner, name, _between(getattr(owner, name), what, pass_point))


def _between(
    inner: Callable[..., Any], what: str, pass_point: Callable[[str], None]
) -> Callable[..., Any]:
    def outer(*args: Any, **kwargs: Any) -> Any:
        pass_point(f"before {what}")
        result = inner(*args, **kwargs)
        pass_point(f"after {what}")
        return result

    return outer
