"""Which files accounts and their people refer to."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q

from accounts import queries as files
from accounts.models import Account
from connect.models import Person
from core.tenant import Tenant
from core.types import Fields

_PAPERS: Final = [
    f"verification__{paper}__{side}"
    for paper in ("document", "additional_document")
    for side in ("front", "back")
]
_PICTURES: Final = ("branding__icon", "branding__logo")
_PURPOSES: Final = {"icon": "business_icon", "logo": "business_logo"}


def check_pictures(account: Account, platform: Tenant, settings: Fields) -> None:
    """Refuse an icon or a logo that neither an account nor its platform has uploaded as one.

    Args:
        account: The account.
        platform: The tenant of its platform.
        settings: What the request says in `settings`.

    Raises:
        Missing: If there is no such file.
        InvalidRequest: If it is for something else.
    """
    own = Tenant(account.id, platform.livemode)
    for name, purpose in _PURPOSES.items():
        file_id = (settings.get("branding") or {}).get(name)
        if not file_id:
            continue
        owner = own if files.files(own).filter(id=file_id).exists() else platform
        files.file_for(owner, file_id, purpose, param=f"settings[branding][{name}]")


def referenced_files(expired: list[str], others: list[str]) -> set[str]:
    """Return which of these files are referred to.

    Args:
        expired: Ids of files that have expired.
        others: Ids of files that have not.
    """
    ids = [*expired, *others]
    if not ids:
        return set()
    people = Person.objects.filter(_any_of("details", _PAPERS, ids), deleted_at=None)
    open_accounts = Account.objects.filter(closed_at=None)
    accounts = open_accounts.filter(
        _any_of("company", _PAPERS, ids) | _any_of("settings", _PICTURES, ids)
    )
    values: list[object] = [
        *people.values_list("details"),
        *accounts.values_list("company", "settings"),
    ]
    return set(ids).intersection(_texts(values))


def papers_of(row: Person) -> list[str]:
    """Return the ids of the files that a person's verification names."""
    verification = row.details.get("verification") or {}
    return sorted(id for id in set(_texts(verification)) if id.startswith("file_"))


def _any_of(column: str, paths: tuple[str, ...] | list[str], ids: list[str]) -> Q:
    found = Q()
    for path in paths:
        found |= Q(**{f"{column}__{path}__in": ids})
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
