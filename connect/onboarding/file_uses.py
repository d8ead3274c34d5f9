"""Which files accounts and the people behind them name."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q

from accounts.models import Account
from connect.models import Person

_PAPERS: Final = [
    f"verification__{paper}__{side}"
    for paper in ("document", "additional_document")
    for side in ("front", "back")
]
_PICTURES: Final = ("branding__icon", "branding__logo")


def named(expired: list[str], others: list[str]) -> set[str]:
    """Return which of these files are in use, and so are kept.

    Args:
        expired: Ids of files that have expired.
        others: Ids of others.
    """
    ids = [*expired, *others]
    if not ids:
        return set()
    people = Person.objects.filter(_any("details", _PAPERS, ids), deleted_at=None)
    open_accounts = Account.objects.filter(closed_at=None)
    accounts = open_accounts.filter(
        _any("company", _PAPERS, ids) | _any("settings", _PICTURES, ids)
    )
    said: list[Any] = [*people.values_list("details"), *accounts.values_list("company", "settings")]
    return set(ids).intersection(_texts(said))


def _any(column: str, paths: tuple[str, ...] | list[str], ids: list[str]) -> Q:
    found = Q()
    for path in paths:
        found |= Q(**{f"{column}__{path}__in": ids})
    return found


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        yield from _texts(list(said.values()))
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _texts(one)
