"""What is written when people add and lose factors."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.utils.translation import gettext

from accounts.audit import trail
from accounts.models import User
from accounts.people import sessions
from accounts.people.proofs import FACTORS
from core.database.transactions import atomic
from core.errors import InvalidRequest, Missing
from core.types import JsonObject


def add_application(*, user: User, secret: str, replaces_all: bool) -> Authenticator:
    """Add an application that shows codes, in the place of the one before.

    Args:
        user: Whose it is.
        secret: What it makes codes of.
        replaces_all: Whether all other factors are lost, and go.
    """
    with atomic():
        _lock(user)
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        added: Authenticator = TOTP.activate(user, secret).instance
        _finish(user, added, replaces_all=replaces_all)
    return added


def add_passkey(
    *, user: User, name: str, credential: JsonObject, replaces_all: bool
) -> Authenticator:
    """Add a passkey.

    Args:
        user: Whose it is.
        name: What its owner calls it.
        credential: What the browser told of it.
        replaces_all: Whether all other factors are lost, and go.
    """
    with atomic():
        _lock(user)
        called = name.strip() or gettext("Passkey")
        added: Authenticator = WebAuthn.add(user, called, credential).instance
        _finish(user, added, replaces_all=replaces_all)
    return added


def remove_factor(*, user: User, factor_id: int) -> None:
    """Remove a factor that is not the last.

    Raises:
        Missing: If the person has no such factor.
        InvalidRequest: If it is the last one.
    """
    with atomic():
        _lock(user)
        factors = Authenticator.objects.filter(user=user, type__in=FACTORS)
        found = factors.filter(pk=factor_id).first()
        if found is None:
            raise Missing(gettext("There is no such factor."))
        if factors.count() == 1:
            raise InvalidRequest(gettext("This is the last one: add another first."))
        found.delete()
        trail.record("factor.removed", user, changes={"type": (found.type, None)})


def renew_recovery_codes(*, user: User) -> None:
    """Make new recovery codes; those of before are good for nothing."""
    with atomic():
        _lock(user)
        _renew_codes(user)
        trail.record("recovery_codes.made", user)


def forget_factors(*, user: User) -> int:
    """Forget all factors and sessions of somebody, and tell how many factors that were."""
    with atomic():
        _lock(user)
        found = Authenticator.objects.filter(user=user)
        count: int = found.filter(type__in=FACTORS).count()
        found.delete()
        sessions.end_all(user)
        trail.record("factors.forgotten", user, changes={"count": (count, 0)})
    return count


def unused_codes(user: User) -> list[str]:
    """Return the recovery codes that can be used."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    codes: list[str] = row.wrap().get_unused_codes() if row else []
    return codes


def _finish(user: User, added: Authenticator, *, replaces_all: bool) -> None:
    others = Authenticator.objects.filter(user=user).exclude(pk=added.pk)
    if replaces_all:
        others.delete()
    if not others.filter(type=Authenticator.Type.RECOVERY_CODES).exists():
        _renew_codes(user)
    changes: dict[str, tuple[object, object]] = {"type": (None, added.type)}
    if replaces_all:
        changes["others"] = ("all", None)
    trail.record("factor.added", user, changes=changes)


def _renew_codes(user: User) -> None:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)


def _lock(user: User) -> None:
    """Let nobody else change the factors of a person meanwhile."""
    User.objects.select_for_update().get(pk=user.pk)
