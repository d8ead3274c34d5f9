"""Django's permissions, as the table of roles grants them."""

from collections.abc import Iterable

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from core.security.roles import permissions_of, standing_of

_Person = AbstractBaseUser | AnonymousUser


class RolesBackend(ModelBackend):
    """Permit what the role permits, whatever rows of permissions there are; log nobody in."""

    def authenticate(self, request: HttpRequest | None, **_: object) -> None:  # type: ignore[override]
        """Leave it to the next backend, which counts wrong passwords."""

    def has_perm(self, user_obj: _Person, perm: str, obj: Model | None = None) -> bool:
        """Tell whether the role permits something.

        Raises:
            PermissionDenied: If not, so that no other backend is asked.
        """
        if perm in self._permissions(user_obj):
            return True
        raise PermissionDenied

    def has_module_perms(self, user_obj: _Person, app_label: str) -> bool:
        """Tell whether the role opens anything of a room.

        Raises:
            PermissionDenied: If not, so that no other backend is asked.
        """
        if any(name.startswith(f"{app_label}.") for name in self._permissions(user_obj)):
            return True
        raise PermissionDenied

    def _permissions(self, user: _Person) -> Iterable[str]:
        standing = standing_of(user)
        return permissions_of(standing) if standing else frozenset()
