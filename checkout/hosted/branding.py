"""How a page looks: the name, the picture, the colours and the statement of whom it pays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accounts.models import Account
from checkout import pages
from checkout.models import CheckoutSession, PaymentLink
from checkout.sessions import orders, pictures
from core.types import Fields
from payments.charges import statements

_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_BLACK, _WHITE = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Branding:
    """How a page looks.

    Args:
        merchant: How the payer knows whom it pays.
        picture: The address of its picture; empty for none.
        head: The colour behind the name, `#rrggbb`; empty for none.
        on_head: What is readable on it.
        button: The colour of the button; empty for the page's own.
        on_button: What is readable on it.
        statement: What the payer will read on statements; empty if nobody says.
    """

    merchant: str
    picture: str
    head: str
    on_head: str
    button: str
    on_button: str
    statement: str


def of(session: CheckoutSession, types: Sequence[str]) -> Branding:
    """Return how the page of a session looks.

    Args:
        session: The session; what it says itself comes before what its payee says.
        types: The payment methods that the payer chooses from.
    """
    payee = Account.objects.get(id=orders.payee(session))
    return _build(
        payee,
        orders.merchant(session, payee),
        own=session.settings.get("branding_settings") or {},
        owner_id=session.account_id,
        statement=_statement(session, payee, types),
    )


def of_link(link: PaymentLink) -> Branding:
    """Return how the page of a payment link looks."""
    payee = Account.objects.get(id=str(link.settings.get("on_behalf_of") or link.account_id))
    name = payee.name or orders.NOBODY
    return _build(payee, name, own={}, owner_id=link.account_id, statement="")


def readable_on(color: str) -> str:
    """Return black or white, whichever has more contrast to a colour: at least 4.5 to 1."""
    return max(_BLACK, _WHITE, key=lambda text: contrast(text, color))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2.2 computes it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _build(
    payee: Account, merchant: str, *, own: Fields, owner_id: str, statement: str
) -> Branding:
    usual = payee.settings.get("branding") or {}
    head = _color(own.get("background_color"), usual.get("primary_color"))
    button = _color(
        own.get("button_color"), usual.get("secondary_color"), usual.get("primary_color")
    )
    picture = pictures.find(own, payee, owner_id=owner_id)
    return Branding(
        merchant=merchant,
        picture=pages.picture_address(picture.id) if picture else "",
        head=head,
        on_head=readable_on(head) if head else "",
        button=button,
        on_button=readable_on(button) if button else "",
        statement=statement,
    )


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _color(*candidates: object) -> str:
    """Return the first that is a colour; what was kept before they were checked may be none."""
    for one in candidates:
        if isinstance(one, str) and _COLOR.fullmatch(one):
            return one
    return ""


def _statement(session: CheckoutSession, payee: Account, types: Sequence[str]) -> str:
    if session.mode != "payment" or not session.amount_total:
        return ""
    data = session.settings.get("payment_intent_data") or {}
    texts = [
        statements.preview(
            payee,
            type,
            descriptor=data.get("statement_descriptor"),
            suffix=data.get("statement_descriptor_suffix"),
        )
        for type in types
    ]
    return " / ".join(dict.fromkeys(text for text in texts if text))
