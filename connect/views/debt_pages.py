"""The operators' page of sellers who owe: how much, since when, who bears it, and what follows."""

from datetime import datetime
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from connect.services import negative_balances
from connect.services.negative_balances import Debt
from core.admin import page_of
from core.errors import RialtoError
from core.money import Money
from core.spans import words
from core.tenant import Tenant

MOST_SHOWN: Final = 200


def negative(request: HttpRequest) -> HttpResponse:
    """List the balances below zero, the oldest first, and cover one of them."""
    if not request.user.has_perm("connect.view_connectreservechange"):
        raise PermissionDenied
    if request.method == "POST":
        return _cover(request)
    at = timezone.now()
    found = negative_balances.debts(most=MOST_SHOWN + 1)
    context = admin.site.each_context(request) | {
        "title": "Negative balances",
        "rows": [_shown(debt, at) for debt in found[:MOST_SHOWN]],
        "has_more": len(found) > MOST_SHOWN,
        "may_cover": request.user.has_perm("connect.change_connectreservechange"),
    }
    return TemplateResponse(request, "admin/connect/negative_balances.html", context)


def _cover(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("connect.change_connectreservechange"):
        raise PermissionDenied
    said = request.POST
    platform = Tenant(said.get("platform", ""), said.get("mode") == "live")
    try:
        transfer = negative_balances.cover(
            tenant=platform, seller_id=said.get("seller", ""), currency=said.get("currency", ""),
            at=timezone.now(),
        )  # fmt: skip
    except RialtoError as error:
        messages.error(request, str(error))
    else:
        amount = Money(transfer.amount, transfer.currency)
        messages.success(request, f"The platform has paid {amount} with {transfer.id}.")
    return redirect("admin:connect_negative_balances")


def _shown(debt: Debt, at: datetime) -> dict[str, Any]:
    owed = debt.owed
    if debt.platform_id is None:
        bearer, step = "It is the platform's own balance.", "Later payments make it good."
    elif debt.is_platforms and debt.cover_at:
        bearer = "The platform answers for it, and what it has is set aside."
        step = (
            f"Later payments make it good; in {words(debt.cover_at - at)} the platform pays the "
            "rest by itself."
        )
    else:
        bearer = "You answer for it: the account's losses are the processor's."
        step = "Later payments make it good. Ask the seller to pay what is missing."
    return {
        "account": debt.name or owed.owner,
        "page": page_of("accounts_account", owed.owner),
        "amount": str(Money(-owed.amount, owed.currency)),
        "age": words(at - owed.since),
        "since": owed.since,
        "mode": "live" if owed.livemode else "test",
        "bearer": bearer,
        "step": step,
        "platform": debt.platform_id if debt.is_platforms else None,
        "seller": owed.owner,
        "currency": owed.currency,
    }
