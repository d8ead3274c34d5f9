"""What was ordered in a session, for pages and letters: the figures that were computed once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from accounts.models import Account
from checkout import queries
from checkout.models import CheckoutSession, TaxRate
from checkout.sessions import customers
from core.security.email_addresses import is_one_address
from payments.charges.orders import Order, OrderLine, OrderTax

# How an account is called that has no name.
NOBODY: Final = "the shop"
_PPM_OF_PERCENT: Final = 10_000


def order(session: CheckoutSession) -> Order | None:
    """Return what was ordered in a session; None if it only saves a payment method."""
    if session.totals is None:
        return None
    payee_id = payee(session)
    lines = [line for line in queries.session_lines(session) if line.quantity]
    return Order(
        reference=session.id,
        payee_id=payee_id,
        merchant=merchant(session, Account.objects.get(id=payee_id)),
        language=session.collected.get("language") or session.settings.get("locale"),
        currency=str(session.currency),
        lines=tuple(
            OrderLine(line.price.product.name, line.quantity, line.amount_subtotal)
            for line in lines
        ),
        subtotal=session.amount_subtotal or 0,
        discount=session.totals["discount"],
        shipping=session.totals["shipping"],
        shipping_title=queries.shipping_names(session).get(session.shipping_rate_id or "", ""),
        taxes=tuple(taxes(session)),
        total=session.amount_total or 0,
    )


def taxes(session: CheckoutSession) -> Sequence[OrderTax]:
    """Return what each rate of tax comes to in a session."""
    shares = (session.totals or {}).get("taxes") or []
    if not shares:
        return ()
    wanted = [share["rate"] for share in shares]
    rates = {row.id: row for row in queries.tax_rates(session.tenant).filter(id__in=wanted)}
    return [
        OrderTax(_title(rates[share["rate"]]), rates[share["rate"]].is_inclusive, share["amount"])
        for share in shares
    ]


def payee(session: CheckoutSession) -> str:
    """Return the account that the payer of a session knows as the one it pays."""
    data = session.settings.get("payment_intent_data") or {}
    data = data or session.settings.get("setup_intent_data") or {}
    return str(data.get("on_behalf_of") or session.account_id)


def merchant(session: CheckoutSession, account: Account) -> str:
    """Return how the payer of a session knows whom it pays.

    Args:
        session: The session.
        account: Its payee.
    """
    branding = session.settings.get("branding_settings") or {}
    return str(branding.get("display_name") or account.name or NOBODY)


def letter_address(session: CheckoutSession) -> str | None:
    """Return where the payer of a session is written to; None if by its merchant alone."""
    data = session.settings.get("payment_intent_data") or {}
    if data.get("receipt_email"):
        return str(data["receipt_email"])
    account = Account.objects.filter(id=session.account_id)
    if account.values_list("alerts__own_receipts", flat=True).first():
        return None
    email = customers.email_of(session)
    return email if email and is_one_address(email) else None


def _title(rate: TaxRate) -> str:
    percentage = Decimal(rate.percentage_ppm) / _PPM_OF_PERCENT
    return f"{rate.display_name} {percentage.normalize():f}%"
