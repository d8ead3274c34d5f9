"""Which operators have set up a second factor."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.people.proofs import FACTORS
from core.security.role_words import Role


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who may use the console.

    Args:
        email: The address that they log in with.
        is_owner: True if nobody may more.
        has_factor: True if they have set up a second factor.
    """

    email: str
    is_owner: bool
    has_factor: bool


def operators() -> list[Operator]:
    """Return everybody who may use the console."""
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    rows = User.objects.filter(is_active=True, is_staff=True).annotate(has_factor=Exists(factors))
    found = rows.order_by("email").values_list("email", "operator_role", "has_factor")
    return [Operator(email, role == Role.OWNER, has_factor) for email, role, has_factor in found]
