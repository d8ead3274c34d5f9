"""What the processes of Rialto ask of their connections to PostgreSQL."""

import os
from typing import Final

from core.types import Fields

# Nobody waits for those that work in the background. Requests: see `STATEMENT_MILLISECONDS`.
_IN_THE_BACKGROUND: Final = ("rialto worker", "rialto relay")
_SECONDS: Final = 15
# Without a host it is a socket of this machine.
_HERE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
_SECONDS_IN_THE_BACKGROUND: Final = 60


def options(process: str, *, as_owner: bool = False) -> dict[str, object]:
    """Return the options of a process's connections.

    Args:
        process: Its name, which `pg_stat_activity` shows.
        as_owner: Whether it migrates: an index of a large table takes what it takes.
    """
    # 0: for ever.
    seconds = 0 if as_owner else _seconds_of(process)
    return {
        "application_name": process,
        # The schema is said here, for a role may change its own for all who log in after it.
        "options": f"-c statement_timeout={seconds}s -c lock_timeout=5s "
        "-c idle_in_transaction_session_timeout=30s -c search_path=public,pg_temp",
        # Values travel apart from the text, so that the server can keep a statement prepared.
        "server_side_binding": True,
        "prepare_threshold": 2,
    }


def is_read_on_the_way(address: Fields) -> bool:
    """Tell whether others may read, or answer, what is said to a server over a network.

    Args:
        address: As in Django's `DATABASES`. What it leaves out, libpq takes from the environment.
    """
    options = address.get("OPTIONS", {})
    hosts = str(options.get("host") or address.get("HOST") or os.environ.get("PGHOST", ""))
    if all(host in _HERE or host.startswith(("/", "@")) for host in hosts.split(",")):
        return False
    mode = options.get("sslmode") or os.environ.get("PGSSLMODE", "")
    return bool(mode != "verify-full")


def _seconds_of(process: str) -> int:
    return _SECONDS_IN_THE_BACKGROUND if process in _IN_THE_BACKGROUND else _SECONDS
