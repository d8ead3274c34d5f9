"""The operators' page of where the money is, and of what is moved between places."""

from typing import Final, cast

from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import approvals
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.models import TreasuryMove
from connect.states import TreasuryMoveStatus
from connect.treasury import queries
from connect.treasury.queries import Place
from connect.treasury.services import arrivals, moves, proposals, settlements, shortages
from connect.treasury.services.approval_actions import RECORD
from connect.treasury.services.arrivals import Arrival
from connect.treasury.services.proposals import Proposal
from connect.treasury.services.settlements import Settlement
from connect.treasury.services.shortages import Need
from core import currencies
from core.errors import InvalidRequest, RialtoError
from core.ids import new_suffix
from core.money import Money
from core.operator_pages import amounts, texts
from core.operator_pages.amounts import UnclearAmount
from core.operator_pages.refusals import explain
from core.security.visibility import livemode_of
from core.types import JsonObject
from processors import balances, registry

_SALT: Final = "rialto.treasury.move"
_MOST_MOVES: Final = 20
_PAGE: Final = "admin:connect_treasury"


@require_http_methods(["GET", "POST"])
@step_up(only_posts=True)
def treasury(request: HttpRequest) -> HttpResponse:
    """Show where the money is, or record what became of some."""
    if not request.user.has_perm("connect.view_treasurymove"):
        raise PermissionDenied
    typed: JsonObject = {}
    if request.method == "POST":
        if not request.user.has_perm("connect.add_treasurymove"):
            raise PermissionDenied
        try:
            _act(request)
            return redirect(_PAGE)
        except RialtoError as error:
            messages.error(request, explain(error))
        except UnclearAmount as error:
            messages.error(request, str(error))
        typed = request.POST.dict()
    loaded = _load(livemode=livemode_of(request))
    context = admin.site.each_context(request) | {
        "title": gettext("Treasury"),
        "may_move": request.user.has_perm("connect.add_treasurymove"),
        "livemode": livemode_of(request),
        **loaded,
        **_form(typed, loaded),
        "token": signing.dumps(new_suffix(), salt=_SALT),
    }
    return TemplateResponse(request, "admin/connect/treasury_settlements.html", context)


def _load(*, livemode: bool) -> JsonObject:
    found = queries.load(livemode=livemode)
    short = [need for need in shortages.load(found, livemode=livemode) if need.missing]
    rows = TreasuryMove.objects.filter(livemode=livemode).order_by("-id")
    proposed = proposals.propose(
        [(one.currency, one.missing) for one in short], found, bank=registry.BANK_RAIL
    )
    return {
        "places": [_place(one) for one in found],
        "short": [_need(one) for one in short],
        "proposed": [_proposal(one) for one in proposed],
        "settlements": _settlements(livemode=livemode),
        "on_their_way": [_move(row) for row in rows.filter(status=TreasuryMoveStatus.SENT)],
        "ended": [_move(row) for row in rows.exclude(status=TreasuryMoveStatus.SENT)[:_MOST_MOVES]],
        "holders": [(one, _title(one)) for one in sorted(queries.holders(livemode=livemode))],
    }


def _title(holder: str) -> str:
    if queries.is_bank(holder):
        return gettext("The bank")
    title = registry.title(holder)
    # Two accounts at one processor often have one title.
    return title if title == holder else f"{title} ({holder})"


def _place(one: Place) -> JsonObject:
    difference = one.difference
    return {
        "title": _title(one.holder),
        "is_bank": one.is_bank,
        "location": one.location,
        "currency": one.currency.upper(),
        "books": Money(one.in_the_books, one.currency),
        "on_its_way": Money(one.on_its_way, one.currency) if one.on_its_way else "",
        "says": Money(one.reported.amount, one.currency) if one.reported else "",
        "said_at": one.reported.at if one.reported else None,
        "problem": one.reported.problem if one.reported else "",
        "difference": Money(difference, one.currency) if difference else "",
        "agrees": difference == 0,
    }


def _need(one: Need) -> JsonObject:
    return {
        "missing": Money(one.missing, one.currency),
        "usable": Money(one.usable, one.currency),
        "under_way": Money(one.under_way, one.currency),
        "there": Money(one.there, one.currency),
        "coming": Money(one.coming, one.currency),
    }


def _proposal(one: Proposal) -> JsonObject:
    return {
        "source": one.source,
        "target": one.target,
        "from": _title(one.source),
        "to": _title(one.target),
        "money": Money(one.amount, one.currency),
        "amount": amounts.write(one.amount, one.currency),
        "currency": one.currency,
    }


