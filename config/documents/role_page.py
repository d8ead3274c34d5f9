"""What the page of roles says."""

from collections.abc import Iterable, Sequence
from typing import Final

from core.security.role_words import Area, Right, Role
from core.security.roles import AREAS, LIMITS, RIGHTS

NOTES: Final = (
    "A member of a platform has the same role with the platform's own rows and those of the",
    "sellers that it opened; what is marked *operators only* stays with who runs Rialto.",
    "Support refunds up to `RIALTO_SUPPORT_REFUNDS_UP_TO` of one payment",
    "([settings](settings.md)).",
)
_Rows = tuple[tuple[str, ...], Iterable[tuple[str, ...]]]


def pages() -> _Rows:
    """Return the table of which pages open to which role."""
    rows = [(_title(area), *_marks(area.roles)) for area in AREAS]
    return ("Pages", *Role.values), rows


def rights() -> _Rows:
    """Return the table of what each role may do."""
    rows = [
        (
            _title(right),
            f"`{name}`",
            *_marks(right.roles, [role for role in Role if (role, name) in LIMITS]),
        )
        for name, right in RIGHTS.items()
    ]
    return ("What", "Right", *Role.values), rows


def _title(row: Area | Right) -> str:
    return row.title if row.for_platforms else f"{row.title} (operators only)"


def _marks(roles: frozenset[Role], limited: Sequence[Role] = ()) -> list[str]:
    return ["limited" if r in limited else "yes" if r in roles else "" for r in Role]
