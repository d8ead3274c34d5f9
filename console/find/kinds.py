"""What can be found: kinds of objects, by which words, and on which page each is."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts import queries as accounts
from connect.payouts import queries as payouts
from console.find.reading import Reading
from console.site import ConsoleSite
from core.admin import page_of
from core.database import finding
from core.database.fields import IdField
from core.database.finding import Found, Scope, Typed
from core.ids import prefix_of
from core.security.visibility import account_ids_of, is_in_other_mode, livemode_of
from payments import queries as payments

MOST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object that the box finds.

    Args:
        title: What the group is called.
        page: The admin's name of its pages, such as `"payments_charge"`.
        words: By what it is found besides its id.
        find: The room's own function.
        by: What is looked for besides the end of an id: names of `Typed`.
        is_nameless: True if it is found by no name or address: by its numbers alone.
    """

    title: StrOrPromise
    page: str
    words: StrOrPromise
    find: Callable[..., list[Found]]
    by: Collection[str] = ()
    is_nameless: bool = False

    @property
    def table(self) -> str:
        """Return the table of its rows."""
        room, _, name = self.page.partition("_")
        return str(apps.get_model(room, name)._meta.db_table)

    def is_meant(self, typed: Typed) -> bool:
        """Tell whether a text may mean one of these by more than the end of its id."""
        return any(getattr(typed, name) for name in self.by)


KINDS: Final = (
    Kind(
        gettext_lazy("Payments"),
        "payments_paymentintent",
        gettext_lazy("amount, order number or other metadata, last four digits of the card"),
        payments.find_payments,
        by=("amounts", "last4", "value"),
        is_nameless=True,
    ),
    Kind(gettext_lazy("Charges"), "payments_charge", "", payments.find_charges),
    Kind(
        gettext_lazy("Refunds"),
        "payments_refund",
        gettext_lazy("amount"),
        payments.find_refunds,
        by=("amounts",),
    ),
    Kind(gettext_lazy("Disputes"), "payments_dispute", "", payments.find_disputes),
    Kind(
        gettext_lazy("Customers"),
        "payments_customer",
        gettext_lazy("e-mail address, beginning of the name, metadata"),
        payments.find_customers,
        by=("email", "name", "value"),
    ),
    Kind(
        gettext_lazy("Payouts"),
        "connect_payout",
        gettext_lazy("amount"),
        payouts.find_payouts,
        by=("amounts",),
    ),
    Kind(
        gettext_lazy("Accounts"),
        "accounts_account",
        gettext_lazy("name of a platform or seller, e-mail address"),
        accounts.find_accounts,
        by=("email", "name"),
    ),
)
# Ids that are on the page of another table's row, by that row's key, or that tell the mode.
_SAME_AS: Final = {
    "poa": "processors_bankpayment",
    "cs_live": "checkout_checkoutsession",
    "cs_test": "checkout_checkoutsession",
}


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    kind: Kind
    rows: Sequence[Found]
    has_more: bool


def kinds_for(request: HttpRequest) -> list[Kind]:
    """Return the kinds whose pages the request may open."""
    return [kind for kind in KINDS if (page := _page(kind.page)) and _may_see(page, request)]


def scope_of(request: HttpRequest) -> Scope:
    """Return whose objects the request may find: those that the pages show it."""
    return Scope(livemode_of(request), account_ids_of(request))


def look(kinds: Iterable[Kind], typed: Typed, scope: Scope) -> list[Group]:
    """Find what a text may mean, in one query for each kind that may have it.

    Whether a kind has an id that ends so is known before, of all kinds by one query.
    """
    groups, kinds = [], list(kinds)
    with finding.by_indexes_alone():
        ends: set[str] = set()
        if typed.tail:
            ends = finding.with_tail([kind.table for kind in kinds], typed.tail)
        for kind in kinds:
            if kind.table not in ends and not kind.is_meant(typed):
                continue
            asked = typed if kind.table in ends else replace(typed, tail="")
            rows = kind.find(asked, scope, most=MOST_SHOWN + 1)
            if rows:
                groups.append(Group(kind, rows[:MOST_SHOWN], len(rows) > MOST_SHOWN))
    return groups


def named_by(typed: Typed, groups: Sequence[Group]) -> str | None:
    """Return the address of the only thing found, if the text is its number or its id's end.

    Names, addresses, amounts and four digits may mean somebody else: what they find is listed.
    """
    if len(groups) != 1 or len(groups[0].rows) != 1:
        return None
    kind, row = groups[0].kind, groups[0].rows[0]
    is_tail = bool(typed.tail) and row.id.endswith(typed.tail)
    # A text with a name's shape may have found a name, but payments have none.
    is_number = kind.is_nameless and not (typed.amounts or typed.last4)
    return page_of(kind.page, row.id) if is_tail or typed.key or is_number else None


def address_of(reading: Reading, request: HttpRequest) -> str | None:
    """Return the address of the page of a whole id, of either mode; None if none is to be seen."""
    prefix = prefix_of(reading.id)
    for page in _pages():
        key = page.model._meta.pk
        named = isinstance(key, IdField) and key.prefix == prefix
        if not named and _name(page) != _SAME_AS.get(prefix):
            continue
        if _may_see(page, request) and _has(page, request, reading.id):
            return page_of(_name(page), reading.id)
    return None


def _has(page: "ModelAdmin[Model]", request: HttpRequest, id: str) -> bool:
    rows = page.get_queryset(request).filter(pk=id)
    return bool(rows.exists()) or is_in_other_mode(request, page.model, id)


def _pages() -> "Iterable[ModelAdmin[Model]]":
    return cast(ConsoleSite, admin.site).pages


def _page(name: str) -> "ModelAdmin[Model] | None":
    return next((page for page in _pages() if _name(page) == name), None)


def _name(page: "ModelAdmin[Model]") -> str:
    return f"{page.model._meta.app_label}_{page.model._meta.model_name}"


def _may_see(page: "ModelAdmin[Model]", request: HttpRequest) -> bool:
    return bool(page.has_view_permission(request))
