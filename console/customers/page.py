"""The whole story of a customer on one page."""

from datetime import date
from functools import partial

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from console.customers import words
from console.linking import fact, link_to
from console.payments.words import state
from console.told import MOST, told
from console.words import code
from core.admin import offer_other_mode
from core.database.raw_fields import raw_fields
from core.money import Money
from core.security.roles import has_right
from core.security.visibility import livemode_of
from core.types import Fields, JsonObject
from payments.customers import queries as customers
from payments.customers.queries import Kept

_LISTS = {
    "methods": "payments_paymentmethod",
    "payments": "payments_paymentintent",
    "setups": "payments_setupintent",
}


@require_safe
@permission_required("payments.view_customer", raise_exception=True)
def customer(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a customer: who, what was paid and with what, what came of it, who was told."""
    row = customers.any_customer(unquote(object_id), request.user)
    if row is None:
        raise Http404
    if row.livemode != livemode_of(request):
        return offer_other_mode(request, row.id)
    kept = customers.kept(row, most=MOST)
    ids = [row.id, *(one.id for one in kept.methods.rows), *(one.id for one in kept.setups.rows)]
    texts = {
        "Phone": row.phone,
        "Business": row.business_name,
        "Person": row.individual_name,
        "Description": row.description,
        "Address": _address(row.address),
        "Shipped to": _address((row.shipping or {}).get("address")),
        "Languages": ", ".join(row.preferred_locales),
        "Tax": "" if row.tax_exempt == "none" else code(row.tax_exempt),
        **row.metadata,
    }
    balance = Money(row.balance_amount, row.balance_currency or "usd")
    context = {
        "title": gettext("Customer"),
        "customer": row,
        "name": str(row)
        if row.deleted_at is None or row.name
        else gettext("A customer who was deleted"),
        "facts": [
            fact("E-mail", row.email),
            fact("Account", row.account, link_to(request.user, "accounts_account", row.account_id)),
            *(fact(title, text) for title, text in texts.items()),
        ],
        "credit": words.credit(balance),
        "totals": customers.totals(row.id),
        "most_added_up": customers.MOST_ADDED_UP,
        **_tables(request.user, kept, timezone.now().date()),
        "may_erase": has_right(request.user, "personal_data"),
        "erased_after": settings.ERASE_AFTER_DAYS,
        "more": _more(row.id, kept),
        **told(request, ids, about=row.id),
        "raw": [
            (gettext("Customer"), row.id, raw_fields(row)),
            *((gettext("Payment method"), one.id, raw_fields(one)) for one in kept.methods.rows),
        ],
    }
    frame = admin.site.each_context(request)
    return TemplateResponse(request, "admin/console/customer.html", frame | context)


def _tables(user: object, kept: Kept, today: date) -> JsonObject:
    """Return the lines of what belongs to a customer, each with its page."""
    opened = partial(link_to, user)
    return {
        "methods": [
            {
                "row": row,
                "page": opened("payments_paymentmethod", row.id),
                "name": words.method(row.type, row.brand, row.last4),
                "kind": words.kind(row.type, row.funding, row.country),
                "ends": words.expiry(row.exp_month, row.exp_year, today),
                "is_default": row.id == kept.default_method_id,
            }
            for row in kept.methods.rows
        ],
        "payments": [
            {
                "row": row,
                "page": opened("payments_paymentintent", row.id),
                "amount": str(row.money),
                "state": _state(
                    row.status, row.amount_received, kept.refunded.get(row.id, 0), row.currency
                ),
            }
            for row in kept.intents.rows
        ],
        "setups": [
            {
                "row": row,
                "page": opened("payments_setupintent", row.id),
                "state": words.SETUPS[row.status],
            }
            for row in kept.setups.rows
        ],
        "disputes": [
            {
                "row": row,
                "page": opened("payments_dispute", row.id),
                "amount": str(Money(row.amount, row.currency)),
                "reason": code(row.reason),
                "state": words.DISPUTES[row.status],
            }
            for row in kept.disputes.rows
        ],
        "entries": [
            (
                row,
                str(Money(row.amount, row.currency)),
                str(Money(row.ending_balance_amount, row.currency)),
            )
            for row in kept.balance.rows
        ],
    }


def _state(status: str, received: int, refunded: int, currency: str) -> tuple[str, str, str]:
    text = str(Money(refunded, currency)) if refunded else ""
    return state(status, refunded=text, is_all_refunded=0 < refunded == received)


def _more(customer_id: str, kept: Kept) -> dict[str, tuple[str, str]]:
    """Return how many more there are of each kind, and the list that has them."""
    left = {
        "methods": kept.methods.more,
        "payments": kept.intents.more,
        "setups": kept.setups.more,
    }
    return {
        kind: (
            gettext("and %(count)s more") % {"count": f"{count:,}"},
            f"{reverse(f'admin:{_LISTS[kind]}_changelist')}?q={customer_id}",
        )
        for kind, count in left.items()
        if count
    }


def _address(address: Fields | None) -> str:
    names = ("line1", "line2", "postal_code", "city", "state", "country")
    known = address or {}
    return ", ".join(str(known[name]) for name in names if known.get(name))
