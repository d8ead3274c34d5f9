"""Roles in the console, given and taken by an owner of it."""

from django.db import connection, transaction

from accounts.audit import trail
from accounts.models import User
from core.security.role_words import Role

# Lets somebody in without a role of an operator: a membership says what they may do.
MEMBER = "member"


def set_role(*, user_id: str, role: Role | None, by_id: str) -> None:
    """Give somebody a role, or take the console from them.

    PostgreSQL lets the application do it by this function alone, which asks whether an owner of
    the console does it to somebody else, and writes it down.

    Args:
        user_id: Whose role.
        role: The new one; None for none.
        by_id: The owner who does it.

    Raises:
        django.db.DatabaseError: If it is no owner, or the owner's own role.
    """
    _set(user_id, role.value if role else "", by_id)


def admit_member(*, user_id: str, by_id: str) -> None:
    """Let a platform's member use the console, as its membership says.

    Args:
        user_id: Who; has a membership already.
        by_id: An owner of the console, or of the platform.

    Raises:
        django.db.DatabaseError: If it is neither.
    """
    _set(user_id, MEMBER, by_id)


def _set(user_id: str, role: str, by_id: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        user = User.objects.filter(id=user_id).first()
        cursor.execute("SELECT accounts_set_role(%s, %s, %s)", [user_id, role, by_id])
        trail.record(
            "operator.role_changed",
            user,
            by=User.objects.filter(id=by_id).first(),
            changes={"role": (user.operator_role if user else None, role)},
        )
