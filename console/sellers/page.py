"""The whole story of an account on one page."""

from typing import Final, cast

from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from connect.onboarding.operator_pages import profiles
from console.notes import people
from console.notes.pages import note_form
from console.sellers import actions, parts, words
from console.site import ConsoleSite
from console.words import code
from core.database.raw_fields import raw_fields
from core.security.roles import has_right
from core.security.visibility import livemode_of

_LABEL: Final = "accounts.account"


@permission_required("accounts.view_account", raise_exception=True)
def account(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show an account: how it stands, what it lacks, its money, what it brought; or its form."""
    if request.method == "POST" or "edit" in request.GET:
        return _form(request, object_id)
    row = profiles.any_account(unquote(object_id), request.user)
    if row is None:
        raise Http404
    at = timezone.now()
    profile = profiles.profile_of(row, livemode=livemode_of(request))
    may = actions.rights_of(request.user, is_seller=row.opened_by_id is not None)
    context = admin.site.each_context(request) | {
        "title": str(row),
        "account": row,
        "livemode": profile.livemode,
        "state": words.state(
            is_platform=row.opened_by_id is None,
            closed_at=row.closed_at,
            charges=row.charges_enabled,
            payouts=row.payouts_enabled,
            why=profiles.why_disabled(profile.requirements),
            is_due=profiles.is_due(profile.requirements),
            until=profiles.deadline(profile.requirements),
        ),
        "due": profiles.due(profile),
        "facts": parts.facts(request.user, row),
        "actions": actions.of_account(request.user, row.id, is_open=row.closed_at is None),
        "may": may,
        "blocks": parts.blocks(profile.blocks),
        "capabilities": [
            (one.name.replace("_", " "), gettext(code(one.status))) for one in profile.capabilities
        ],
        **parts.money(request.user, row, profile, at),
        "paid_to": parts.paid_to(request.user, profile.paid_to, at),
        "cards": parts.cards(request.user, row, profile),
        "may_read": has_right(request.user, "document.read"),
        "moments": sorted(
            people.moments(row.id, request.user), key=lambda one: one.at, reverse=True
        ),
        "note_form": note_form(request, "accounts_account", row.id),
        "raw": [(gettext("Account"), row.id, raw_fields(row))],
    }
    return TemplateResponse(request, "admin/console/account.html", context)


def _form(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show or send the form of what the operator decides about an account."""
    page = next(
        one for one in cast(ConsoleSite, admin.site).pages if one.model._meta.label_lower == _LABEL
    )
    return page.change_view(request, quote(unquote(object_id)))
