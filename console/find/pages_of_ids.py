"""Ids of all kinds: on which page of the console each is shown."""

from collections.abc import Iterable
from typing import Final, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from console.site import ConsoleSite
from core import currencies
from core.admin import page_of
from core.database.fields import IdField
from core.database.finding import Found
from core.money import Money
from core.security.visibility import is_in_other_mode

# Ids that are keys of a table whose column names no prefix.
KEYS_OF: Final = {
    "poa": "processors_bankpayment",
    "cs_live": "checkout_checkoutsession",
    "cs_test": "checkout_checkoutsession",
    "ba": "connect_externalaccount",
    "card": "connect_externalaccount",
}
# Ids under which the wire shows what has another id here: prefix → that of the key.
ALSO_CALLED: Final = {"src": "pm", "card": "pm", "ba": "pm"}
# Ids of what is shown on the page of something else: its table, and the column that names that.
PARTS: Final = {
    "att": ("webhooks.Attempt", "delivery_id"),
    "rsd": ("webhooks.Resend", "endpoint_id"),
    "li": ("checkout.CheckoutSessionLine", "session_id"),
    "cbtxn": ("payments.CustomerBalanceTransaction", "customer_id"),
    "txi": ("payments.TaxId", "customer_id"),
    "cuss": ("payments.CustomerSession", "customer_id"),
    "link": ("accounts.FileLink", "file_id"),
    "note": ("console.Note", "object_id"),
    "poa": ("connect.PayoutAttempt", "payout_id"),
}
# Ids whose kinds have no page, and why.
WITHOUT_PAGE: Final = {
    "inv": "invitations are listed on the page of people",
    "idk": "the key of a request is on the request's page",
    "pmc": "the merchant's own settings, changed by the API",
    "pmd": "the merchant's own domains, changed by the API",
    "apwc": "the merchant's own domains, changed by the API",
    "ins": "the processor's name of a payment method, which is on the method's page",
    "tok": "used once: what it became has the page",
    "ctoken": "used once: the payment that it confirmed has the page",
    "ct": "used once: the account has the page",
    "cpt": "used once: the person has the page",
    "btok": "used once: the bank account has the page",
    "pii": "used once: the person has the page",
    "pyr": "the refund of a seller's payment is a reversal, which has the page",
    "rset": "the page of routing shows all versions",
    "tmove": "the page of the treasury lists all moves",
    "di": "a part of the session's discounts, which are on its page",
    "exp": "exports are listed on their page, each for whoever asked",
    "drill": "the page of going live shows what was tried",
    "filt": "above the list that it filters",
    "fapi": "what a client calls itself, which the page of its application shows",
    "whsec": "a secret: whoever has it may sign events",
    "simdp": "the simulator's own",
    "simno": "the simulator's own",
    "simch": "the simulator's own",
    "simse": "the simulator's own",
    "simpo": "the simulator's own",
    "simre": "the simulator's own",
}


def address_of(request: HttpRequest, id: str) -> str | None:
    """Return the address of the page of a whole id, of either mode; None if none is to be seen."""
    for page, found in _candidates(id):
        if _may_see(page, request) and _has(page, request, found):
            return page_of(name_of(page), found)
    return None


def pages_with_ids(request: HttpRequest) -> "list[ModelAdmin[Model]]":
    """Return the pages of tables with ids whose rows the request may see."""
    return [page for page in all_pages() if has_ids(page.model) and _may_see(page, request)]


def has_ids(model: type[Model]) -> bool:
    """Tell whether a table's keys are ids of ours, not numbers or names."""
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    return isinstance(model._meta.pk, IdField) or name in KEYS_OF.values()


def prefixes_of(model: type[Model]) -> set[str]:
    """Return the prefixes of a table's ids."""
    key, name = model._meta.pk, f"{model._meta.app_label}_{model._meta.model_name}"
    found = {prefix for prefix, table in KEYS_OF.items() if table == name}
    return found | ({key.prefix} if isinstance(key, IdField) and key.prefix else set())


def find_on(
    page: "ModelAdmin[Model]", request: HttpRequest, ids: Iterable[str], *, most: int
) -> list[Found]:
    """Return the rows of a page with some ids, newest first, that the request may see."""
    rows = page.get_queryset(request).filter(pk__in=list(ids)).order_by("-pk")[:most]
    return [_found(row) for row in rows]


def all_pages() -> "Iterable[ModelAdmin[Model]]":
    """Return the pages of all tables."""
    return cast(ConsoleSite, admin.site).pages


def name_of(page: "ModelAdmin[Model]") -> str:
    """Return how the admin names the pages of a table."""
    return f"{page.model._meta.app_label}_{page.model._meta.model_name}"


def _candidates(id: str) -> "Iterable[tuple[ModelAdmin[Model], str]]":
    """Yield pages that may show what has an id, with the key of its row."""
    prefix, _, suffix = id.rpartition("_")
    for page in all_pages():
        if prefix in prefixes_of(page.model):
            yield page, id
    if prefix in ALSO_CALLED:
        own = f"{ALSO_CALLED[prefix]}_{suffix}"
        yield from (
            (page, own) for page in all_pages() if ALSO_CALLED[prefix] in prefixes_of(page.model)
        )
    if prefix in PARTS:
        label, column = PARTS[prefix]
        rows: QuerySet[Model] = QuerySet(apps.get_model(label)).filter(pk=id)
        for whole in rows.exclude(**{column: None}).values_list(column, flat=True):
            yield from _candidates(whole)


def _has(page: "ModelAdmin[Model]", request: HttpRequest, id: str) -> bool:
    rows = page.get_queryset(request).filter(pk=id)
    return bool(rows.exists()) or is_in_other_mode(request, page.model, id)


def _may_see(page: "ModelAdmin[Model]", request: HttpRequest) -> bool:
    return bool(page.has_view_permission(request))


def _found(row: Model) -> Found:
    """Return a row by what most tables have."""
    name, amount = str(row), getattr(row, "amount", None)
    currency = getattr(row, "currency", None)
    return Found(
        str(row.pk),
        getattr(row, "created_at", None),
        "" if name == row.pk else name,
        Money(amount, currency) if amount is not None and currency in currencies.CODES else None,
        str(getattr(row, "status", "")),
        getattr(row, "livemode", None),
        getattr(row, "account_id", None) or "",
    )
