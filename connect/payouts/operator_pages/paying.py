"""The operators' page that pays an account's balance out now, outside of its schedule."""

from typing import Final, cast

from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import approvals
from accounts.approvals import registry
from accounts.models import Account, User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.models import Payout
from core import currencies
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.ids import new_suffix, with_prefix
from core.money import Money
from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.rows import may_see
from core.security.visibility import livemode_of
from core.types import JsonObject
from ledger import queries as ledger_queries

_ACTION: Final = "payout.pay_now"
_SALT: Final = "rialto.pay.now"


@require_http_methods(["GET", "POST"])
@step_up()
def pay_now(request: HttpRequest, id: str) -> HttpResponse:
    """Show what a payout of an account's balance would be, and make it."""
    if not has_right(request.user, "payout.create"):
        raise PermissionDenied
    account = Account.objects.filter(id=id).first()
    if account is None or not may_see(request.user, account.id, account.opened_by_id):
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            return redirect(_pay(request, account))
        except RialtoError as error:
            problem = explain(error)
    context = admin.site.each_context(request) | {
        "title": gettext("Pay %(account)s out now") % {"account": account},
        "account": account,
        "account_page": page_of("accounts_account", account.id),
        "reason_given": request.POST.get("reason", ""),
        **_preview(request, account, problem),
    }
    return TemplateResponse(request, "admin/connect/pay_now.html", context)


def _preview(request: HttpRequest, account: Account, problem: str) -> JsonObject:
    """Return what is available, what would be paid of it, and the form that does it."""
    livemode = livemode_of(request)
    has = ledger_queries.balance(owner=account.id, livemode=livemode).available
    usable = {code: amount for code, amount in sorted(has.items()) if amount > 0}
    currency = request.GET.get("currency", "")
    if currency not in usable:
        currency = next(iter(usable), "")
    shown: JsonObject = {
        "available": [Money(amount, code) for code, amount in has.items() if amount],
        "currencies": list(usable),
        "currency": currency,
        "amount": request.GET.get("amount", ""),
        "problem": problem,
    }
    if not currency:
        return shown
    available = usable[currency]
    try:
        wanted = {
            "account_id": account.id,
            "livemode": livemode,
            "amount": _amount(request.GET.get("amount", ""), currency, available),
            "currency": currency,
            "available": available,
            "suffix": new_suffix(),
        }
        preview = registry.find(_ACTION).preview(**wanted)
    except RialtoError as error:
        return shown | {"problem": problem or explain(error)}
    except UnclearAmount as error:
        return shown | {"problem": problem or str(error)}
    return shown | {
        "summary": preview.summary,
        "money": preview.amount,
        "token": signing.dumps(wanted, salt=_SALT),
    }


def _amount(text: str, currency: str, available: int) -> int:
    """Return what was typed, or as much as can be paid of what is available."""
    if text.strip():
        return amounts.read(text, currency)
    return available - available % currencies.payout_step(currency)


def _pay(request: HttpRequest, account: Account) -> str:
    """Carry a form out, once however often it comes, and return the page to be shown."""
    reason = reason_of(request)
    wanted = _read_token(request, account)
    payout = _find_made(wanted)
    if payout is None:
        try:
            outcome = approvals.run_or_request(
                _ACTION,
                by=cast(User, request.user),
                reason=reason,
                at=timezone.now(),
                **wanted,
            )
        except RialtoError:
            # If both clicks came at one moment, the other one has made it.
            payout = _find_made(wanted)
            if payout is None:
                raise
        else:
            if outcome.request:
                say_it_waits(request)
                return page_of("accounts_account", account.id)
            payout = cast(Payout, outcome.result)
    money = Money(payout.amount, payout.currency)
    told = gettext("%(amount)s of %(account)s is paid out, by this payout.")
    messages.success(request, told % {"amount": money, "account": account})
    return page_of("connect_payout", payout.id)


def _find_made(wanted: JsonObject) -> Payout | None:
    return Payout.objects.filter(id=with_prefix("po", wanted["suffix"])).first()


def _read_token(request: HttpRequest, account: Account) -> JsonObject:
    """Return what the form was made for.

    Raises:
        InvalidRequest: If it is not one of this account in this mode.
    """
    try:
        wanted: JsonObject = signing.loads(request.POST.get("token", ""), salt=_SALT)
    except signing.BadSignature:
        wanted = {}
    place = (wanted.get("account_id"), wanted.get("livemode"))
    if place != (account.id, livemode_of(request)):
        raise InvalidRequest(
            gettext("This form is not of this account. Look at it again, and send it.")
        )
    return wanted
