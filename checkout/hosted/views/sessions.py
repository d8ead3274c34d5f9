"""The page on which a payer pays: it needs no script, and no cookie.

Whoever has the address, the payer, is who shall pay. Each step is a form, and its answer another
page, so that reloading, going back and a second tab do no harm: what is paid is paid once.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from checkout import pages, queries
from checkout.hosted import (
    card_frames,
    declines,
    forms,
    framing,
    report,
    summary,
    turns,
    typed_methods,
)
from checkout.hosted.acceptance import accepted_from
from checkout.models import CheckoutSession
from checkout.resources import sessions as rendering
from checkout.resources.sessions import HOSTED
from checkout.sessions import saved_methods
from checkout.sessions.services import choices, collecting, expiry, paying, recovering
from checkout.sessions.services.validation import PLACEHOLDER
from checkout.states import SessionStatus
from connect.hosted.views.pages import LANGUAGES, language_of
from connect.pages import protect
from core.errors import CardError, InvalidRequest, RialtoError
from core.ids import new_id
from core.types import JsonObject
from payments.methods.confirmation_options import ConfirmationOptions
from payments.methods.services import payment_methods

_PAY: Final = "pay"
# Says that the payer has just done something here, and is to be sent on.
_ON: Final = "on"
# The code of the error for a discount that nobody can redeem any more.
_ENDED: Final = "coupon_expired"


@method_decorator(csrf_exempt, name="dispatch")
class SessionPageView(View):
    """Show the order, take what the payer says, and have it paid."""

    http_method_names = ["get", "head", "post"]
    # In test mode the page takes the numbers of test cards; in live mode it refuses all.
    takes_card_numbers = True

    def get(self, request: HttpRequest, session_id: str, key: str) -> HttpResponse:
        session = expiry.expire_late(_find(session_id, key), at=timezone.now())
        return _page(request, session)

    def post(self, request: HttpRequest, session_id: str, key: str) -> HttpResponse:
        session = expiry.expire_late(_find(session_id, key), at=timezone.now())
        forms.refuse_card_numbers(request.POST, but=() if session.livemode else forms.NUMBERS)
        if session.status != SessionStatus.OPEN:
            return _see(request, session)
        if method_id := request.POST.get("remove"):
            return _remove(request, session, method_id)
        lines = list(queries.session_lines(session))
        sent = forms.read(request.POST, session, lines)
        if sent.wrong:
            return _page(request, session, sent, sent.wrong, status=422)
        try:
            session, has_changed = _choose(session, sent, at=timezone.now())
        except InvalidRequest as error:
            if error.code == _ENDED:
                return _without_ended_discounts(request, session, sent)
            wrong = {error.param or "": summary.problem_of(error)}
            return _page(request, session, sent, wrong, status=422)
        if request.POST.get("action") != _PAY:
            return _page(request, session, sent)
        if has_changed:
            return _page(request, session, sent, {"": "changed"}, status=422)
        return _pay(request, session, sent)


@require_safe
def return_view(request: HttpRequest, session_id: str, key: str) -> HttpResponse:
    """Send a payer who comes back from the bank on: what the address says is not believed."""
    session = _find(session_id, key)
    if session.ui_mode != HOSTED and (back := _return_address(session)):
        # To the merchant's own page, which knows the session, and shows it again if it is open.
        return _send(back)
    return _see(request, session)


@require_safe
def status_view(request: HttpRequest, session_id: str, key: str) -> HttpResponse:
    """Say which of its pages a session would show by now."""
    answer = JsonResponse({"state": summary.state(_find(session_id, key))})
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def recover_view(request: HttpRequest, session_id: str, key: str) -> HttpResponse:
    """Open a session of the same as an expired one, and send the payer to its page."""
    old = queries.session_at(session_id) if pages.is_key_of_recovery(session_id, key) else None
    if old is None:
        raise Http404
    if request.method == "HEAD":
        # Programs that look at addresses before people do order nothing.
        return HttpResponse()
    try:
        session = recovering.recover(old, at=timezone.now())
    except InvalidRequest:
        # The seller may take no payments any more, for one: the old page says that it is over.
        session = None
    return _send(pages.address(session.id if session else old.id))


def _find(session_id: str, key: str) -> CheckoutSession:
    session = queries.session_at(session_id) if pages.is_key_of(session_id, key) else None
    if session is None:
        raise Http404
    return session


def _see(request: HttpRequest, session: CheckoutSession) -> HttpResponse:
    lang = request.GET.get("lang")
    more = f"&lang={lang}" if lang in LANGUAGES else ""
    if framing.is_framed(request, session):
        more += "&framed=1"
    return _send(f"{pages.address(session.id)}?{_ON}=1{more}")


def _send(target: str) -> HttpResponse:
    answer = HttpResponseRedirect(target, status=303)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


def _choose(
    session: CheckoutSession, sent: forms.Sent, *, at: datetime
) -> tuple[CheckoutSession, bool]:
    """Take what the payer chose of the order; tell whether the total is another than was seen."""
    rate = sent.shipping_rate if sent.shipping_rate != session.shipping_rate_id else None
    code = sent.promotion_code
    if code is not None and code == summary.entered_code(session):
        code = None
    if sent.quantities or sent.amounts or rate or code is not None:
        session = choices.choose(
            tenant=session.tenant,
            session_id=session.id,
            quantities=sent.quantities,
            amounts=sent.amounts,
            shipping_rate=rate,
            promotion_code=code,
            at=at,
        )
    return session, sent.expected_amount not in (None, session.amount_total)


def _pay(request: HttpRequest, session: CheckoutSession, sent: forms.Sent) -> HttpResponse:
    wrong: dict[str, str] = dict(collecting.problems(session, sent.given))
    method: JsonObject | str | None = None
    if session.amount_total or session.mode == "setup":
        method, wrong_there = _method(session, sent, at=timezone.now())
        wrong |= wrong_there
    if wrong:
        return _page(request, session, sent, wrong, status=422)
    if refusal := turns.try_method(session, request.META["REMOTE_ADDR"]):
        answer = _page(request, session, sent, {"": "tries"}, status=429)
        answer["Retry-After"] = str(refusal.seconds)
        return answer
    try:
        session = paying.confirm(
            tenant=session.tenant,
            session_id=session.id,
            payment_method=method,
            given=sent.given | {"language": _language(request, session)},
            options=_options(request, session, sent.type),
            expected_amount=sent.expected_amount,
            is_kept=typed_methods.is_kept(sent, session),
            method_options=typed_methods.options(sent),
            at=timezone.now(),
        )
    except (CardError, InvalidRequest) as error:
        session.refresh_from_db()
        if session.status != SessionStatus.OPEN:
            return _see(request, session)
        if error.code == _ENDED:
            return _without_ended_discounts(request, session, sent)
        wrong = summary.wrong_of(error, has_frame=bool(sent.typed.get(forms.TOKEN)))
        return _page(request, session, sent, wrong, error=error, status=422)
    return _see(request, session)


def _method(
    session: CheckoutSession, sent: forms.Sent, *, at: datetime
) -> tuple[JsonObject | str | None, dict[str, str]]:
    """Return what is paid with, saved or typed in, and what is wrong: field → problem."""
    saved = {one["id"]: one for one in saved_methods.of(session, at=at)}
    types = summary.methods(session)
    sent.method = sent.method or (types[0] if len(types) == 1 and not saved else "")
    if sent.method in saved:
        sent.type = saved[sent.method]["type"]
        return sent.method, {}
    if sent.method not in types:
        return None, {"method": "missing"}
    sent.type = sent.method
    is_framed = sent.type == "card" and bool(card_frames.of_session(session, at=at))
    return typed_methods.method_data(sent, session, is_framed=is_framed)


def _remove(request: HttpRequest, session: CheckoutSession, method_id: str) -> HttpResponse:
    """Remove a method that the payer has saved, if the session lets payers do that."""
    at = timezone.now()
    is_theirs = method_id in {one["id"] for one in saved_methods.of(session, at=at)}
    if is_theirs and saved_methods.may_remove(session):
        with suppress(InvalidRequest):
            # Another tab may have removed it a moment ago.
            payment_methods.detach(tenant=session.tenant, method_id=method_id, at=at)
    return _see(request, session)


def _without_ended_discounts(
    request: HttpRequest, session: CheckoutSession, sent: forms.Sent
) -> HttpResponse:
    """Show the order without the discounts that have ended since the payer saw it."""
    try:
        session = choices.drop_ended_discounts(
            tenant=session.tenant, session_id=session.id, at=timezone.now()
        )
    except InvalidRequest as error:
        # Another tab pays at this moment, for one.
        return _page(request, session, sent, summary.wrong_of(error), error=error, status=422)
    sent.values.pop("promotion_code", None)
    return _page(request, session, sent, {"": "changed"}, status=422)


def _options(request: HttpRequest, session: CheckoutSession, method: str) -> ConfirmationOptions:
    return ConfirmationOptions(
        return_url=f"{pages.address(session.id)}/return",
        customer_acceptance=accepted_from(request, method),
    )


def _page(
    request: HttpRequest,
    session: CheckoutSession,
    sent: forms.Sent | None = None,
    wrong: Mapping[str, str] | None = None,
    *,
    error: RialtoError | None = None,
    status: int = 200,
) -> HttpResponse:
    nonce, request_id = secrets.token_urlsafe(16), new_id("req")
    is_framed = framing.is_framed(request, session)
    with translation.override(_language(request, session)):
        current = translation.get_language()
        goes_on = request.GET.get(_ON) == "1" and request.method != "POST"
        is_back = goes_on and session.status == SessionStatus.OPEN
        decline = declines.last_of(session) if is_back else declines.of_error(error)
        if is_back and decline:
            wrong = {"": "declined"}
        context = summary.context(session, sent, wrong or {}, decline=decline)
        context |= {
            "nonce": nonce,
            "request_id": request_id,
            "goes_on": goes_on,
            "languages": [(c, name) for c, name in LANGUAGES.items() if c != current],
            "shop_url": _shop_url(session),
            "is_framed": is_framed,
            "report": report.of(context, _failure(request, wrong, error)) if is_framed else "",
            # Another language is shown in the frame as well.
            "query": "framed=1&" if is_framed else "",
            "leads_back": session.settings.get("redirect_on_completion", "always") == "always",
            "stays": rendering.stays(session),
        }
        status = context.get("status", status)
        answer = render(request, context["template"], context, status=status)
    protect(
        answer,
        nonce,
        has_images=bool(context["brand"].picture),
        has_script=bool(context.get("card_frame")),
        has_frames=bool(context.get("card_frame")),
    )
    if is_framed:
        framing.protect(answer, nonce, session)
    # The address is the payer's alone.
    answer["Referrer-Policy"] = "no-referrer"
    # By which the log of requests finds what a payer tells of.
    answer["Request-Id"] = request_id
    return answer


def _failure(
    request: HttpRequest, wrong: Mapping[str, str] | None, error: RialtoError | None
) -> report.Failure:
    """Say why what the payer sent, here or at its bank, is not paid."""
    is_declined = (wrong or {}).get("") == "declined"
    if request.method != "POST":
        return "api_error" if is_declined else ""
    if request.POST.get("action") != _PAY or not wrong:
        return ""
    return "api_error" if error or is_declined else "unexpected"


def _language(request: HttpRequest, session: CheckoutSession) -> str:
    wanted = session.settings.get("locale")
    is_chosen = request.GET.get("lang") in LANGUAGES
    return wanted if wanted in LANGUAGES and not is_chosen else language_of(request)


def _shop_url(session: CheckoutSession) -> str:
    """Return where the payer goes from here: onwards after paying, back to the shop before."""
    if session.status == SessionStatus.COMPLETE:
        return _return_address(session)
    return _filled(session, session.settings.get("cancel_url"))


def _return_address(session: CheckoutSession) -> str:
    name = "success_url" if session.ui_mode == HOSTED else "return_url"
    return _filled(session, session.settings.get(name))


def _filled(session: CheckoutSession, address: str | None) -> str:
    return (address or "").replace(PLACEHOLDER, session.id)
