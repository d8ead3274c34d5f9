"""The icon and the logo that pages show: of a session itself, or of its payee."""

from typing import Final

from accounts import catalog
from accounts import queries as account_queries
from accounts.models import Account, File
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields

# The logo is shown where there are both.
PURPOSES: Final = {"logo": "business_logo", "icon": "business_icon"}
# A page that loads at once on a phone has room for no more.
MOST_BYTES: Final = 30_000


def check(tenant: Tenant, branding: Fields) -> None:
    """Refuse pictures that a merchant does not have.

    Args:
        tenant: The merchant.
        branding: What the request says in `branding_settings`.

    Raises:
        Missing: If the merchant has no such file.
        InvalidRequest: If it is for something else, or an address or a file is missing.
    """
    for name, purpose in PURPOSES.items():
        asked = branding.get(name)
        if not asked:
            continue
        param = f"branding_settings[{name}][{asked['type']}]"
        if not asked.get(asked["type"]):
            raise InvalidRequest(
                f"Missing required param: {param}.", code="parameter_missing", param=param
            )
        if asked["type"] == "file":
            account_queries.file_for(tenant, asked["file"], purpose, param=param)


def find(own: Fields, payee: Account, *, owner_id: str) -> File | None:
    """Return the picture that a page shows; None if it has none that fits.

    A picture that stands at another address is not shown: pages load nothing from elsewhere.

    Args:
        own: The `branding_settings` of what is paid.
        payee: The account that the payer knows as the one it pays.
        owner_id: Whose page it is, `acct_...`.
    """
    usual = payee.settings.get("branding") or {}
    wanted = [
        (own.get(name) or {}).get("file") if own.get(name) else usual.get(name) for name in PURPOSES
    ]
    ids = [id for id in wanted if id]
    if not ids:
        return None
    owners = {owner_id, payee.id, payee.opened_by_id} - {None}
    rows = File.objects.filter(id__in=ids, account_id__in=owners)
    shown = {row.id: row for row in rows if is_shown(row)}
    return next((shown[id] for id in ids if id in shown), None)


def is_shown(row: File) -> bool:
    """Tell whether a file is a picture that pages show."""
    return (
        row.purpose in PURPOSES.values()
        and row.removed_at is None
        and row.size_bytes <= MOST_BYTES
        and catalog.MEDIA_TYPES[row.type].startswith("image/")
    )
