"""Invitations of operators: made by one who may do all, taken up once by whoever has the link."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from accounts.audit import trail
from accounts.models import Invitation, User
from accounts.people import sessions
from core.database.transactions import forbid_transaction
from core.errors import InvalidRequest, Missing
from core.ids import new_id
from core.security.role_words import Role

logger = logging.getLogger(__name__)

LASTS_SECONDS: Final = 3 * 86_400
_REFUSED: Final = {
    "42501": gettext_lazy("Only owners invite."),
    "23505": gettext_lazy("An operator has this address already."),
}


@dataclass(frozen=True)
class Invited:
    """An invitation and its link, which nothing keeps.

    Args:
        invitation: The row.
        link: What the person invited opens.
        is_sent: Whether the mail server took the mail.
    """

    invitation: Invitation
    link: str
    is_sent: bool


def invite(*, email: str, role: Role, by: User) -> Invited:
    """Invite somebody, and send the link.

    Args:
        email: Whom. An earlier invitation of the same address is withdrawn.
        role: What they are to be.
        by: Who invites.

    Raises:
        InvalidRequest: If the address is an operator's already, or who invites may not.
    """
    forbid_transaction()
    token, invitation_id = secrets.token_urlsafe(32), new_id("inv")
    try:
        with transaction.atomic():
            _call(
                "accounts_invite",
                invitation_id,
                email.strip().lower(),
                role.value,
                _digest(token),
                by.pk,
                LASTS_SECONDS,
            )
            row = Invitation.objects.get(pk=invitation_id)
            trail.record("invitation.made", row, by=by)
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state not in _REFUSED:
            raise
        raise InvalidRequest(str(_REFUSED[state]), param="email") from error
    link = f"{settings.PUBLIC_URL}/admin/invitation/{token}/"
    return Invited(row, link, _send(row, link, by))


def withdraw(*, invitation_id: str, by: User) -> None:
    """Make an invitation good for nothing.

    Raises:
        Missing: If none waits that has this id.
    """
    with transaction.atomic():
        if not _call("accounts_withdraw_invitation", invitation_id):
            raise Missing(gettext("No such invitation waits."))
        row = Invitation.objects.get(pk=invitation_id)
        trail.record("invitation.withdrawn", row, by=by)


def waiting() -> list[Invitation]:
    """Return the invitations that can be taken up."""
    rows = Invitation.objects.filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    return list(rows.select_related("invited_by").order_by("-created_at")[:100])


def find(token: str) -> Invitation | None:
    """Return the invitation of a link, if it can be taken up."""
    return Invitation.objects.filter(
        digest=_digest(token),
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=timezone.now(),
        invited_by__is_active=True,
        invited_by__operator_role=Role.OWNER,
    ).first()


def accept(*, token: str, name: str, password: str) -> User:
    """Make an operator of whoever has a link.

    Raises:
        Missing: If the link was used, withdrawn or is too old.
    """
    with transaction.atomic():
        user_id = _call(
            "accounts_accept_invitation",
            _digest(token),
            new_id("user"),
            name.strip(),
            make_password(password),
        )
        if user_id is None:
            raise Missing(gettext("This invitation was used, withdrawn or is too old."))
        user = User.objects.get(pk=user_id)
        sessions.end_all(user)
        trail.record("invitation.accepted", user, by=user)
    return user


def _call(function: str, *values: str | int) -> object:
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        # The names are those above.
        cursor.execute(f"SELECT {function}({marks})", values)
        row = cursor.fetchone()
    return row[0] if row else None


def _digest(token: str) -> str:
    # Drawn from 256 bits, so that a plain hash leads nowhere.
    return hashlib.sha256(f"rialto.invitation:{token}".encode()).hexdigest()


def _send(row: Invitation, link: str, by: User) -> bool:
    body = (
        f"{by.name or by.email} invites you to operate Rialto, as "
        f"{row.get_role_display().lower()}, at {settings.PUBLIC_URL}.\n\n"
        f"Choose a password, and set up a second factor:\n\n{link}\n\n"
        f"The link works once, until {row.expires_at:%-d %B %Y, %H:%M} UTC. If you expected no "
        "invitation, do nothing.\n"
    )
    mail = EmailMessage("You are invited to operate Rialto", body, to=[row.email])
    try:
        return bool(mail.send())
    except OSError:
        logger.warning("The invitation %s could not be sent.", row.pk, exc_info=True)
        return False
