"""Which pages may hold a frame with payment fields."""

from typing import Final

from core.tenant import Tenant
from payments import queries

# In test mode a page may be anywhere, such as on somebody's own machine.
ANYWHERE: Final = "*"
NOWHERE: Final = "'none'"


def ancestors(tenants: list[Tenant]) -> str:
    """Return the sources for `frame-ancestors`.

    Args:
        tenants: The account that is paid, and the platform that acts for it, in one mode.
    """
    if not tenants[0].livemode:
        return ANYWHERE
    names = sorted(
        {
            row.domain_name
            for tenant in tenants
            for row in queries.payment_method_domains(tenant).filter(enabled=True)
        }
    )
    return " ".join(f"https://{name}" for name in names) or NOWHERE
