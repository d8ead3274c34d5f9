"""The operators' page of a dispute: what the bank wants, until when, and the answer to it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Final, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import dateformat, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts import approvals
from accounts import queries as accounts
from accounts.models import File, User
from accounts.operator_pages import documents, returned
from accounts.operator_pages.approved_forms import say_it_waits
from accounts.operator_pages.reasons import optional_reason_of, reason_of
from accounts.people.step_up import ask, is_fresh
from accounts.services import files
from core.admin import offer_other_mode, page_of
from core.database.raw_fields import raw_fields
from core.errors import InvalidRequest, RialtoError
from core.money import Money
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import livemode_of
from core.types import JsonObject
from payments.charges import queries
from payments.disputes.operator_pages import actions, papers
from payments.disputes.services import dispute_answers
from payments.models import Dispute
from payments.resources.disputes import EVIDENCE
from payments.states import DisputeStatus

STATES: Final = {
    DisputeStatus.WARNING_NEEDS_RESPONSE: "The bank asks and has taken nothing: answer it",
    DisputeStatus.WARNING_UNDER_REVIEW: "The bank asks and reads the answer",
    DisputeStatus.WARNING_CLOSED: "The bank's question is closed",
    DisputeStatus.NEEDS_RESPONSE: "The bank has taken the money: answer it",
    DisputeStatus.UNDER_REVIEW: "The bank reads the answer",
    DisputeStatus.WON: "Won: the bank has given the money back",
    DisputeStatus.LOST: "Lost: the payer keeps the money",
}
_LONG: Final = ("log", "address", "explanation", "disclosure", "rebuttal", "description", "text")


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a dispute, and take the answer to it."""
    if not request.user.has_perm("payments.view_dispute"):
        raise PermissionDenied
    row = queries.any_dispute(unquote(object_id), request.user)
    if row is None:
        raise Http404
    if row.livemode != livemode_of(request):
        return offer_other_mode(request, row.id)
    return _act(request, row) if request.method == "POST" else _page(request, row, "")


def _act(request: HttpRequest, row: Dispute) -> HttpResponse:
    """Do what a form says, and show it again if that is refused."""
    verb = request.POST.get("do", "")
    right = "dispute.accept" if verb == "accept" else "dispute.answer"
    if verb not in _VERBS or not has_right(request.user, right):
        raise PermissionDenied
    if verb == "accept" and not is_fresh(request):
        return ask(request)
    try:
        _VERBS[verb](request, row)
    except RialtoError as error:
        return _page(request, row, explain(error))
    return redirect(page_of("payments_dispute", row.id))


def _save(request: HttpRequest, row: Dispute) -> None:
    optional_reason_of(request)
    _keep(row, _evidence(request, row))
    # Whoever saves goes on writing: the reason is for sending it.
    returned.keep(request)
    messages.success(request, gettext("It is kept, and not sent yet."))


def _submit(request: HttpRequest, row: Dispute) -> None:
    if "sure" not in request.POST:
        raise InvalidRequest(
            gettext("Tick that it is complete: an answer is sent once."), param="sure"
        )
    reason, evidence = reason_of(request), _evidence(request, row)
    if any(row.evidence.get(name, "") != text for name, text in evidence.items()):
        row = _keep(row, evidence)
    if not row.submitting_since and row.status.endswith("needs_response"):
        outcome = approvals.run_or_request(
            actions.SUBMIT,
            by=cast(User, request.user),
            reason=reason,
            at=timezone.now(),
            **actions.parameters(row),
        )
        if outcome.request:
            say_it_waits(request)
            return
        row.refresh_from_db()
    if row.submitting_since:
        messages.warning(
            request,
            gettext(
                "The processor has not confirmed that it has the answer. "
                "It is sent again by itself."
            ),
        )
    else:
        messages.success(request, gettext("The bank has the answer."))


def _accept(request: HttpRequest, row: Dispute) -> None:
    try:
        outcome = approvals.run_or_request(
            actions.ACCEPT,
            by=cast(User, request.user),
            reason=reason_of(request),
            at=timezone.now(),
            **actions.parameters(row),
        )
    except approvals.OutcomeUnknown:
        messages.warning(
            request,
            gettext("The processor has not answered. What became of it will be reported."),
        )
        return
    if outcome.request:
        say_it_waits(request)
    else:
        messages.success(request, gettext("It is accepted: the payer keeps the money."))


_VERBS: Final = {"save": _save, "submit": _submit, "accept": _accept}


def _evidence(request: HttpRequest, row: Dispute) -> JsonObject:
    """Return what was typed, and the ids of what was uploaded, which is kept already."""
    evidence: JsonObject = {
        name: request.POST[name].strip()
        for name in EVIDENCE
        if name in request.POST and name not in dispute_answers.FILES
    }
    for name in sorted(dispute_answers.FILES & request.FILES.keys()):
        upload = cast("UploadedFile[bytes]", request.FILES[name])
        content = cast("IO[bytes]", upload.file)
        kept = files.create(
            tenant=row.tenant,
            purpose="dispute_evidence",
            filename=upload.name or name,
            content=content,
            sha256=hashlib.sha256(upload.read()).hexdigest(),
            at=timezone.now(),
        )
        evidence[name] = kept.id
    return evidence


