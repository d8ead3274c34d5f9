"""The operators' page of payouts that need attention: why, since when, and what to do."""

from datetime import datetime
from typing import Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import approvals
from accounts.models import User
from accounts.operator_pages import returned
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.models import Payout, PayoutAttempt
from connect.payouts import queries
from connect.payouts.operator_pages import actions, standing, stories
from connect.payouts.services import liquidity
from connect.payouts.services.attempts import interventions
from connect.payouts.services.liquidity import LiquidityPosition
from connect.states import PayoutStatus
from core.admin import page_of
from core.durations import format_duration
from core.errors import InvalidRequest, Missing, RialtoError, missing
from core.money import Money
from core.operator_pages import refusals
from core.security.visibility import livemode_of, of_platform, visible
from core.types import JsonObject

MOST_SHOWN: Final = 200


@step_up(only_posts=True)
def attention(request: HttpRequest) -> HttpResponse:
    """List the payouts that failed, hang or are held up, or intervene in one of them."""
    if not request.user.has_perm("connect.view_payout"):
        raise PermissionDenied
    if request.method == "POST":
        return _handle(request)
    at = timezone.now()
    rows = list(visible(request, queries.needing_attention(at=at))[: MOST_SHOWN + 1])
    attempts = stories.last_attempts(row.id for row in rows)
    waiting = _waiting_for({row.destination_id for row in rows if standing.is_held(row, at)})
    context = admin.site.each_context(request) | {
        "title": gettext("Payouts to look at"),
        "rows": [
            _render(row, attempts.get(row.id), at, request.user)
            | {"all_held": waiting.get((row.destination_id, row.currency), "")}
            for row in rows[:MOST_SHOWN]
        ],
        "has_more": len(rows) > MOST_SHOWN,
        "short": _render_shortages(request),
        "may_change": request.user.has_perm("connect.change_payout"),
    }
    return TemplateResponse(request, "admin/connect/payouts_to_look_at.html", context)


def _handle(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("connect.change_payout"):
        raise PermissionDenied
    payout_id = request.POST.get("payout", "")
    try:
        _act(request, payout_id)
    except Missing:
        returned.keep(request)
        nothing = gettext("There is nothing to be done about %(id)s any more.")
        messages.warning(request, nothing % {"id": payout_id})
    except RialtoError as error:
        returned.keep(request)
        messages.error(request, refusals.explain(error))
    return redirect("admin:connect_payouts_to_look_at")


def _act(request: HttpRequest, payout_id: str) -> None:
    _check_is_seen(request, payout_id)
    at = timezone.now()
    match request.POST.get("do"):
        case "lift":
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
                lifted = gettext("Payouts to %(to)s are held no more.")
                messages.success(request, lifted % {"to": outcome.result})
        case "resolve":
            reason_of(request)
            interventions.resolve(payout_id=payout_id, at=at)
            messages.success(request, gettext("%(id)s is dealt with.") % {"id": payout_id})
        case "ask":
            payout = interventions.poll_now(payout_id=payout_id, at=at)
            status = payout.status.replace("_", " ")
            told = gettext("%(id)s is %(state)s.")
            messages.info(request, told % {"id": payout_id, "state": gettext(status)})
        case _:
            raise InvalidRequest(gettext("Nothing was done: use a button of this page."))


def _waiting_for(destination_ids: set[str]) -> dict[tuple[str, str], Money]:
    """Return what waits for each destination in each currency: a lifted hold lets all of it go."""
    rows = Payout.objects.filter(destination_id__in=destination_ids, status=PayoutStatus.PENDING)
    totals = rows.order_by().values_list("destination_id", "currency").annotate(Sum("amount"))
    return {(id, currency): Money(total, currency) for id, currency, total in totals}


def _check_is_seen(request: HttpRequest, payout_id: str) -> None:
    """Refuse a payout that the person may not see, as one that does not exist.

    Raises:
        Missing: If it is another's, or there is none.
    """
    if not of_platform(request, Payout.objects.filter(id=payout_id)).exists():
        raise missing("payout", payout_id)


def _render(row: Payout, attempt: PayoutAttempt | None, at: datetime, user: object) -> JsonObject:
    told = standing.explain(row, attempt, at)
    return {
        "id": row.id,
        "page": page_of("connect_payout", row.id),
        "amount": str(Money(row.amount, row.currency)),
        "account": row.account.name or row.account_id,
        "account_page": page_of("accounts_account", row.account_id),
        "destination": str(row.destination),
        "mode": gettext("live mode" if row.livemode else "test mode"),
        "is_failed": row.status == "failed",
        "is_held": standing.is_held(row, at),
        "age": format_duration(at - row.created_at),
        "since": row.created_at,
        "what": told.what,
        "why": told.why,
        "step": told.step,
        "is_sent": row.status == PayoutStatus.IN_TRANSIT,
        "actions": actions.of_state(user, row.id, row.status, is_resolved=False),
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
        "mode": gettext("live mode" if row.livemode else "test mode"),
        "usable": str(Money(one.usable, row.currency)),
        "left": str(Money(one.payable_amount, row.currency)),
    }
