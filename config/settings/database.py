"""What the processes of Rialto ask of their connections to PostgreSQL."""

from typing import Final

# Nobody waits for those that work in the background. Requests: see `STATEMENT_MILLISECONDS`.
_IN_THE_BACKGROUND: Final = ("rialto worker", "rialto relay")
_SECONDS: Final = 15
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


def _seconds_of(process: str) -> int:
    return _SECONDS_IN_THE_BACKGROUND if process in _IN_THE_BACKGROUND else _SECONDS
