"""The roles of the console, and what the table of them is made of."""

from typing import NamedTuple

from django.db.models import TextChoices


class Role(TextChoices):
    """Who somebody is in the console, of the whole of Rialto or of one platform."""

    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    SUPPORT = "support"
    FINANCE = "finance"
    DEVELOPER = "developer"
    AUDITOR = "auditor"


class Area(NamedTuple):
    """Tables whose pages open together.

    Args:
        title: What they are called.
        tables: Their labels.
        roles: Whom they open to.
        for_platforms: Whether a platform's own people have them too, with their own rows.
    """

    title: str
    tables: tuple[str, ...]
    roles: frozenset[Role]
    for_platforms: bool = True


class Right(NamedTuple):
    """Something that can be done.

    Args:
        title: What it is.
        roles: Who may.
        permissions: Django's permissions that come with it, besides those to look.
        for_platforms: Whether a platform's own people may, to their own rows.
    """

    title: str
    roles: frozenset[Role]
    permissions: tuple[str, ...] = ()
    for_platforms: bool = True
