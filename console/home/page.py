"""The first page of the console."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from console.home import queues, upkeep
from console.home.cards import Card
from core.security.roles import PAGES as PERMISSIONS

# Each card with the permission that opens its page, in the order in which they are shown.
CARDS: Final[tuple[tuple[str, Callable[[HttpRequest, datetime], Card]], ...]] = (
    ("payments.view_dispute", queues.disputes_due),
    (PERMISSIONS["connect_payouts_to_look_at"], queues.payouts_failed),
    (PERMISSIONS["payments_unknown"], queues.unknown),
    (PERMISSIONS["connect_sellers_to_look_at"], queues.sellers),
    (PERMISSIONS["connect_negative_balances"], queues.negative),
    (PERMISSIONS["connect_bank_files"], upkeep.files),
    (PERMISSIONS["accounts_approvals"], upkeep.approvals),
    ("webhooks.view_endpoint", upkeep.endpoints),
    ("ledger.view_verifyrun", upkeep.books),
)


def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person."""
    at = timezone.now()
    context = admin.site.each_context(request) | {
        "title": "Home",
        "at": at,
        "cards": [
            build(request, at) for permission, build in CARDS if request.user.has_perm(permission)
        ],
    }
    return TemplateResponse(request, "admin/console/home.html", context)
