"""Pages of sellers' people, verification and blocks, and of rates, prices and cash."""

from decimal import Decimal

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext

from accounts.models import Account
from accounts.operator_pages.approved_forms import SavesByAction
from accounts.people.step_up import StepsUpToChange
from connect.models import (
    AccountBlock,
    AccountLink,
    AccountRequirements,
    ExchangeRate,
    LocationCash,
    PayoutPrice,
    Person,
)
from connect.onboarding.operator_pages import accounts
from connect.payouts.services import liquidity
from connect.payouts.services.liquidity import LiquidityPosition
from connect.treasury.operator_pages import treasury as treasury_page
from core import currencies
from core.admin import ReadOnly, link, money
from core.money import Money
from core.operator_pages.forms import AmountsForm
from core.operator_pages.shown import once
from core.types import JsonObject
from ledger import queries as ledger_queries
from processors import registry


@admin.register(Person)
class PersonAdmin(ReadOnly):
    list_display = (
        "id", "__str__", "status", link("account_id", "accounts_account", title="account"),
        "livemode", "created_at",
    )  # fmt: skip
    list_filter = ("status",)
    search_help_text = "person_… or acct_…"
    searched_exactly = ("account_id",)
    # Not even operators read the numbers here.
    exclude = ("sealed_numbers",)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of sellers that need attention."""
        wrap = self.admin_site.admin_view
        return [
            path("to-look-at/", wrap(accounts.attention), name="connect_sellers_to_look_at"),
            *super().get_urls(),
        ]


@admin.register(AccountRequirements)
class AccountRequirementsAdmin(ReadOnly):
    list_display = (
        "id", link("account_id", "accounts_account", title="account"), "livemode",
        "company_status", "activated_at", "reevaluate_at",
    )  # fmt: skip
    list_filter = ("company_status",)
    search_help_text = "acct_…"
    searched_exactly = ("account_id",)
    exclude = ("sealed_numbers",)


@admin.register(AccountBlock)
class AccountBlockAdmin(ReadOnly):
    list_display = (
        "id", "kind", link("account_id", "accounts_account", title="account"), "source", "reason",
        "author", "release", "created_at", "released_at",
    )  # fmt: skip
    list_filter = ("kind", "source")
    search_help_text = "block_… or acct_…"
    searched_exactly = ("account_id",)


@admin.register(AccountLink)
class AccountLinkAdmin(ReadOnly):
    list_display = (
        "id", "type", link("account_id", "accounts_account", title="account"), "created_at",
        "expires_at", "used_at", "ended_at",
    )  # fmt: skip
    list_filter = ("type",)
    search_help_text = "alink_… or acct_…"
    searched_exactly = ("account_id",)
    exclude = ("digest",)


def _clean_currency(form: forms.BaseForm, field: str = "currency") -> str:
    code = str(form.cleaned_data[field]).lower()
    if code not in currencies.CODES:
        raise forms.ValidationError(gettext("Write an ISO 4217 code, such as usd."))
    return code


class ExchangeRateForm(forms.ModelForm[ExchangeRate]):
    """A form that refuses, at the field, rates that no conversion could use."""

    def clean_sold(self) -> str:
        return _clean_currency(self, "sold")

    def clean_bought(self) -> str:
        code = _clean_currency(self, "bought")
        if code == self.cleaned_data.get("sold"):
            raise forms.ValidationError(gettext("Name another currency than the one that is sold."))
        return code

    def clean_rate(self) -> Decimal:
        rate: Decimal = self.cleaned_data["rate"]
        if rate <= 0:
            raise forms.ValidationError(gettext("Write a rate above zero, such as 0.92."))
        return rate


@admin.register(ExchangeRate)
class ExchangeRateAdmin(StepsUpToChange, ReadOnly):
    """Conversion rates. One that has begun is never changed, but followed by another one."""

    form = ExchangeRateForm
    list_display = ("id", "sold", "bought", "rate", "starts_at", "created_at")
    list_filter = ("sold", "bought")
    fields = ("sold", "bought", "rate", "starts_at")
    search_help_text = "fxrate_…"

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("connect.add_exchangerate"))


class PayoutPriceForm(AmountsForm[PayoutPrice]):
    """A form that refuses, at the field, prices that no payout would ever find."""

    clean_currency = _clean_currency

    def clean_account(self) -> Account:
        account: Account = self.cleaned_data["account"]
        if account.opened_by_id:
            raise forms.ValidationError(gettext("Name the platform, and not one of its sellers."))
        return account


@admin.register(PayoutPrice)
class PayoutPriceAdmin(StepsUpToChange, ReadOnly):
    """Prices of instant payouts; a change counts from then on, and zeros end it."""

    form = PayoutPriceForm
    list_display = (
        "id", link("account_id", "accounts_account", title="platform"), "livemode", "currency",
        "bps", money("fixed_amount", title="fixed"), money("least_amount", title="least"),
        money("most_amount", title="most"),
    )  # fmt: skip
    list_filter = ("currency",)
    fields = (
        "account", "livemode", "currency", "bps", "fixed_amount", "least_amount", "most_amount",
    )  # fmt: skip
    search_help_text = "poprice_… or its acct_…"
    searched_exactly = ("account_id",)
    raw_id_fields = ("account",)

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("connect.add_payoutprice"))

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("connect.change_payoutprice"))


class LocationCashForm(AmountsForm[LocationCash]):
    """A form that refuses, at the field, cash that no payout would ever find."""

    def clean_currency(self) -> str:
        code = _clean_currency(self)
        paid = registry.get_for_payouts(registry.BANK_RAIL).capabilities.currencies
        if paid is not None and code not in paid:
            names = ", ".join(sorted(paid))
            raise forms.ValidationError(
                gettext("Banks pay out in %(names)s only: nothing else is asked.")
                % {"names": names}
            )
        return code

    def clean(self) -> JsonObject | None:
        form = super().clean() or {}
        known = ledger_queries.locations(livemode=form.get("livemode", False))
        if form.get("location", ledger_queries.MAIN) not in known:
            names = ", ".join(sorted(known))
            self.add_error(
                "location",
                gettext("There is no such location. There are: %(names)s.") % {"names": names},
            )
        return form


@admin.register(LocationCash)
class LocationCashAdmin(StepsUpToChange, SavesByAction, ReadOnly):
    """The cash of locations for payouts through a bank, with the operators' prefunding."""

    approval_action = "location_cash.set"
    form = LocationCashForm
    list_display = (
        "__str__", "livemode", "for_payouts", money("prefunded_amount", title="prefunded"), "note",
    )  # fmt: skip
    list_filter = ("currency",)
    fields = (
        "location", "currency", "livemode", "for_payouts", "in_the_books", "prefunded_amount",
        "note",
    )  # fmt: skip
    search_help_text = "a location, such as main"
    searched_exactly = ("location",)
    # The operator's own decisions, made here.
    editable = ("prefunded_amount", "note")

    def has_add_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("connect.add_locationcash"))

    def has_change_permission(self, request: HttpRequest, *_: object) -> bool:
        return bool(request.user.has_perm("connect.change_locationcash"))

    def get_urls(self) -> list[URLPattern]:
        """Add the page of where the money is."""
        treasury = self.admin_site.admin_view(treasury_page.treasury)
        return [path("treasury/", treasury, name="connect_treasury"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.fields if obj else ("location", "currency", "livemode", *self.editable)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return tuple(name for name in self.fields if obj and name not in self.editable)

    def parameters_of(self, row: Model) -> JsonObject:
        """Return the place, and what an operator states of it."""
        names = ("location", "currency", "livemode", *self.editable)
        return {name: getattr(row, name) for name in names}

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Read the positions of all rows of the list at once."""
        found: ChangeList = super().get_changelist_instance(request)
        for one in liquidity.positions(found.result_list):
            vars(one.row)["position"] = one
        return found

    @admin.display(description="in the books now")
    @once
    def in_the_books(self, row: LocationCash) -> str:
        return str(Money(_position(row).in_the_books, row.currency))

    @admin.display(description="can be paid out")
    @once
    def for_payouts(self, row: LocationCash) -> str:
        found = _position(row)
        left, usable = Money(found.payable_amount, row.currency), Money(found.usable, row.currency)
        return gettext("%(left)s, and owners may use %(usable)s") % {"left": left, "usable": usable}


def _position(row: LocationCash) -> LiquidityPosition:
    known = vars(row)
    if "position" not in known:
        [known["position"]] = liquidity.positions([row])
    found: LiquidityPosition = known["position"]
    return found
