"""The whole story of a payment on one page."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts import queries as accounts
from connect.payouts import queries as payouts
from connect.transfers import queries as transfers
from console.booked import booked
from console.linking import fact, linked_fact
from console.payments import money, timeline, words
from console.told import MOST, told
from console.words import code
from core.admin import offer_other_mode, page_of
from core.database.raw_fields import raw_fields
from core.histories import History
from core.money import Money
from core.security.roles import has_right
from core.security.visibility import livemode_of
from core.types import JsonObject
from ledger.reporting import business_objects
from payments.charges import queries as charges
from payments.charges.services.routed import reasons
from payments.methods import capabilities
from payments.resources.payment_intents import offers_of

# What would let somebody act as the payer.
_HIDDEN: Final = ("client_secret",)
_HELD: Final = "requires_capture"
# What can be canceled, but for what is being asked about at this moment.
_OPEN: Final = (
    "requires_payment_method", "requires_confirmation", "requires_action", "requires_capture",
)  # fmt: skip


@require_safe
@permission_required("payments.view_paymentintent", raise_exception=True)
def payment(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a payment: state, payer, money, what happened, who was told."""
    intent = charges.any_intent(unquote(object_id), request.user)
    if intent is None:
        raise Http404
    if intent.livemode != livemode_of(request):
        return offer_other_mode(request, intent.id)
    found = [
        *charges.history_of_intent(intent, most=MOST),
        payouts.history_of_group(intent.id, most=MOST),
    ]
    found += transfers.history_of_charges(found[0].ids, most=MOST)
    movements = business_objects.movements_of(intent.id)
    platform_id = intent.platform_id or intent.account_id
    parties = {step.party for history in found for step in history.steps if step.party}
    names = accounts.names({*parties, *money.owners(movements), platform_id})
    attempts = list(charges.attempts_of(intent.id)[:MOST])
    refunded = sum(row.amount_refunded for row in attempts)
    refundable = [row.id for row in attempts if row.amount_captured > row.amount_refunded]
    method = intent.payment_method
    about = _told(request, intent.id, found)
    payer = str(intent.customer or method or gettext("Payer"))
    linked = partial(linked_fact, request.user)
    return _page(
        request,
        title=gettext("Payment of %(money)s") % {"money": intent.money},
        intent=intent,
        amount=str(intent.money),
        state=words.state(
            intent.status,
            refunded=_some(refunded, intent.currency),
            is_all_refunded=0 < refunded == intent.amount_received,
        ),
        capturable=_some(intent.amount_capturable, intent.currency),
        failure=(intent.last_payment_error or {}).get("message", ""),
        actions=_actions(request.user, intent.id, intent.status, refundable),
        facts=[
            linked("Customer", intent.customer, "payments_customer", intent.customer_id),
            fact("E-mail", intent.customer and intent.customer.email),
            linked("Paid with", method, "payments_paymentmethod", intent.payment_method_id),
            linked("Account", intent.account, "accounts_account", intent.account_id),
            *(fact(*offered) for offered in _offered(intent)),
            *(fact("Where it went", reasons.explain(row)) for row in attempts[::-1]),
            *(fact(title, text) for title, text in _texts(intent, attempts).items()),
        ],
        **_attention(found),
        pictures=money.pictures(movements, platform_id=platform_id, payer=payer, names=names),
        moments=timeline.moments(found, names, request.user, about["requests"]),
        more=timeline.more(found, _parents(intent.id, found), request.user),
        **about,
        raw=[
            (gettext("Payment intent"), intent.id, raw_fields(intent, hidden=_HIDDEN)),
            *((gettext("Charge"), row.id, raw_fields(row)) for row in attempts),
        ],
    )


@require_safe
@permission_required("payments.view_charge", raise_exception=True)
def charge(request: HttpRequest, object_id: str) -> HttpResponse:
    """Lead from a charge to its payment."""
    charge_id = unquote(object_id)
    intent_id = charges.intent_id_of(charge_id)
    intent = charges.any_intent(intent_id, request.user) if intent_id else None
    if intent is None:
        raise Http404
    return redirect(f"{page_of('payments_paymentintent', intent.id)}#{charge_id}")


def _offered(intent: Any) -> list[tuple[str, str]]:
    """Return what the payer of an open payment is offered, and why not the rest."""
    waits = intent.status in _OPEN and intent.status != _HELD
    return words.offered(offers_of(*capabilities.refresh([intent]))) if waits else []


def _texts(intent: Any, attempts: Sequence[Any]) -> JsonObject:
    """Return what the merchant wrote of a payment."""
    return {
        "Description": intent.description,
        "On the statement": next((row.statement_text for row in attempts), None)
        or intent.statement_descriptor_suffix
        or intent.statement_descriptor,
        "Transfer group": intent.transfer_group,
        "Receipt to": intent.receipt_email,
        **intent.metadata,
    }


def _actions(
    user: object, intent_id: str, status: str, refundable: Sequence[str]
) -> list[tuple[str, str]]:
    """Return what somebody can do with a payment, and on which page."""
    pages = [
        ("refund", gettext("Refund"), "admin:payments_preview", refundable[:1]),
        (
            "capture",
            gettext("Capture"),
            "admin:payments_capture",
            [intent_id] if status == _HELD else [],
        ),
        (
            "cancel",
            gettext("Cancel"),
            "admin:payments_cancel",
            [intent_id] if status in _OPEN else [],
        ),
    ]
    return [
        (title, reverse(page, args=args))
        for right, title, page, args in pages
        if args and has_right(user, right)
    ]


def _attention(found: Sequence[History]) -> JsonObject:
    """Return what stands out in what happened: open disputes, and what nobody knows yet."""
    steps = [step for history in found for step in history.steps]
    open_disputes = [
        step for step in steps if step.kind == "dispute" and step.status.endswith("needs_response")
    ]
    return {
        "disputes": [
            (step.money, code(step.note), page_of("payments_dispute", step.id))
            for step in open_disputes
        ],
        "unanswered": [
            words.step(step.kind, step.status)[0]
            for step in steps
            if step.kind in ("charge", "refund") and step.status in ("pending", "requires_action")
        ],
    }


def _some(amount: int, currency: str) -> str:
    return str(Money(amount, currency)) if amount else ""


def _parents(intent_id: str, found: Sequence[History]) -> dict[str, str]:
    newest = {history.kind: history.ids[0] for history in found if history.ids}
    charge_id = newest.get("charge", "")
    by_charge = ("refund", "dispute", "fraud_warning", "transfer")
    return {
        "charge": intent_id,
        "authentication": intent_id,
        **dict.fromkeys(by_charge, charge_id),
        "reversal": newest.get("transfer", ""),
        "fee_refund": newest.get("application_fee", ""),
    }


def _told(request: HttpRequest, intent_id: str, found: Iterable[History]) -> JsonObject:
    """Return the events, the requests behind all, and the entries in the books."""
    ids = [id for history in found if history.kind != "payout" for id in history.ids]
    found_in_books = booked(intent_id)
    asked = [row.request_id for row, *_ in found_in_books["entries"]]
    return told(request, ids, about=intent_id, requests=asked) | found_in_books


def _page(request: HttpRequest, **context: object) -> HttpResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, "admin/console/payment.html", frame | context)
