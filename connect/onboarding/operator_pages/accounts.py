"""The operators' page of verifications, blocks and restrictions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import approvals
from accounts import queries as accounts
from accounts.models import File, User
from accounts.operator_pages import documents, returned
from accounts.operator_pages.approved_forms import WAITS_FOR_APPROVAL
from accounts.operator_pages.reasons import reason_of
from accounts.people.step_up import step_up
from connect import disabled_reasons
from connect.models import AccountBlock, AccountRequirements, Person
from connect.onboarding import account_queries
from connect.onboarding.operator_pages import profiles, typed
from connect.onboarding.operator_pages.stops import KINDS, StopForm
from connect.onboarding.services import reviews
from core.admin import page_of
from core.durations import format_duration
from core.errors import InvalidRequest, RialtoError
from core.operator_pages.refusals import explain
from core.security.roles import has_right
from core.security.visibility import visible
from core.tenant import Tenant
from core.types import JsonObject

MOST_SHOWN: Final = 200
_Row = TypeVar("_Row", Person, AccountRequirements, AccountBlock)


@step_up(only_posts=True)
def attention(request: HttpRequest) -> HttpResponse:
    """List pending verifications, blocks and restricted sellers."""
    if not request.user.has_perm("connect.view_person"):
        raise PermissionDenied
    form = StopForm()
    if request.method == "POST":
        if not request.user.has_perm("connect.change_person"):
            raise PermissionDenied
        if request.POST.get("do") not in KINDS:
            return _handle_post(request)
        form = StopForm(request.POST)
        if (done := _stop(request, form)) is not None:
            return done
    at = timezone.now()

    def first(rows: QuerySet[_Row]) -> QuerySet[_Row]:
        return visible(request, rows)[:MOST_SHOWN]

    people = list(first(account_queries.people_to_verify()))
    brought = accounts.papers(id for row in people for id in profiles.papers_in(row.details))
    context = admin.site.each_context(request) | {
        "title": gettext("Sellers to look at"),
        "checks": [_check(row, brought) for row in people],
        "may_read": has_right(request.user, "document.read"),
        "companies": [_company(row) for row in first(account_queries.companies_to_verify())],
        "blocks": [_block(row, at) for row in first(account_queries.all_blocks())],
        "restricted": [_restricted(row) for row in first(account_queries.restricted_accounts())],
        "stranded": [_stranded(row) for row in first(account_queries.stranded_accounts())],
        "refusals": {code: gettext(words) for code, words in reviews.REFUSALS.items()},
        "form": form,
        "may_change": request.user.has_perm("connect.change_person"),
    }
    return TemplateResponse(request, "admin/connect/sellers_to_look_at.html", context)


def _stop(request: HttpRequest, form: StopForm) -> HttpResponse | None:
    """Stop a seller; None if the form is shown again, with what is wrong."""
    kind, author = request.POST["do"], request.user.get_username()
    row = form.stop(kind, author=author, at=timezone.now()) if form.is_valid() else None
    if row is None:
        messages.error(request, gettext("Nothing was stopped: see below."))
        return None
    stopped = gettext("%(kind)s of %(account)s are stopped.")
    words = {"kind": gettext(KINDS[kind]), "account": row.account_id}
    messages.success(request, stopped % words)
    return _back(request)


def _handle_post(request: HttpRequest) -> HttpResponse:
    try:
        messages.success(request, _decide(request, request.POST, timezone.now()))
    except RialtoError as error:
        returned.keep(request)
        messages.error(request, explain(error))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to where the form stood: an account's own page, or the list."""
    if request.POST.get("back") == "account" and request.POST.get("account"):
        return redirect(page_of("accounts_account", request.POST["account"]))
    return redirect("admin:connect_sellers_to_look_at")


def _decide(request: HttpRequest, params: QueryDict, at: datetime) -> str:
    """Carry out an operator's decision, and return the message."""
    author, reason = request.user.get_username(), reason_of(request)
    tenant = Tenant(params.get("account", ""), params.get("livemode") == "true")
    match params.get("do"):
        case "verify" | "refuse" as do:
            refusal = params.get("refusal", "") if do == "refuse" else ""
            if do == "refuse" and refusal not in reviews.REFUSALS:
                raise InvalidRequest(gettext("Choose why not."), param="refusal")
            person = reviews.decide_person(
                person_id=params.get("person", ""), refusal=refusal, at=at
            )
            decided = gettext("%(name)s is not verified." if refusal else "%(name)s is verified.")
            return decided % {"name": person}
        case "verify_company" | "refuse_company" as do:
            reviews.decide_company(tenant=tenant, refuses=do == "refuse_company", at=at)
            decided = gettext("The company of %(account)s was decided on.")
            return decided % {"account": tenant.account_id}
        case "release":
            outcome = approvals.run_or_request(
                "block.release",
                by=cast(User, request.user),
                reason=reason,
                at=at,
                block_id=params.get("block", ""),
                author=author,
            )
            if not isinstance(row := outcome.result, AccountBlock):
                return WAITS_FOR_APPROVAL
            released = gettext("%(kind)s of %(account)s are no longer stopped by this.")
            return released % {"kind": gettext(KINDS[row.kind]), "account": row.account_id}
    raise InvalidRequest(gettext("Nothing was done: use a button of this page."), param="do")


def _seller(row: Person | AccountRequirements | AccountBlock) -> JsonObject:
    return {
        "account_id": row.account_id,
        "account": row.account.name or row.account_id,
        "account_page": page_of("accounts_account", row.account_id),
        "mode": gettext("live mode" if row.livemode else "test mode"),
        "livemode": "true" if row.livemode else "false",
    }


def _check(row: Person, found: Mapping[str, File]) -> JsonObject:
    return {
        **_seller(row),
        "id": row.id,
        "page": page_of("connect_person", row.id),
        "name": str(row),
        "typed": typed.lines(row.details),
        "files": [
            documents.render(found[id]) for id in profiles.papers_in(row.details) if id in found
        ],
    }


def _company(row: AccountRequirements) -> JsonObject:
    company = row.account.company or {}
    return {**_seller(row), "name": company.get("name", ""), "typed": typed.lines(company)}


def _block(row: AccountBlock, at: datetime) -> JsonObject:
    until = f"{row.releases_at:%Y-%m-%d %H:%M}" if row.releases_at else ""
    ends = {
        "by_hand": gettext("until an operator releases it"),
        "when_verified": gettext("until nothing more is due"),
        "on_date": gettext("until %(time)s UTC") % {"time": until},
    }
    return {
        **_seller(row),
        "id": row.id,
        "kind": gettext(KINDS[row.kind]),
        "source": row.source.replace("_", " "),
        "author": row.author,
        "why": row.message or gettext(disabled_reasons.WORDS.get(row.reason, row.reason)),
        "ends": ends[row.release],
        "age": format_duration(at - row.created_at),
    }


def _stranded(row: AccountRequirements) -> JsonObject:
    own = row.account.default_currency
    return {
        **_seller(row),
        "currencies": ", ".join(code.upper() for code in row.stranded),
        "own": own.upper(),
    }


def _restricted(row: AccountRequirements) -> JsonObject:
    due = row.requirements
    return {
        **_seller(row),
        "due": due.get("past_due", []),
        "errors": [one["reason"] for one in due.get("errors", [])],
    }
