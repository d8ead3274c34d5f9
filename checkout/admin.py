from collections.abc import Mapping

from django.contrib import admin
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext

from checkout import pages, queries
from checkout.links.services import items
from checkout.models import (
    CheckoutSession,
    Coupon,
    PaymentLink,
    Price,
    Product,
    PromotionCode,
    ShippingRate,
    TaxRate,
)
from checkout.resources import sessions as rendering
from core.admin import ReadOnly, link, money, search_link
from core.money import Money
from payments import method_types
from payments.method_types.base import REASONS, Reason

_ACCOUNT = link("account_id", "accounts_account", title="account")
_EVENTS = search_link("id", "webhooks_event", title="events")
_PUBLIC_EVENTS = search_link("public_id", "webhooks_event", title="events")
_PRODUCT = link("product_id", "checkout_product", title="product")
_COUPON = link("coupon_id", "checkout_coupon", title="coupon")
_BPS_OF_PERCENT = 100
_PPM_OF_PERCENT = 10_000


@admin.register(Product)
class ProductAdmin(ReadOnly):
    list_display = (
        "public_id", "name", "is_active",
        link("default_price_id", "checkout_price", title="default price"), _ACCOUNT, "created_at",
    )  # fmt: skip
    list_display_links = ("public_id",)
    search_help_text = "prod_… or the merchant's own ID"
    searched_exactly = ("public_id",)
    readonly_fields = (search_link("id", "checkout_price", title="prices"), _PUBLIC_EVENTS)


@admin.register(Price)
class PriceAdmin(ReadOnly):
    list_display = (
        "id", "nickname", money("unit_amount"), "lookup_key", "is_active", _PRODUCT, _ACCOUNT,
        "created_at",
    )  # fmt: skip
    list_select_related = ("product",)
    search_help_text = "price_… or the key of its product"
    searched_exactly = ("product_id",)
    exclude = ("custom_unit_amount", "currency_options")
    readonly_fields = ("payers_choice", "in_other_currencies", _EVENTS)

    @admin.display(description="payers choose")
    def payers_choice(self, row: Price) -> str:
        bounds = row.custom_unit_amount or {}
        names = ("minimum", "preset", "maximum")
        return _sums({name: (bounds.get(name), row.currency) for name in names})

    @admin.display(description="in other currencies")
    def in_other_currencies(self, row: Price) -> str:
        return _sums(
            {code: (one.get("unit_amount"), code) for code, one in row.currency_options.items()}
        )


@admin.register(Coupon)
class CouponAdmin(ReadOnly):
    list_display = (
        "public_id", "name", "percent_off", money("amount_off", title="amount off"),
        "times_redeemed", "max_redemptions", "redeem_by", _ACCOUNT, "created_at",
    )  # fmt: skip
    list_display_links = ("public_id",)
    search_help_text = "The merchant's own ID"
    searched_exactly = ("public_id",)
    exclude = ("percent_off_bps", "currency_options")
    readonly_fields = (
        "percent_off", "in_other_currencies",
        search_link("id", "checkout_promotioncode", title="promotion codes"), _PUBLIC_EVENTS,
    )  # fmt: skip

    @admin.display(description="percent off")
    def percent_off(self, row: Coupon) -> str:
        return _percent(row.percent_off_bps, _BPS_OF_PERCENT)

    @admin.display(description="in other currencies")
    def in_other_currencies(self, row: Coupon) -> str:
        return _sums({code: (amount, code) for code, amount in row.currency_options.items()})


@admin.register(PromotionCode)
class PromotionCodeAdmin(ReadOnly):
    list_display = (
        "id", "code", _COUPON, link("customer_id", "payments_customer", title="customer"),
        "is_active", "times_redeemed", "max_redemptions", "expires_at", _ACCOUNT, "created_at",
    )  # fmt: skip
    list_select_related = ("coupon",)
    search_help_text = "promo_… or the key of its coupon"
    searched_exactly = ("coupon_id",)
    exclude = ("minimum_currency_options",)
    readonly_fields = ("minimum_in_other_currencies", _EVENTS)

    @admin.display(description="minimum in other currencies")
    def minimum_in_other_currencies(self, row: PromotionCode) -> str:
        options = row.minimum_currency_options
        return _sums({code: (amount, code) for code, amount in options.items()})


@admin.register(TaxRate)
class TaxRateAdmin(ReadOnly):
    list_display = (
        "id", "display_name", "percentage", "is_inclusive", "is_active", "country", _ACCOUNT,
        "created_at",
    )  # fmt: skip
    search_help_text = "txr_…"
    exclude = ("percentage_ppm",)
    readonly_fields = ("percentage", _EVENTS)

    @admin.display(description="percentage")
    def percentage(self, row: TaxRate) -> str:
        return _percent(row.percentage_ppm, _PPM_OF_PERCENT)


