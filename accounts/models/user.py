from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext

from core.database.fields import IdField, ReferenceField
from core.database.finding import tail_index
from core.security.role_words import Role
from core.security.roles import Standing, permissions_of


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        """Make an owner: the table of roles says what superusers are elsewhere."""
        fields.setdefault("operator_role", Role.OWNER)
        return self.create_user(email, password, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Logs in with an e-mail address."""

    id = IdField(prefix="user")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    # May use the console: everywhere with a role of an operator, else where a membership says.
    is_staff = models.BooleanField(default=False)
    operator_role = models.CharField(
        "role", max_length=12, choices=Role.choices, blank=True, default="", db_default=""
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = [tail_index("user")]

    def __str__(self) -> str:
        return self.email

    def get_all_permissions(self, obj: models.Model | None = None) -> set[str]:
        """Return what the role permits: rows of permissions decide nothing."""
        return set(permissions_of(self.standing)) if self.standing else set()

    @cached_property
    def standing(self) -> Standing | None:
        """What the person is in the console; None for somebody who may not use it."""
        if not (self.is_active and self.is_staff):
            return None
        if self.operator_role:
            return Standing(Role(self.operator_role))
        memberships = self.memberships.filter(account__opened_by=None, account__closed_at=None)
        found = memberships.order_by("created_at", "pk").first()
        return Standing(Role(found.role), found.account_id) if found else None


class RoleChange(models.Model):
    """A change of somebody's role. PostgreSQL writes it down, whoever makes it."""

    # Not a key to the person: what happened stays when the person goes.
    user_id = ReferenceField()
    was = models.CharField(max_length=12, blank=True)
    became = models.CharField(max_length=12, blank=True)
    # The owner who did it; empty for the tables' owner, by `rialto operators`.
    by_id = ReferenceField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user_id"], name="role_change_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.was or 'none'} → {self.became or 'none'}"


class Membership(models.Model):
    """A user's membership of an account's staff."""

    id = IdField(prefix="mem")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "account"], name="one_membership_per_account")
        ]
        indexes = [tail_index("membership")]

    def __str__(self) -> str:
        return gettext("%(user)s in %(account)s") % {
            "user": self.user_id,
            "account": self.account_id,
        }
