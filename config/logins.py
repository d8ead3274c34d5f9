"""Whether the application's login is as weak as it must be."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

# Who logged in, where that may become who owns the tables.
_TOO_STRONG = """
    SELECT session_user::text, tableowner::text FROM pg_tables
    WHERE schemaname = 'public' AND tablename = 'django_migrations'
        AND pg_has_role(session_user, tableowner, 'MEMBER')
"""


def problem() -> str | None:
    """Return what is wrong with the login of this process, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_TOO_STRONG)
        found = cursor.fetchone()
    if not found:
        return None
    login, owner = found
    return (
        f"DATABASE_URL logs in as {login}, which may become {owner}, who owns the tables: whoever "
        "breaks in here could rewrite the books. Make two log-ins, as docs/how-to/run-it.md says."
    )


def refuse_owner() -> None:
    """Refuse to go on with a login that may become the owner, where two are asked for.

    Raises:
        ImproperlyConfigured: If it may.
    """
    if not settings.NEEDS_TWO_LOGINS:
        return
    try:
        found = problem()
    except OperationalError:
        # Nobody is there to ask: `/readyz` asks again before there is work.
        return
    finally:
        connection.close()
    if found:
        raise ImproperlyConfigured(found)
