"""What the operators' pages about a seller's own pages have in common."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import Account
from core.admin import page_of
from core.security.roles import has_right
from core.security.rows import may_see
from core.security.visibility import livemode_of
from core.types import JsonObject


def load(request: HttpRequest, id: str) -> Account:
    """Return the account that a page is about.

    Raises:
        PermissionDenied: If the person may not let anybody into sellers' pages.
        Http404: If there is no such account, or it is none of theirs.
    """
    if not has_right(request.user, "seller.link"):
        raise PermissionDenied
    account = Account.objects.filter(id=id).first()
    if account is None or not may_see(request.user, account.id, account.opened_by_id):
        raise Http404
    return account


def frame(request: HttpRequest, account: Account, title: str) -> JsonObject:
    """Return what each of the pages shows."""
    return admin.site.each_context(request) | {
        "title": title,
        "account": account,
        "account_page": page_of("accounts_account", account.id),
        "livemode": livemode_of(request),
        "is_seller": account.opened_by_id is not None,
    }