@admin.register(ShippingRate)
class ShippingRateAdmin(ReadOnly):
    list_display = ("id", "display_name", money(), "is_active", _ACCOUNT, "created_at")
    search_help_text = "shr_…"
    exclude = ("currency_options",)
    readonly_fields = ("in_other_currencies",)

    @admin.display(description="in other currencies")
    def in_other_currencies(self, row: ShippingRate) -> str:
        return _sums({code: (one["amount"], code) for code, one in row.currency_options.items()})


@admin.register(PaymentLink)
class PaymentLinkAdmin(ReadOnly):
    list_display = (
        "id", "address", "is_active", "completed_count", "completed_limit", _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "plink_… or the last word of its address"
    searched_exactly = ("token",)
    exclude = ("token", "items", "settings", "shipping_options")
    readonly_fields = (
        "address", "sold", "application_fee", "inactive_message",
        search_link("id", "checkout_checkoutsession", title="sessions"), _EVENTS,
    )  # fmt: skip

    @admin.display(description="address")
    def address(self, row: PaymentLink) -> str:
        return pages.link_address(row.token)

    @admin.display(description="sold")
    def sold(self, row: PaymentLink) -> str:
        return ", ".join(
            f"{line['description']} ({line['quantity']}): "
            f"{Money(line['amount_total'], row.currency)}"
            for line in items.shown(row)
        )

    @admin.display(description="application fee")
    def application_fee(self, row: PaymentLink) -> str:
        amount = row.settings.get("application_fee_amount")
        return "—" if amount is None else str(Money(amount, row.currency))

    @admin.display(description="message when it is over")
    def inactive_message(self, row: PaymentLink) -> str:
        return row.settings.get("inactive_message") or "—"


@admin.register(CheckoutSession)
class CheckoutSessionAdmin(ReadOnly):
    """What was ordered, and how it stands. What payers say is on the pages of payments."""

    list_display = (
        "id", "status", "payment_status", money("amount_total", title="total"),
        link("payment_intent_id", "payments_paymentintent", title="payment intent"),
        link("customer_id", "payments_customer", title="customer"), _ACCOUNT, "created_at",
    )  # fmt: skip
    search_help_text = "cs_…, or its pi_…, cus_… or plink_…"
    searched_exactly = ("payment_intent_id", "customer_id", "payment_link_id")
    exclude = (
        "settings", "collected", "totals", "discounts", "shipping_options", "client_secret",
        "email", "payment_link_id", "setup_intent_id", "recovered_from_id",
    )  # fmt: skip
    readonly_fields = (
        "ordered", "parts", "offered", "not_offered",
        link("payment_link_id", "checkout_paymentlink", title="payment link"),
        link("setup_intent_id", "payments_setupintent", title="setup intent"),
        link("recovered_from_id", "checkout_checkoutsession", title="taken up again from"),
        _EVENTS,
    )  # fmt: skip

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> CheckoutSession | None:
        """Return a session with its lines: what shows them is asked several times."""
        row: CheckoutSession | None = super().get_object(request, object_id, from_field)
        if row is not None:
            prefetch_related_objects([row], Prefetch("lines", queries.session_lines(row)))
            queries.with_capabilities([row])
        return row

    @admin.display(description="ordered")
    def ordered(self, row: CheckoutSession) -> str:
        told = [
            f"{line.price.product.name} ({line.quantity}): "
            f"{Money(line.amount_subtotal, str(row.currency))}"
            for line in row.lines.all()
            if line.quantity
        ]
        return ", ".join(told) or "—"

    @admin.display(description="discount, shipping and tax")
    def parts(self, row: CheckoutSession) -> str:
        totals, currency = row.totals or {}, str(row.currency)
        names = ("discount", "shipping", "tax")
        return _sums({name: (totals.get(name) or None, currency) for name in names})

    @admin.display(description="offered to the payer")
    def offered(self, row: CheckoutSession) -> str:
        return ", ".join(_titles(row).get(None, [])) or "—"

    @admin.display(description="not offered")
    def not_offered(self, row: CheckoutSession) -> str:
        found = _titles(row)
        return " ".join(
            f"{', '.join(found[reason])}: {gettext(meaning)}"
            for reason, meaning in REASONS.items()
            if reason in found
        )


def _titles(row: CheckoutSession) -> dict[Reason | None, list[str]]:
    """Return what types are called, by why they are not offered; None for those that are."""
    found: dict[Reason | None, list[str]] = {}
    for type, reason in rendering.offers_of(row).items():
        found.setdefault(reason, []).append(method_types.of(type).title)
    return found


def _percent(parts: int | None, of_percent: int) -> str:
    return "—" if parts is None else f"{parts / of_percent:g}%"


def _sums(amounts: Mapping[str, tuple[int | None, str]]) -> str:
    """Write amounts by their names; those in a currency's own name need no other."""
    written = [
        str(Money(amount, code)) if name == code else f"{name} {Money(amount, code)}"
        for name, (amount, code) in amounts.items()
        if amount is not None
    ]
    return ", ".join(written) or "—"
