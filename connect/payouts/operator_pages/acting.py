"""The operators' pages that cancel a payout, and pay a failed one again."""

from collections.abc import Callable
from typing import Final, NamedTuple, cast

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
from accounts.models import User
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect.models import Payout
from connect.payouts.operator_pages import stories
from connect.states import PayoutStatus
from core.admin import page_of
from core.errors import InvalidRequest, RialtoError
from core.ids import new_suffix, with_prefix
from core.money import Money
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import livemode_of
from core.types import JsonObject

_SALT: Final = "rialto.payout.form"


class Verb(NamedTuple):
    """Something that is done to a payout.

    Args:
        right: Who may.
        action: What rules call it.
        title: Of the page, before the amount.
        button: What it says, with the amount.
        find_done: Returns the payout that shows that it was done; None if it was not.
        done: What is said then.
    """

    right: str
    action: str
    title: str
    button: str
    find_done: Callable[[Payout, str], Payout | None]
    done: str


def _find_canceled(row: Payout, _suffix: str) -> Payout | None:
    return Payout.objects.filter(id=row.id, status=PayoutStatus.CANCELED).first()


def _find_made(_row: Payout, suffix: str) -> Payout | None:
    return Payout.objects.filter(id=with_prefix("po", suffix)).first()


CANCEL: Final = Verb(
    "payout.decide",
    "payout.cancel",
    "Cancel the payout of",
    "Cancel the payout of {money}",
    _find_canceled,
    "{money} is not sent: it is available again.",
)
SEND_AGAIN: Final = Verb(
    "payout.create",
    "payout.send_again",
    "Pay again:",
    "Pay {money} again",
    _find_made,
    "{money} is paid again, by this payout.",
)


@require_http_methods(["GET", "POST"])
@step_up()
def cancel(request: HttpRequest, id: str) -> HttpResponse:
    """Cancel a payout that has not been sent."""
    return _act(request, id, CANCEL)


@require_http_methods(["GET", "POST"])
@step_up()
def send_again(request: HttpRequest, id: str) -> HttpResponse:
    """Pay a failed payout again, to the bank account that stands there now."""
    return _act(request, id, SEND_AGAIN)


def find(request: HttpRequest, id: str, right: str) -> Payout:
    """Return the payout that a page is about.

    Raises:
        PermissionDenied: If the person may not do what the page does.
        Http404: If the person sees no such payout now.
    """
    if not has_right(request.user, right) or not request.user.has_perm("connect.view_payout"):
        raise PermissionDenied
    row = stories.any_payout(id, request.user)
    if row is None or row.livemode != livemode_of(request):
        raise Http404
    return row


def _act(request: HttpRequest, id: str, verb: Verb) -> HttpResponse:
    row = find(request, id, verb.right)
    problem = ""
    if request.method == "POST":
        try:
            return redirect(page_of("connect_payout", _do(request, row, verb)))
        except RialtoError as error:
            problem = explain(error)
    token, summary = "", ""
    suffix = new_suffix()
    try:
        preview = registry.find(verb.action).preview(**_parameters(row, verb, suffix))
        summary = str(preview.summary)
        token = signing.dumps([verb.action, row.id, suffix], salt=_SALT)
    except RialtoError as error:
        problem = problem or explain(error)
    money = Money(row.amount, row.currency)
    context = admin.site.each_context(request) | {
        "title": f"{gettext(verb.title)} {money}",
        "payout": row,
        "payout_page": page_of("connect_payout", row.id),
        "summary": summary,
        "token": token,
        "problem": problem,
        "button": gettext(verb.button).format(money=money),
        "reason_given": request.POST.get("reason", ""),
    }
    return TemplateResponse(request, "admin/connect/payout_action.html", context)


def _do(request: HttpRequest, row: Payout, verb: Verb) -> str:
    """Carry a form out, once however often it comes, and return the payout to be shown."""
    reason = reason_of(request)
    suffix = _read_token(row, verb, request.POST.get("token", ""))
    done = verb.find_done(row, suffix)
    if done is None:
        try:
            outcome = approvals.run_or_request(
                verb.action,
                by=cast(User, request.user),
                reason=reason,
                at=timezone.now(),
                **_parameters(row, verb, suffix),
            )
        except RialtoError:
            # If both clicks came at one moment, the other one has done it.
            done = verb.find_done(row, suffix)
            if done is None:
                raise
        else:
            if outcome.request:
                say_it_waits(request)
                return row.id
            done = cast(Payout, outcome.result)
    messages.success(request, gettext(verb.done).format(money=Money(row.amount, row.currency)))
    return done.id


def _parameters(row: Payout, verb: Verb, suffix: str) -> JsonObject:
    parameters = {"payout_id": row.id}
    return parameters | {"suffix": suffix} if verb is SEND_AGAIN else parameters


def _read_token(row: Payout, verb: Verb, token: str) -> str:
    """Return what the id of a new payout ends with.

    Raises:
        InvalidRequest: If the form is not one of this page.
    """
    try:
        action, payout_id, suffix = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        action, payout_id, suffix = "", "", ""
    if (action, payout_id) != (verb.action, row.id):
        raise InvalidRequest(
            gettext("This form is not of this payout. Look at it again, and send it.")
        )
    return str(suffix)
