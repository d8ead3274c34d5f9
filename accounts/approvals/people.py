"""Who may ask for an action, and who may decide on somebody else's."""

from django.db.models import Q
from django.utils.translation import gettext

from accounts.approvals import registry
from accounts.approvals.registry import ApprovalAction
from accounts.models import Account, ApprovalRequest, User
from core.errors import Forbidden, InvalidRequest
from core.money import Money
from core.security.roles import has_right, limit_of, standing_of


def is_permitted(user: User, action: ApprovalAction) -> bool:
    """Tell whether a person may do an action at all, whatever its amount."""
    if not user.is_active:
        return False
    return has_right(user, action.right) if action.right else user.has_perm(action.permission)


def is_approver(user: User, action: ApprovalAction) -> bool:
    """Tell whether a person may approve an action at all, whatever its amount."""
    if action.approver_right:
        return user.is_active and has_right(user, action.approver_right)
    return is_permitted(user, action)


def check(user: User, action: ApprovalAction) -> None:
    """Check that a person may do an action, whatever its amount.

    Raises:
        Forbidden: If not.
    """
    if not is_permitted(user, action):
        raise Forbidden(gettext("You are not permitted to do this."))


def limit_below(user: User, action: ApprovalAction, amount: Money | None) -> Money | None:
    """Return the limit of a person's role if an amount is above it; None if it is not."""
    if not action.right or amount is None:
        return None
    if has_right(user, action.right, amount=amount.amount, currency=amount.currency):
        return None
    return Money(limit_of(user, action.right, amount.currency) or 0, amount.currency)


def refusal(user: User, row: ApprovalRequest, *, is_visible: bool = False) -> str:
    """Return why a person may not approve a request, in a sentence; empty if they may.

    Args:
        user: The person.
        row: The request.
        is_visible: Whether it is known already that the person sees it.
    """
    if row.action not in registry.names():
        return gettext("This version does not know what it asks for any more.")
    action = registry.find(row.action)
    if row.requested_by_id == user.pk:
        return gettext("Somebody else must approve what you asked for.")
    if not is_approver(user, action):
        return gettext("Your role does not do this, so it does not approve it either.")
    if not is_visible and not _sees(user, row.account_id):
        return gettext("It is not of your platform.")
    amount = None if row.limited_amount is None else Money(row.limited_amount, row.currency)
    if most := limit_below(user, action, amount):
        return gettext(
            "Your role does this up to %(most)s of a payment: somebody with more must approve it."
        ) % {"most": most}
    return ""


def check_approver(user: User, row: ApprovalRequest) -> None:
    """Check that a person may approve a request.

    Raises:
        InvalidRequest: If it is their own.
        Forbidden: If they may not do what it asks for.
    """
    if problem := refusal(user, row):
        is_own = row.requested_by_id == user.pk
        raise InvalidRequest(problem) if is_own else Forbidden(problem)


def deciders(row: ApprovalRequest) -> list[User]:
    """Return everybody who may approve a request."""
    staff = User.objects.filter(is_active=True, is_staff=True).exclude(pk=row.requested_by_id)
    return [user for user in staff.order_by("email") if not refusal(user, row)]


def _sees(user: User, account_id: str | None) -> bool:
    standing = standing_of(user)
    if standing is None:
        return False
    if not (of := standing.platform_id):
        return True
    rows = Account.objects.filter(Q(id=of) | Q(opened_by_id=of), id=account_id or "")
    return rows.exists()
