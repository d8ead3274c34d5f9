"""How tests read the ledger: in an accountant's words."""

from collections.abc import Sequence

from django.db import DataError, connection, transaction

from core.tenant import Tenant
from ledger import queries
from ledger.audit.checking import Check
from ledger.audit.checks import CHECKS
from ledger.audit.verify import SEALS, all_checks, verify


def usable(tenant: Tenant, currency: str = "usd") -> int:
    return queries.balance(owner=tenant.account_id, livemode=False).available.get(currency, 0)


def pending(tenant: Tenant, currency: str = "usd") -> int:
    return queries.balance(owner=tenant.account_id, livemode=False).pending.get(currency, 0)


def total(tenant: Tenant, currency: str = "usd") -> int:
    return usable(tenant, currency) + pending(tenant, currency)


def in_transit(tenant: Tenant, currency: str = "usd") -> int:
    found = queries.balance(owner=tenant.account_id, livemode=False)
    return found.refunds_in_transit.get(currency, 0)


def on_its_way(tenant: Tenant, currency: str = "usd") -> int:
    """Return what is being paid out, and has not arrived."""
    found = queries.balance(owner=tenant.account_id, livemode=False)
    return found.payouts_in_transit.get(currency, 0)


def at_the_processor(currency: str = "usd") -> int:
    return queries.account_balance("processor", "simulator", currency)


def assert_books_balance() -> None:
    _assert_holds(all_checks())


def assert_ledger_balances() -> None:
    """For entries that a test wrote by hand, without the objects that would cause them."""
    _assert_holds([*CHECKS, SEALS])


def _assert_holds(checks: Sequence[Check]) -> None:
    """Make every check; only if one finds something, each by itself, to say what it was."""
    if _finds_anything([check for check in checks if check is not SEALS]):
        found = verify(checks=checks)
        assert found == [], found
    broken = verify(checks=[SEALS])
    assert broken == [], broken


def _finds_anything(checks: Sequence[Check]) -> bool:
    """Ask all checks in one statement: asking costs more than looking through a test's books."""
    query = " UNION ALL ".join(
        f"SELECT found.id::text FROM ({check.query}) AS found(id, detail)" for check in checks
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('rialto.verify_since', '-infinity', true)")
            # All at once they may take longer than one statement of a request.
            cursor.execute("SET LOCAL statement_timeout = '60s'")
            cursor.execute(query)
            return cursor.fetchone() is not None
    except DataError:
        # Tables that were tampered with may hold what no query was written for.
        return True
