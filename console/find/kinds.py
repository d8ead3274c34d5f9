"""What can be found: kinds of objects, by which words, and on which page each is."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts import queries as accounts
from checkout import queries as checkout
from connect.payouts import queries as payouts
from console.find import pages_of_ids as ids
from core.admin import page_of
from core.database import finding
from core.database.finding import Found, Scope, Typed
from core.security.visibility import account_ids_of, livemode_of
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

    @property
    def key(self) -> str:
        """Return the column of its ids."""
        room, _, name = self.page.partition("_")
        return str(apps.get_model(room, name)._meta.pk.column)

    def is_meant(self, typed: Typed) -> bool:
        """Tell whether a text may mean one of these by more than the end of its id."""
        return any(getattr(typed, name) for name in self.by)


KINDS: Final = (
    Kind(
        gettext_lazy("Payments"),
        "payments_paymentintent",
        gettext_lazy(
            "amount, order number or other metadata, last four digits of the card, e-mail address"
        ),
        payments.find_payments,
        by=("amounts", "last4", "value", "email"),
        is_nameless=True,
    ),
    Kind(
        gettext_lazy("Charges"),
        "payments_charge",
        gettext_lazy("beginning of the payer's name or of its last word, as billed"),
        payments.find_charges,
        by=("name",),
    ),
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
        gettext_lazy("Checkout sessions"),
        "checkout_checkoutsession",
        gettext_lazy("e-mail address, the merchant's own reference"),
        checkout.find_sessions,
        by=("email", "value"),
        is_nameless=True,
    ),
    Kind(
        gettext_lazy("Promotion codes"),
        "checkout_promotioncode",
        gettext_lazy("beginning of the code that payers type"),
        checkout.find_promotion_codes,
        by=("value",),
    ),
    Kind(
        gettext_lazy("Accounts"),
        "accounts_account",
        gettext_lazy("name of a platform or seller, e-mail address"),
        accounts.find_accounts,
        by=("email", "name"),
    ),
)
# Table → the column of ids that merchants may choose.
_CHOSEN: Final = {"checkout_product": "public_id", "checkout_coupon": "public_id"}


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind.

    Args:
        kind: Which.
        rows: The newest.
        has_more: True if there are others.
        ids: Of those that were found by their ids.
    """

    kind: Kind
    rows: Sequence[Found]
    has_more: bool
    ids: Collection[str] = ()


def kinds_for(request: HttpRequest) -> list[Kind]:
    """Return the kinds whose pages the request may open: those with words of their own first."""
    pages = {ids.name_of(page): page for page in ids.pages_with_ids(request)}
    named = [kind for kind in KINDS if pages.pop(kind.page, None)]
    others = [_by_ids_alone(page, request) for page in pages.values()]
    return named + sorted(others, key=lambda kind: str(kind.title))


def _by_ids_alone(page: "ModelAdmin[Model]", request: HttpRequest) -> Kind:
    """Return the kind of a table's rows that are found by nothing but their ids."""

    def find(typed: Typed, _: Scope, *, most: int) -> list[Found]:
        return ids.find_on(page, request, typed.ids, most=most)

    title = str(page.model._meta.verbose_name_plural)
    return Kind(title[:1].upper() + title[1:], ids.name_of(page), "", find)


def scope_of(request: HttpRequest) -> Scope:
    """Return whose objects the request may find: those that the pages show it."""
    return Scope(livemode_of(request), account_ids_of(request))


def look(kinds: Iterable[Kind], typed: Typed, scope: Scope) -> list[Group]:
    """Find what a text may mean, in one query for each kind that may have it.

    Which kinds have such ids is known before, of all by one query.
    """
    groups, kinds = [], list(kinds)
    tails = {kind.table: kind.key for kind in kinds}
    wholes = {table: column for table, column in _CHOSEN.items() if table in tails}
    whole = "" if typed.key else typed.value
    with finding.by_indexes_alone():
        with_ids = finding.with_ids(tails, typed.tail, wholes, whole)
        for kind in kinds:
            found = with_ids.get(kind.table, ())
            if not found and not kind.is_meant(typed):
                continue
            rows = kind.find(replace(typed, ids=found), scope, most=MOST_SHOWN + 1)
            if rows:
                groups.append(Group(kind, rows[:MOST_SHOWN], len(rows) > MOST_SHOWN, found))
    return groups


def named_by(typed: Typed, groups: Sequence[Group]) -> str | None:
    """Return the address of the only thing found, if the text is its number or its id's end.

    Names, addresses, amounts and four digits may mean somebody else: what they find is listed.
    """
    if len(groups) != 1 or len(groups[0].rows) != 1:
        return None
    kind, row = groups[0].kind, groups[0].rows[0]
    # A text with a name's shape may have found a name, but these have none.
    is_number = kind.is_nameless and not (typed.amounts or typed.last4 or typed.email)
    return page_of(kind.page, row.id) if row.id in groups[0].ids or typed.key or is_number else None
