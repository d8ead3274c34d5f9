"""What somebody can do about an account, and on which page."""

from django.urls import reverse
from django.utils.translation import gettext

from core.admin import page_of
from core.security.roles import has_right
from core.types import JsonObject


def of_account(user: object, id: str, *, is_open: bool) -> list[tuple[str, str]]:
    """Return what can be done, as words and addresses.

    Args:
        user: Who asks; `request.user`.
        id: `acct_...`.
        is_open: False if it was closed.
    """
    pages = [
        ("payout.create", gettext("Pay out now"), reverse("admin:connect_pay_now", args=[id])),
        (
            "seller.link",
            gettext("Link for its owner"),
            reverse("admin:connect_account_link", args=[id]),
        ),
        (
            "seller.link",
            gettext("See as its owner"),
            reverse("admin:connect_account_look", args=[id]),
        ),
    ]
    found = [(words, page) for right, words, page in pages if is_open and has_right(user, right)]
    if has_right(user, "account.change"):
        found.append((gettext("Name and prices"), f"{page_of('accounts_account', id)}?edit=1"))
    return found


def rights_of(user: object, *, is_seller: bool) -> JsonObject:
    """Return what of the page's own forms somebody may send."""
    return {"stop": is_seller and has_right(user, "seller.review")}
