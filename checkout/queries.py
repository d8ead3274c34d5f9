"""Queries of checkout's rows."""

from collections.abc import Iterable
from typing import Final

from django.db.models import QuerySet

from checkout.models import (
    CheckoutSession,
    CheckoutSessionLine,
    Coupon,
    PaymentLink,
    Price,
    Product,
    PromotionCode,
    ShippingRate,
    TaxRate,
)
from checkout.states import SessionStatus
from connect.onboarding.services import charge_eligibility
from core.database import finding
from core.database.finding import Condition, Found, Scope, Typed
from core.database.lookups import one
from core.errors import missing
from core.money import Money
from core.tenant import Tenant
from payments.method_types import offers

# Of a promotion code: one letter begins too many.
_SHORTEST_BEGINNING: Final = 2


def products(tenant: Tenant) -> QuerySet[Product]:
    """Return all products of a merchant."""
    return Product.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def product(tenant: Tenant, product_id: str, *, param: str = "id") -> Product:
    """Return a merchant's product by the id that the wire shows.

    Raises:
        Missing: If there is none.
    """
    row = products(tenant).filter(public_id=product_id).first()
    if row is None:
        raise missing("product", product_id, param=param)
    return row


def prices(tenant: Tenant) -> QuerySet[Price]:
    """Return all prices of a merchant, with their products."""
    return Price.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("product")


def price(tenant: Tenant, price_id: str, *, param: str = "id") -> Price:
    """Return a merchant's price, with its product.

    Raises:
        Missing: If there is none.
    """
    return one(prices(tenant), price_id, kind="price", param=param)


def tax_rates(tenant: Tenant) -> QuerySet[TaxRate]:
    """Return all tax rates of a merchant."""
    return TaxRate.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def tax_rate(tenant: Tenant, rate_id: str, *, param: str = "id") -> TaxRate:
    """Return a merchant's tax rate.

    Raises:
        Missing: If there is none.
    """
    return one(tax_rates(tenant), rate_id, kind="tax rate", param=param)


def shipping_rates(tenant: Tenant) -> QuerySet[ShippingRate]:
    """Return all shipping rates of a merchant."""
    return ShippingRate.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def shipping_rate(tenant: Tenant, rate_id: str, *, param: str = "id") -> ShippingRate:
    """Return a merchant's shipping rate.

    Raises:
        Missing: If there is none.
    """
    return one(shipping_rates(tenant), rate_id, kind="shipping rate", param=param)


def coupons(tenant: Tenant) -> QuerySet[Coupon]:
    """Return a merchant's coupons that are not deleted."""
    return Coupon.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, deleted_at=None
    )


def deleted_coupons(tenant: Tenant) -> QuerySet[Coupon]:
    """Return a merchant's coupons that were deleted."""
    return Coupon.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, deleted_at__isnull=False
    )


def coupon(tenant: Tenant, coupon_id: str, *, param: str = "id") -> Coupon:
    """Return a merchant's coupon by the id that the wire shows.

    Raises:
        Missing: If there is none, or it was deleted.
    """
    row = coupons(tenant).filter(public_id=coupon_id).first()
    if row is None:
        raise missing("coupon", coupon_id, param=param)
    return row


def promotion_codes(tenant: Tenant) -> QuerySet[PromotionCode]:
    """Return all promotion codes of a merchant, with their coupons."""
    return PromotionCode.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("coupon")


def promotion_code(tenant: Tenant, code_id: str, *, param: str = "id") -> PromotionCode:
    """Return a merchant's promotion code, with its coupon.

    Raises:
        Missing: If there is none.
    """
    return one(promotion_codes(tenant), code_id, kind="promotion code", param=param)


def checkout_sessions(tenant: Tenant) -> QuerySet[CheckoutSession]:
    """Return all checkout sessions of a merchant."""
    return CheckoutSession.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def checkout_session(tenant: Tenant, session_id: str, *, param: str = "id") -> CheckoutSession:
    """Return a merchant's checkout session.

    Raises:
        Missing: If there is none.
    """
    row = one(checkout_sessions(tenant), session_id, kind="checkout.session", param=param)
    return with_capabilities([row])[0]


