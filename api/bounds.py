"""What one business may ask of the database at once, so that others are answered meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import OperationalError, connection, transaction

from core.errors import InvalidRequest, TooManyRequests
from core.tenant import Tenant

# Of one account, in both modes together.
SEARCHES_AT_ONCE: Final = 2
SEARCH_MILLISECONDS: Final = 2_000

# The locks are PostgreSQL's: they hold over all processes, and end with the transaction.
_BEGIN: Final = """
    SELECT set_config('statement_timeout', %s, true), CASE
        WHEN pg_try_advisory_xact_lock(hashtext('api.search'), hashtext(%s)) THEN true
        ELSE pg_try_advisory_xact_lock(hashtext('api.search'), hashtext(%s)) END
"""
_OVER_TIME: Final = "57014"


@contextmanager
def search(tenant: Tenant) -> Iterator[None]:
    """Search within bounds: a few at once for each account, and each for a moment only.

    Args:
        tenant: Who searches.

    Raises:
        TooManyRequests: If as many searches of the account are running already.
        InvalidRequest: If it takes too long. It has changed nothing.
    """
    places = [f"{tenant.account_id}:{number}" for number in range(SEARCHES_AT_ONCE)]
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, [str(SEARCH_MILLISECONDS), *places])
            _, is_free = cursor.fetchone()
        if not is_free:
            raise TooManyRequests(
                f"{SEARCHES_AT_ONCE} searches of your account are running. Try again when one of "
                "them has ended."
            )
        try:
            yield
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != _OVER_TIME:
                raise
            raise InvalidRequest(
                f"This search takes longer than {SEARCH_MILLISECONDS // 1000} seconds. Ask for "
                "less of it at once: add `created>…`, write whole values instead of parts (`~`), "
                "or search metadata, names and e-mail addresses, which have an index.",
                param="query",
            ) from error
