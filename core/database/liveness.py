"""Connections that the server has ended while nobody used them."""

import select
from contextlib import suppress

import psycopg
from django.db import connection


def drop_lost() -> None:
    """Forget this thread's connection if its server has ended it: the next statement opens another.

    The system alone is asked, not the server: a connection on which nobody waits has something to
    read only when the server had a last word, or is gone.
    """
    link = connection.connection
    if link is None or connection.in_atomic_block or not _has_something(link.pgconn):
        return
    with suppress(psycopg.OperationalError):
        # A notice alone, such as of settings read again, is no end.
        link.pgconn.consume_input()
        if not _has_something(link.pgconn):
            return
    connection.close()


def _has_something(pgconn: psycopg.pq.abc.PGconn) -> bool:
    try:
        socket = pgconn.socket
    except psycopg.OperationalError:
        return True
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
