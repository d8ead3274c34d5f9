"""What may be a sign of an attack, counted in this process until somebody looks at it.

To note a signal is to count up in memory: no request waits for it, and none fails of it.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# More kinds of them at once are an attack that is known by the others.
_MOST_KEPT: Final = 20_000


class Signal(StrEnum):
    """What was seen."""

    CARD_TRIED = "card_tried"
    CARD_DECLINED = "card_declined"
    SMALL_DECLINED = "small_declined"
    KEY_USED = "key_used"
    ID_MISSED = "id_missed"
    FORBIDDEN = "forbidden"
    FAILED = "failed"
    REFUNDED = "refunded"
    OLD_REFUNDED = "old_refunded"
    HELD_PAYOUT = "held_payout"
    LOGIN_FAILED = "login_failed"
    FACTOR_FAILED = "factor_failed"
    LOGGED_IN = "logged_in"
    STAFF_READ = "staff_read"
    STAFF_EXPORTED = "staff_exported"
    KEY_IN_CLEAR = "key_in_clear"
    PUBLISHABLE_REFUSED = "publishable_refused"
    NOTICE_REFUSED = "notice_refused"
    WRONG_KEY = "wrong_key"


@dataclass(frozen=True, slots=True)
class Observation:
    """A signal, and whom it is about. What is not known is empty.

    Args:
        signal: What was seen.
        account_id: Whose account.
        livemode: In which mode.
        key_id: By which key.
        network: From which network: `core.detection.networks`.
        person_id: By which person of the console.
        thing: With what: an endpoint, a processor, how a key begins.
        member: One of those that are counted apart, such as a card's fingerprint.
    """

    signal: Signal
    account_id: str = ""
    livemode: bool = False
    key_id: str = ""
    network: str = ""
    person_id: str = ""
    thing: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """By whom what is worked at now was asked for. What is not known is empty.

    Args:
        key_id: The key.
        network: The payer's network; not that of a merchant's server.
    """

    key_id: str = ""
    network: str = ""


_NOBODY: Final = Source()
_source: ContextVar[Source] = ContextVar("rialto_source", default=_NOBODY)
_lock = threading.Lock()
_noted: Final[Counter[Observation]] = Counter()
_listeners: Final[list[Callable[[], None]]] = []


def note(observation: Observation) -> None:
    """Count an observation, and have whoever listens look at it soon."""
    with _lock:
        if len(_noted) >= _MOST_KEPT and observation not in _noted:
            return
        _noted[observation] += 1
    for wake in _listeners:
        wake()


def source() -> Source:
    """Return by whom what is worked at now was asked for."""
    return _source.get()


@contextmanager
def coming_from(asked_by: Source) -> Iterator[None]:
    """Say inside the block by whom the work was asked for."""
    token = _source.set(asked_by)
    try:
        yield
    finally:
        _source.reset(token)


def drain() -> Counter[Observation]:
    """Return what was noted since the last time, and forget it."""
    with _lock:
        found = Counter(_noted)
        _noted.clear()
    return found


def listen(wake: Callable[[], None]) -> None:
    """Have a function called after each observation; it must return at once."""
    _listeners.append(wake)
