"""What somebody can do about a payout, and on which page."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from core.security.roles import has_right

# State of a payout → what can be done: the right, the words, and the page.
BY_STATE: Final = {
    "pending": (("payout.decide", "Cancel", "connect_payout_cancel"),),
    "failed": (
        ("payout.create", "Pay it again", "connect_payout_again"),
        ("seller.link", "Ask the owner", "connect_payout_ask"),
    ),
}
_LOOKED_AT: Final = ("pending", "in_transit", "failed")


def of_state(user: object, id: str, status: str, *, is_resolved: bool) -> list[tuple[str, str]]:
    """Return what can be done to a payout as it stands, as words and addresses.

    Args:
        user: Who asks; `request.user`.
        id: `po_...`.
        status: Of the payout.
        is_resolved: True if it failed and somebody has dealt with it.
    """
    return [
        (gettext(words), reverse(f"admin:{page}", args=[id]))
        for right, words, page in BY_STATE.get(status, ())
        if has_right(user, right) and not is_resolved
    ]


def of_payout(
    user: object, id: str, account_id: str, status: str, *, is_resolved: bool
) -> list[tuple[str, str]]:
    """Return all that can be done about a payout, as words and addresses.

    Args:
        user: Who asks; `request.user`.
        id: `po_...`.
        account_id: Who is paid.
        status: Of the payout.
        is_resolved: True if it failed and somebody has dealt with it.
    """
    found = of_state(user, id, status, is_resolved=is_resolved)
    if has_right(user, "payout.create"):
        address = reverse("admin:connect_pay_now", args=[account_id])
        found.append((gettext("Pay out what is available"), address))
    if status in _LOOKED_AT and has_right(user, "payout.decide"):
        address = reverse("admin:connect_payouts_to_look_at")
        found.append((gettext("Payouts to look at"), address))
    return found
