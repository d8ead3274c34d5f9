"""The operators' page of payouts that need attention: why, since when, and what to do."""

from datetime import datetime, timedelta
from typing import Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts import approvals
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.models import Payout
from connect.payouts import queries
from connect.payouts.services import liquidity
from connect.payouts.services.attempts import interventions
from connect.payouts.services.liquidity import LiquidityPosition
from core.admin import page_of
from core.durations import format_duration
from core.errors import Missing, RialtoError, missing
from core.money import Money
from core.security.visibility import livemode_of, of_platform, visible
from core.types import JsonObject

MOST_SHOWN: Final = 200

_NEXT_STEP: Final = {
    "account_closed": "Ask the seller for another bank account. Payouts go on once it is there.",
    "no_account": "Ask the seller to check routing and account number. Payouts go on once the "
    "bank account is put right.",
    "account_frozen": "Ask the seller to speak to their bank, or for another bank account.",
    "debit_not_authorized": "Ask the seller for an account that takes credits.",
    "invalid_currency": "Ask the seller for an account in the payout's currency.",
    "insufficient_funds": "Our own bank account was short. Fill it; the next payout takes the "
    "money along.",
    "could_not_process": "Nothing is wrong with the seller's account as far as we know. The next "
    "payout takes the money along.",
}
_ANY_STEP: Final = "Ask the seller for another bank account."


@step_up(only_posts=True)
def attention(request: HttpRequest) -> HttpResponse:
    """List the payouts that failed, hang or are held up, or intervene in one of them."""
    if not request.user.has_perm("connect.view_payout"):
        raise PermissionDenied
    if request.method == "POST":
        return _handle(request)
    at = timezone.now()
    rows = visible(request, queries.needing_attention(at=at))[: MOST_SHOWN + 1]
    context = admin.site.each_context(request) | {
        "title": "Payouts to look at",
        "rows": [_render(row, at) for row in rows[:MOST_SHOWN]],
        "has_more": len(rows) > MOST_SHOWN,
        "short": _render_shortages(request),
        "may_change": request.user.has_perm("connect.change_payout"),
    }
    return TemplateResponse(request, "admin/connect/payouts_to_look_at.html", context)


def _handle(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("connect.change_payout"):
        raise PermissionDenied
    payout_id, at = request.POST.get("payout", ""), timezone.now()
    try:
        _check_is_seen(request, payout_id)
        if request.POST.get("do") == "lift":
            outcome = approvals.run_or_request(
                "destination_hold.lift",
                by=cast(User, request.user),
                reason=reason_of(request),
                at=at,
                payout_id=payout_id,
            )
            if outcome.request:
                say_it_waits(request)
            else:
                messages.success(request, f"Payouts to {outcome.result} are held no more.")
        elif request.POST.get("do") == "resolve":
            reason_of(request)
            interventions.resolve(payout_id=payout_id, at=at)
            messages.success(request, f"{payout_id} is dealt with.")
        elif request.POST.get("do") == "ask":
            payout = interventions.poll_now(payout_id=payout_id, at=at)
            messages.info(request, f"{payout_id} is {payout.status.replace('_', ' ')}.")
        else:
            messages.error(request, "Nothing was done: use a button of this page.")
    except Missing:
        messages.warning(request, f"There is nothing to be done about {payout_id} any more.")
    except RialtoError as error:
        messages.error(request, error.message)
    return redirect("admin:connect_payouts_to_look_at")


def _check_is_seen(request: HttpRequest, payout_id: str) -> None:
    """Refuse a payout that the person may not see, as one that does not exist.

    Raises:
        Missing: If it is another's, or there is none.
    """
    if not of_platform(request, Payout.objects.filter(id=payout_id)).exists():
        raise missing("payout", payout_id)


def _render(row: Payout, at: datetime) -> JsonObject:
    return {
        "id": row.id,
        "page": page_of("connect_payout", row.id),
        "amount": str(Money(row.amount, row.currency)),
        "account": row.account.name or row.account_id,
        "account_page": page_of("accounts_account", row.account_id),
        "destination": str(row.destination),
        "mode": "live" if row.livemode else "test",
        "is_failed": row.status == "failed",
        "is_held": _is_held(row, at),
        "age": format_duration(at - row.created_at),
        "since": row.created_at,
        **_describe(row, at),
    }


def _render_shortages(request: HttpRequest) -> list[JsonObject]:
    """Render what is short in the session's mode, to those who may see where money is."""
    if not request.user.has_perm("connect.view_locationcash"):
        return []
    mode = livemode_of(request)
    return [
        _render_shortage(one) for one in liquidity.short_positions() if one.row.livemode == mode
    ]


def _render_shortage(one: LiquidityPosition) -> JsonObject:
    row = one.row
    return {
        "page": page_of("connect_locationcash", row.id),
        "missing": str(Money(one.missing, row.currency)),
        "place": row.location,
        "mode": "live" if row.livemode else "test",
        "usable": str(Money(one.usable, row.currency)),
        "left": str(Money(one.payable_amount, row.currency)),
    }


def _is_held(row: Payout, at: datetime) -> bool:
    """Tell whether a payout waits for the hold of its destination."""
    until = row.destination.held_until
    return row.status == "pending" and until is not None and until > at


def _describe(row: Payout, at: datetime) -> JsonObject:
    if row.status == "failed":
        return {
            "what": "Failed",
            "why": row.failure_message,
            "step": _NEXT_STEP.get(row.failure_code or "", _ANY_STEP),
        }
    if _is_held(row, at):
        until = row.destination.held_until
        return {
            "what": "Held",
            "why": f"Payouts of this account go to {row.destination} only since a short time ago, "
            f"so they are held until {until:%Y-%m-%d %H:%M} UTC. Its owner has been told.",
            "step": "Ask the owner by a way that you know already whether this is right. Then "
            "lift the hold, or cancel the payout.",
        }
    if row.status == "pending":
        return {
            "what": "Held up",
            "why": "Payouts of this account are disabled, so it is not sent.",
            "step": "Put right what the account's requirements name, or cancel the payout.",
        }
    attempt = row.attempts.order_by("-number")[0]
    wait = (
        attempt.next_poll_at - at
        if attempt.next_poll_at and attempt.next_poll_at > at
        else timedelta(0)
    )
    return {
        "what": "Unknown" if attempt.status == "unknown" else "On its way",
        "why": attempt.message or "The bank has it, and has not said what became of it.",
        "step": f"It is asked after by itself, again in {format_duration(wait)}. Never send it "
        "again by hand.",
    }
