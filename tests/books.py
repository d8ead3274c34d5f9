"""How tests read the ledger: in an accountant's words."""

from core.tenant import Tenant
from ledger import queries
from ledger.audit.checks import CHECKS
from ledger.audit.verify import SEALS, verify


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
    found = verify()
    assert found == [], found


def assert_ledger_balances() -> None:
    """For entries that a test wrote by hand, without the objects that would cause them."""
    found = verify(checks=[*CHECKS, SEALS])
    assert found == [], found
