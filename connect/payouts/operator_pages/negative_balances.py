"""The operators' page of negative balances: how much, since when, and who is liable."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import approvals
from accounts.models import Account, User
from accounts.operator_pages import returned
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.models import Transfer
from connect.payouts.services import negative_balances
from connect.payouts.services.negative_balances import Debt
from core import currencies
from core.admin import page_of
from core.durations import format_duration
from core.errors import InvalidRequest, RialtoError
from core.money import Money
from core.operator_pages.refusals import explain
from core.security.roles import standing_of
from core.security.visibility import livemode_of
from core.types import JsonObject
from ledger import queries as ledger_queries

MOST_SHOWN: Final = 200
# A platform, a currency, and whether it is live.
_Pot = tuple[str, str, bool]


@step_up(only_posts=True)
def negative(request: HttpRequest) -> HttpResponse:
    """List the negative balances, the oldest first, or cover one of them."""
    if not request.user.has_perm("connect.view_connectreservechange"):
        raise PermissionDenied
    if request.method == "POST":
        return _cover(request)
    at = timezone.now()
    found = _visible(request, negative_balances.debts())[: MOST_SHOWN + 1]
    reserves = _describe_reserves(found)
    context = admin.site.each_context(request) | {
        "title": gettext("Negative balances"),
        "rows": [_render(debt, at, reserves) for debt in found[:MOST_SHOWN]],
        "has_more": len(found) > MOST_SHOWN,
        "may_cover": request.user.has_perm("connect.change_connectreservechange"),
    }
    return TemplateResponse(request, "admin/connect/negative_balances.html", context)


def _visible(request: HttpRequest, debts: Sequence[Debt]) -> Sequence[Debt]:
    """Leave the debts of the session's mode that the person may see."""
    standing, livemode = standing_of(request.user), livemode_of(request)
    of = standing.platform_id if standing else ""
    return [
        debt
        for debt in debts
        if debt.owed.livemode == livemode and (not of or of in (debt.platform_id, debt.owed.owner))
    ]


def _cover(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("connect.change_connectreservechange"):
        raise PermissionDenied
    form = request.POST
    if form.get("currency") not in currencies.CODES:
        messages.error(
            request, gettext("Nothing was done: say which seller, and in which currency.")
        )
        return redirect("admin:connect_negative_balances")
    try:
        _check_is_shown(form)
        outcome = approvals.run_or_request(
            "negative_balance.cover",
            by=cast(User, request.user),
            reason=reason_of(request),
            at=timezone.now(),
            platform=form.get("platform", ""),
            seller=form.get("seller", ""),
            currency=form.get("currency", ""),
            livemode=form.get("mode") == "live",
        )
    except RialtoError as error:
        returned.keep(request)
        messages.error(request, explain(error))
    else:
        if isinstance(transfer := outcome.result, Transfer):
            amount = Money(transfer.amount, transfer.currency)
            paid = gettext("The platform has paid %(amount)s with %(transfer)s.")
            messages.success(request, paid % {"amount": amount, "transfer": transfer.id})
        else:
            say_it_waits(request)
    return redirect("admin:connect_negative_balances")


def _check_is_shown(form: QueryDict) -> None:
    """Refuse to cover another amount than the page showed.

    Raises:
        InvalidRequest: If it is another one by now.
    """
    owner, currency = form.get("seller", ""), form.get("currency", "")
    balance = ledger_queries.balance(owner=owner, livemode=form.get("mode") == "live")
    owed = Money(-balance.available.get(currency, 0), currency)
    if owed.amount > 0 and form.get("owed") != str(owed.amount):
        raise InvalidRequest(
            gettext(
                "It is %(owed)s by now, and not what you looked at. Look again, and repeat it "
                "if it is still right."
            )
            % {"owed": owed},
            param="owed",
        )


def _render(debt: Debt, at: datetime, reserves: Mapping[_Pot, str]) -> JsonObject:
    owed = debt.owed
    if debt.platform_id is None:
        bearer = gettext("It is the platform's own balance.")
        step = gettext("Later payments make it good.")
    elif debt.is_platforms and debt.cover_at:
        reserve = reserves[_pot(debt)]
        bearer = gettext("The platform answers for it: %(reserve)s") % {"reserve": reserve}
        step = gettext(
            "Later payments make it good; in %(span)s the platform pays the rest by itself."
            if debt.cover_at > at
            else "Later payments make it good; the platform pays the rest by itself as soon as it "
            "has it."
        ) % {"span": format_duration(debt.cover_at - at)}
    else:
        bearer = gettext("You answer for it: the account's losses are the processor's.")
        step = gettext("Later payments make it good. Ask the seller to pay what is missing.")
    return {
        "account": debt.name or owed.owner,
        "page": page_of("accounts_account", owed.owner),
        "amount": str(Money(-owed.amount, owed.currency)),
        "age": format_duration(at - owed.since),
        "since": owed.since,
        "mode": gettext("live mode" if owed.livemode else "test mode"),
        "livemode": owed.livemode,
        "bearer": bearer,
        "step": step,
        "platform": debt.platform_id if debt.is_platforms else None,
        "seller": owed.owner,
        "currency": owed.currency,
        "owed": owed.amount,
        "owed_money": str(Money(owed.amount, owed.currency)),
    }


def _pot(debt: Debt) -> _Pot:
    return debt.platform_id or "", debt.owed.currency, debt.owed.livemode


def _describe_reserves(debts: Sequence[Debt]) -> dict[_Pot, str]:
    """Describe each platform's reserve, of which there is one for all its sellers."""
    pots = {_pot(debt) for debt in debts if debt.is_platforms}
    owners = sorted({platform for platform, _, _ in pots})
    names = dict(Account.objects.filter(id__in=owners).values_list("id", "name"))
    balances = {
        mode: ledger_queries.balances(owners=owners, livemode=mode)
        for mode in {mode for _, _, mode in pots}
    }
    return {
        (platform, currency, mode): _describe_reserve(
            names.get(platform) or platform,
            Money(balances[mode][platform].connect_reserved.get(currency, 0), currency),
        )
        for platform, currency, mode in pots
    }


def _describe_reserve(name: str, reserved: Money) -> str:
    if not reserved.amount:
        nothing = gettext("%(name)s has set nothing aside yet in %(currency)s.")
        return nothing % {"name": name, "currency": reserved.currency.upper()}
    aside = gettext("%(name)s has set %(amount)s aside for all that its sellers owe.")
    return aside % {"name": name, "amount": reserved}
