"""Whose rows somebody may see."""

from core.security.roles import standing_of


def may_see(user: object, *account_ids: str | None) -> bool:
    """Tell whether somebody may see what belongs to some accounts.

    Args:
        user: Who asks; `request.user`.
        account_ids: Whose it is, and the platforms of these.
    """
    standing = standing_of(user)
    return standing is not None and (
        not standing.platform_id or standing.platform_id in account_ids
    )