def _keep(row: Dispute, evidence: JsonObject) -> Dispute:
    return dispute_answers.update(
        tenant=row.tenant, dispute_id=row.id, evidence=evidence, submit=False, at=timezone.now()
    )


def _why_another(request: HttpRequest, row: Dispute) -> JsonObject:
    """Return why somebody else must approve each of what can be done."""
    user = cast(User, request.user)
    asked = {
        "submit": actions.summary_to_submit(row),
        "accept": actions.summary_to_accept(row),
    }
    return {
        verb: approvals.why_another(f"dispute.{verb}", user, one) for verb, one in asked.items()
    }


def _page(request: HttpRequest, row: Dispute, problem: str) -> HttpResponse:
    reason = papers.of(row.reason)
    at = timezone.now()
    is_open = row.status.endswith("needs_response") and not row.submitting_since
    known = _known(row)
    brought = accounts.papers(
        row.evidence[name] for name in dispute_answers.FILES & set(row.evidence)
    )
    fields = [
        {
            "name": name,
            "title": capfirst(gettext(name.replace("_", " "))),
            "is_file": name in dispute_answers.FILES,
            "is_long": "email" not in name and any(word in name for word in _LONG),
            "value": request.POST.get(name) or row.evidence.get(name) or known.get(name, ""),
            "kept": row.evidence.get(name, ""),
            "paper": documents.render(file) if (file := _paper(row, name, brought)) else None,
            "helps": name in reason.papers,
        }
        for name in (*reason.papers, *(n for n in EVIDENCE if n not in reason.papers))
    ]
    context = admin.site.each_context(request) | {
        "title": gettext("Dispute over %(amount)s") % {"amount": Money(row.amount, row.currency)},
        "dispute": row,
        "amount": Money(row.amount, row.currency),
        "state": gettext(STATES[DisputeStatus(row.status)]),
        "is_open": is_open and not (row.due_at and row.due_at <= at),
        "left": _left(row.due_at, at) if is_open else "",
        "meaning": gettext(reason.meaning),
        "advice": gettext(reason.advice),
        "reason_name": gettext(row.reason.replace("_", " ")),
        "helping": [field for field in fields if field["helps"]],
        "others": [field for field in fields if not field["helps"]],
        "kept": [field for field in fields if field["kept"]],
        "may_answer": has_right(request.user, "dispute.answer"),
        "may_accept": has_right(request.user, "dispute.accept")
        and row.status in (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.UNDER_REVIEW),
        "may_read": has_right(request.user, "document.read"),
        "payment_page": page_of("payments_charge", row.charge_id),
        "reason_given": request.POST.get("reason", ""),
        "why_another": _why_another(request, row),
        "problem": problem,
        "raw": raw_fields(row),
    }
    return TemplateResponse(request, "admin/payments/dispute.html", context)


def _paper(row: Dispute, name: str, brought: Mapping[str, File]) -> File | None:
    """Return the document of a field; None if it has none."""
    return brought.get(row.evidence.get(name, "")) if name in dispute_answers.FILES else None


def _left(due_at: datetime | None, at: datetime) -> str:
    if due_at is None:
        return gettext("The processor names no deadline.")
    moment = f"{dateformat.format(due_at, 'd M Y, H:i')} UTC"
    if due_at <= at:
        return gettext("It could be answered until %(moment)s.") % {"moment": moment}
    days = (due_at - at).days
    left = gettext("one day" if days else "less than a day")
    if days > 1:
        left = gettext("%(count)s days") % {"count": days}
    return gettext("%(left)s left, until %(moment)s") % {"left": left, "moment": moment}


def _known(row: Dispute) -> dict[str, str]:
    """Return what we know already and a bank wants to hear."""
    charge = row.charge
    billing = charge.billing_details or {}
    shipping = charge.shipping or {}
    customer = charge.customer
    return {
        "customer_name": billing.get("name") or (customer and customer.name) or "",
        "customer_email_address": billing.get("email")
        or charge.receipt_email
        or (customer and customer.email)
        or "",
        "billing_address": _address(billing.get("address")),
        "shipping_address": _address(shipping.get("address")),
        "shipping_carrier": shipping.get("carrier") or "",
        "shipping_tracking_number": shipping.get("tracking_number") or "",
        "product_description": charge.description or "",
        "service_date": f"{charge.created_at:%Y-%m-%d}",
    }


def _address(address: JsonObject | None) -> str:
    names = ("line1", "line2", "postal_code", "city", "state", "country")
    return ", ".join(str(address[name]) for name in names if address.get(name)) if address else ""