def _move(row: TreasuryMove) -> JsonObject:
    return {
        "row": row,
        "money": Money(row.amount, row.currency),
        "from": _title(row.source),
        "to": _title(row.target),
    }


def _settlements(*, livemode: bool) -> list[JsonObject]:
    sent = settlements.on_their_way(livemode=livemode)
    found = arrivals.find(sent, livemode=livemode) if sent else {}
    return [_settlement(one, found[one.key]) for one in sent]


def _settlement(one: Settlement, lines: list[Arrival]) -> JsonObject:
    named = [line for line in lines if line.is_named]
    return {
        "lines": [_line(line) for line in lines],
        # Only what the bank itself names is chosen beforehand.
        "line_id": named[0].line_id if len(named) == 1 else "",
        "key": one.key,
        "money": Money(one.amount, one.currency),
        "from": _title(one.holder),
        "group": one.group,
        "since": one.since,
    }


def _line(one: Arrival) -> JsonObject:
    how = gettext("names it") if one.is_named else gettext("the same amount alone")
    parts = [str(one.day or ""), one.who, one.text]
    return {"id": one.line_id, "words": f"{', '.join(part for part in parts if part)} ({how})"}


def _form(typed: JsonObject, loaded: JsonObject) -> JsonObject:
    """Return the form as it was typed, or filled in with the first proposal."""
    filled = typed or next(iter(loaded["proposed"]), {})
    processors = [holder for holder, _ in loaded["holders"] if not queries.is_bank(holder)]
    return {
        "typed": typed,
        "sides": [
            ("source", gettext("It left"), filled.get("source", next(iter(processors), ""))),
            ("target", gettext("It goes to"), filled.get("target", registry.BANK_RAIL)),
        ],
        "fields": [
            ("amount", gettext("Amount, such as 1,250.50"), filled.get("amount", "")),
            ("currency", gettext("Currency, such as EUR"), str(filled.get("currency", "")).upper()),
            ("note", gettext("What the bank or processor calls it"), typed.get("note", "")),
        ],
    }


def _act(request: HttpRequest) -> None:
    do = request.POST.get("do", "")
    if do == "ask":
        balances.ask(livemode=livemode_of(request), at=timezone.now())
        messages.success(request, gettext("All that can be asked were asked."))
    elif do == "received":
        reason_of(request)
        settlements.receive(
            request.POST.get("settlement", ""),
            livemode=livemode_of(request),
            line_id=request.POST.get("line", ""),
            by=request.user.get_username(),
            at=timezone.now(),
        )
        messages.success(request, gettext("It is booked at the bank."))
    elif do in (TreasuryMoveStatus.ARRIVED, TreasuryMoveStatus.RETURNED):
        reason_of(request)
        row = moves.end(
            move_id=request.POST.get("move", ""), status=TreasuryMoveStatus(do), at=timezone.now()
        )
        money = Money(row.amount, row.currency)
        messages.success(request, gettext("%(money)s is booked.") % {"money": money})
    else:
        _record(request)


def _record(request: HttpRequest) -> None:
    form, currency = request.POST, request.POST.get("currency", "").strip().lower()
    if currency not in currencies.CODES:
        raise InvalidRequest(gettext("Say in which currency, such as EUR."), param="currency")
    reason, suffix = reason_of(request), _suffix(request)
    if known := moves.find(suffix):
        # The same form was sent twice.
        _tell(request, known)
        return
    outcome = approvals.run_or_request(
        RECORD,
        by=cast(User, request.user),
        reason=reason,
        at=timezone.now(),
        suffix=suffix,
        source=form.get("source", ""),
        target=form.get("target", ""),
        amount=amounts.read(form.get("amount", ""), currency),
        currency=currency,
        livemode=livemode_of(request),
        note=texts.read(form.get("note", ""), most=moves.LONGEST_NOTE, param="note"),
    )
    if outcome.request:
        say_it_waits(request)
        return
    _tell(request, cast(TreasuryMove, outcome.result))


def _tell(request: HttpRequest, row: TreasuryMove) -> None:
    told = gettext("%(money)s is on its way to %(place)s.")
    place = _title(row.target)
    messages.success(request, told % {"money": Money(row.amount, row.currency), "place": place})


def _suffix(request: HttpRequest) -> str:
    try:
        return str(signing.loads(request.POST.get("token", ""), salt=_SALT))
    except signing.BadSignature as error:
        raise InvalidRequest(gettext("This form is too old. Look again, and send it.")) from error