def session_at(session_id: str) -> CheckoutSession | None:
    """Return the session of a page, whoever its merchant is; None for none."""
    row = CheckoutSession.objects.filter(id=session_id).first()
    return row and with_capabilities([row])[0]


def with_capabilities(sessions: Iterable[CheckoutSession]) -> list[CheckoutSession]:
    """Return sessions of one mode, those that are open with the types that are lacking now.

    One query at most, and none where only accounts are paid that need no capability. Nothing is
    written.
    """
    found = list(sessions)
    asked = [one for one in found if one.status == SessionStatus.OPEN]
    if asked:
        sellers = {_paid_by(one) for one in asked}
        active = charge_eligibility.capabilities(sellers, livemode=asked[0].livemode)
        for one in asked:
            names = active.get(_paid_by(one))
            one.settings["lacking_types"] = [] if names is None else offers.lacking(names)
    return found


def _paid_by(session: CheckoutSession) -> str:
    """Return the account whose capabilities decide."""
    asked = session.settings
    data = asked.get("payment_intent_data") or asked.get("setup_intent_data") or {}
    return str(data.get("on_behalf_of") or session.account_id)


def session_lines(session: CheckoutSession) -> QuerySet[CheckoutSessionLine]:
    """Return the lines of a session in their order, with prices and products."""
    return (
        CheckoutSessionLine.objects.filter(session=session)
        .select_related("price__product")
        .order_by("position")
    )


def payment_links(tenant: Tenant) -> QuerySet[PaymentLink]:
    """Return all payment links of a merchant."""
    return PaymentLink.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)


def payment_link(tenant: Tenant, link_id: str, *, param: str = "id") -> PaymentLink:
    """Return a merchant's payment link.

    Raises:
        Missing: If there is none.
    """
    return one(payment_links(tenant), link_id, kind="payment_link", param=param)


def link_at(token: str) -> PaymentLink | None:
    """Return the payment link of an address, whoever its merchant is; None for none."""
    return PaymentLink.objects.filter(token=token).first()


def link_of(session: CheckoutSession) -> PaymentLink | None:
    """Return the payment link that made a session; None for none."""
    if session.payment_link_id is None:
        return None
    return PaymentLink.objects.get(id=session.payment_link_id)


def coupon_of_key(key: str) -> Coupon:
    """Return a coupon by its key, deleted or not."""
    return Coupon.objects.get(id=key)


def shipping_names(session: CheckoutSession) -> dict[str, str]:
    """Return the names of the ways of shipping that a session offers, by their ids."""
    ids = [option["shipping_rate"] for option in session.shipping_options]
    if not ids:
        return {}
    rows = shipping_rates(session.tenant).filter(id__in=ids)
    return dict(rows.values_list("id", "display_name"))


def references(intent_ids: Iterable[str]) -> dict[str, str]:
    """Return what merchants call the checkouts in which some intents were paid, by the intent."""
    rows = CheckoutSession.objects.filter(
        payment_intent_id__in=list(intent_ids), client_reference_id__isnull=False
    )
    found = rows.values_list("payment_intent_id", "client_reference_id")
    return {intent_id: reference for intent_id, reference in found if intent_id and reference}


def find_sessions(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find checkout sessions by their payer's address or the merchant's reference."""
    conditions = []
    if typed.email:
        conditions.append(finding.is_in_any_case("email", typed.email))
    if typed.value and not typed.key:
        conditions.append(Condition("client_reference_id = %s", (typed.value,)))
    return [
        Found(
            row.id,
            row.created_at,
            " · ".join(text for text in (row.client_reference_id, row.email) if text),
            Money(row.amount_total, row.currency) if row.amount_total and row.currency else None,
            row.status,
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(CheckoutSession, scope, conditions, most=most, ids=typed.ids)
    ]


def find_promotion_codes(typed: Typed, scope: Scope, *, most: int) -> list[Found]:
    """Find promotion codes by the beginning of what payers type, in any case."""
    conditions = []
    if len(typed.value) >= _SHORTEST_BEGINNING and not typed.key:
        conditions.append(finding.begins_with("code", typed.value))
    return [
        Found(
            row.id,
            row.created_at,
            row.code,
            None,
            "active" if row.is_active else "inactive",
            row.livemode,
            row.account_id,
        )
        for row in finding.newest(PromotionCode, scope, conditions, most=most, ids=typed.ids)
    ]
