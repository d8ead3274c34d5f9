"""The first page of the console."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from console.figures import reading
from console.home import business, next_payouts, queues, upkeep
from console.home.cards import Card
from console.live import checklist
from core.security.page_permissions import PAGE_PERMISSIONS as PERMISSIONS
from core.security.roles import standing_of
from core.security.visibility import livemode_of
from core.types import JsonObject
from processors.accounts import snapshot

# Each card with the permission that opens its page, in the order in which they are shown.
CARDS: Final[tuple[tuple[str, Callable[[HttpRequest, datetime], Card]], ...]] = (
    ("payments.view_dispute", queues.disputes_due),
    (PERMISSIONS["connect_payouts_to_look_at"], queues.payouts_failed),
    (PERMISSIONS["payments_unknown"], queues.unknown),
    (PERMISSIONS["payments_unapplied"], queues.unapplied),
    (PERMISSIONS["connect_sellers_to_look_at"], queues.sellers),
    (PERMISSIONS["connect_negative_balances"], queues.negative),
    (PERMISSIONS["connect_bank_files"], upkeep.files),
    (PERMISSIONS["accounts_approvals"], upkeep.approvals),
    ("accounts.view_securityalarm", upkeep.alarms),
    ("webhooks.view_endpoint", upkeep.endpoints),
    (PERMISSIONS["console_books"], upkeep.books),
)
_PAYMENTS: Final = "payments.view_paymentintent"


def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, and how business goes."""
    at = timezone.now()
    sees_payments = request.user.has_perm(_PAYMENTS)
    context = admin.site.each_context(request) | {
        "title": gettext("Home"),
        "at": at,
        "cards": [
            build(request, at) for permission, build in CARDS if request.user.has_perm(permission)
        ],
        "sees_payments": sees_payments,
        "business": _business(request, at) if sees_payments else None,
        "payouts": next_payouts.describe(request),
        **_live(request, at),
        "payouts_page": request.user.has_perm(PERMISSIONS["connect_next_payouts"]),
    }
    return TemplateResponse(request, "admin/console/home.html", context)


def _live(request: HttpRequest, at: datetime) -> JsonObject:
    """Return, for whoever looks at live mode and may see why, what is the matter with it.

    A line of the checklist that is undone later switches nothing off: it is told here.
    """
    if not (livemode_of(request) and request.user.has_perm(PERMISSIONS["console_live"])):
        return {}
    if not snapshot.current().takes_live:
        return {"is_live_off": True}
    left = checklist.still_open(checklist.examine(at=at))
    return {"live_left": [gettext(line.words.title) for line in left]}


def _business(request: HttpRequest, at: datetime) -> business.Business | None:
    standing = standing_of(request.user)
    figures = reading.read(
        livemode=livemode_of(request),
        at=at,
        platform_id=standing.platform_id if standing else "",
    )
    return business.describe(
        figures,
        at=at,
        wanted=request.GET.get("currency", ""),
        with_fees=request.user.has_perm("connect.view_applicationfee"),
    )
