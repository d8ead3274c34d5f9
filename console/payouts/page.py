"""The whole story of a payout on one page."""

from functools import partial
from typing import Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import dateformat, timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from connect.payouts.operator_pages import actions, standing, stories
from console.booked import booked
from console.linking import fact, link_to
from console.notes import people
from console.notes.pages import note_form
from console.payouts import money, timeline, words
from console.told import told
from core.admin import offer_other_mode, page_of
from core.database.raw_fields import raw_fields
from core.money import Money
from core.security.visibility import livemode_of

_FEES: Final = "connect_applicationfee"


@require_safe
@permission_required("connect.view_payout", raise_exception=True)
def payout(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a payout: where it stands and why, what it pays, what happened, who was told."""
    row = stories.any_payout(unquote(object_id), request.user)
    if row is None:
        raise Http404
    if row.livemode != livemode_of(request):
        return offer_other_mode(request, row.id)
    attempts = stories.attempts_of(row)
    entries = booked(row.id)
    asked = [entry.request_id for entry, *_ in entries["entries"]]
    opened = partial(link_to, request.user)
    amount = Money(row.amount, row.currency)
    fee = Money(row.application_fee_amount or 0, row.currency) if row.application_fee_id else ""
    texts = {
        "Arrives": dateformat.format(row.arrival_date, "j F Y"),
        "How": f"{row.method}, {gettext('by the schedule' if row.is_automatic else 'asked for')}",
        "On the statement": row.statement_descriptor,
        "Description": row.description,
        **row.metadata,
    }
    owner = gettext("Seller") if row.account.opened_by_id else gettext("Account")
    context = admin.site.each_context(request) | {
        "title": gettext("Payout of %(amount)s") % {"amount": amount},
        "payout": row,
        "amount": str(amount),
        "state": standing.explain(row, attempts[0] if attempts else None, timezone.now()),
        "look": words.LOOKS[row.status],
        "again": [(id, page_of("connect_payout", id)) for id in stories.paid_again_by(row)],
        "facts": [
            fact(owner, row.account, opened("accounts_account", row.account_id)),
            fact("To", row.destination, opened("connect_externalaccount", row.destination_id)),
            *(fact(title, text) for title, text in texts.items()),
            fact("Fee of the platform", fee, opened(_FEES, row.application_fee_id)),
        ],
        "picture": money.picture(
            request.user,
            request.GET.dict(),
            row.currency,
            stories.sums_by_kind(row),
            stories.paid_lines(row),
        ),
        "moments": timeline.moments(
            stories.steps_of(row, attempts), people.moments(row.id, request.user), request.user
        ),
        "note_form": note_form(request, "connect_payout", row.id),
        "actions": actions.of_payout(
            request.user, row.id, row.account_id, row.status, is_resolved=bool(row.resolved_at)
        ),
        **entries,
        **told(request, [row.id], about=row.id, requests=asked),
        "raw": [
            (gettext("Payout"), row.id, raw_fields(row)),
            *((gettext("Attempt"), one.id, raw_fields(one)) for one in attempts),
        ],
    }
    return TemplateResponse(request, "admin/console/payout.html", context)
