"""What a session's page shows: the order, what is asked, and how it stands."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from django.utils import timezone

from checkout import pages, queries
from checkout.hosted import branding, card_frames, forms, framing, link_summary
from checkout.hosted.fields import Fields, method_title, saved_title
from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.resources import sessions as rendering
from checkout.sessions import orders, saved_methods
from checkout.sessions.services import carts, discounting
from checkout.states import SessionStatus
from core.errors import CardError, RialtoError
from core.money import Money
from core.types import JsonObject
from payments import method_types
from payments import queries as payment_queries
from payments import resources as payment_resources
from payments.states import IntentStatus

_MOST_CHOICES: Final = 20
_FIELDS_OF: Final = {
    "incorrect_number": "card_number", "invalid_number": "card_number",
    "expired_card": "card_exp", "invalid_expiry_month": "card_exp",
    "invalid_expiry_year": "card_exp", "incorrect_cvc": "card_cvc", "invalid_cvc": "card_cvc",
}  # fmt: skip


def context(
    session: CheckoutSession,
    sent: forms.Sent | None,
    wrong: Mapping[str, str],
    *,
    decline: str = "",
) -> JsonObject:
    """Return the context of a session's page, its template among it.

    Args:
        session: The session as it is.
        sent: What the payer has sent; None at first.
        wrong: Field → problem; an empty field for the whole page.
        decline: Why the payment was refused, in the payer's language.
    """
    brand = branding.of(session, methods(session))
    common: JsonObject = {
        "session": session,
        "brand": brand,
        "merchant": brand.merchant,
        "is_live": session.livemode,
        "page": pages.address(session.id),
        "total": money(session, session.amount_total),
        "is_setup": session.mode == "setup",
        "state": str(session.status),
    }
    if session.status != SessionStatus.OPEN:
        return common | _ended(session)
    if closed := _closed(session):
        return common | closed
    waits = _waits(session)
    if waits and sent is None:
        return common | waits
    lines = list(queries.session_lines(session))
    values = _values(session, sent)
    fields = Fields(session, values, wrong)
    return common | {
        "template": "checkout/session.html",
        "asked": session.settings,
        "alert": wrong.get("") or ("fields" if wrong else ""),
        "decline": decline,
        "lines": [_line(session, line, values, wrong) for line in lines],
        "has_choices": _has_choices(session, lines),
        "amounts": _amounts(session),
        "shipping": _shipping(session),
        "takes_code": bool(session.settings.get("allow_promotion_codes")),
        "code": values.get("promotion_code", entered_code(session)),
        "code_problem": wrong.get("promotion_code"),
        "contact": fields.contact(),
        "shipping_fields": fields.shipping(),
        "billing_fields": fields.billing(),
        "custom_fields": fields.custom(),
        **_ways_to_pay(session, sent, fields),
        "method_problem": wrong.get("method"),
        "terms_problem": wrong.get("terms_of_service"),
        "is_free": session.mode == "payment" and not session.amount_total,
        "expected_amount": session.amount_total,
        "submit": session.settings.get("submit_type") or "auto",
    }


def _closed(session: CheckoutSession) -> JsonObject | None:
    """Return the page of an order whose link takes no payments any more; None if it does."""
    link = None if session.is_paying else queries.link_of(session)
    return None if link is None or link.is_open else {"status": 410, **link_summary.closed(link)}


def state(session: CheckoutSession) -> str:
    """Say in a word what a session's page shows: it is another page when the word is."""
    if session.status != SessionStatus.OPEN:
        return str(session.status)
    waits = _waits(session)
    return waits["state"] if waits else "open"


def _ended(session: CheckoutSession) -> JsonObject:
    is_done = session.status == SessionStatus.COMPLETE
    after_submit = (session.settings.get("custom_text") or {}).get("after_submit") or {}
    return {
        "template": f"checkout/{'done' if is_done else 'expired'}.html",
        "is_paid": session.payment_status != "unpaid",
        "message": session.settings.get("confirmation_message") or after_submit.get("message"),
        "recovery": _recovery(session),
    }


def methods(session: CheckoutSession) -> list[str]:
    """Return the types that this page can take, of those that the session allows."""
    types = rendering.types(session)
    if "card" in types and not card_frames.takes_cards(session, at=timezone.now()):
        types.remove("card")
    return types


def problem_of(error: RialtoError) -> str:
    """Return the page's word for a refused choice."""
    return "code" if error.param == "promotion_code" else "choice"


def wrong_of(error: RialtoError, *, has_frame: bool = False) -> dict[str, str]:
    """Return at which field a failed payment is shown.

    Args:
        error: Why it failed.
        has_frame: True if the card was typed into a frame, and not into fields of the page.
    """
    field = _FIELDS_OF.get(error.code or "")
    if field and not has_frame:
        return {field: "declined"}
    if error.param and "[iban]" in error.param:
        return {"bank_account": "number"}
    if error.param == "expected_amount":
        return {"": "changed"}
    return {"": "declined" if isinstance(error, CardError) else "refused"}


def entered_code(session: CheckoutSession) -> str:
    """Return the promotion code that the payer has entered."""
    return discounting.entered_code(session)


def money(session: CheckoutSession, amount: int | None) -> str:
    """Write an amount as people do; empty for none."""
    return "" if amount is None or not session.currency else str(Money(amount, session.currency))


def _waits(session: CheckoutSession) -> JsonObject | None:
    """Return the page of a payment that waits for the payer's bank; None for none."""
    shown = intent_of(session)
    if shown is None:
        return None
    if shown["status"] == IntentStatus.PROCESSING:
        return {"template": "checkout/waiting.html", "state": "waiting"}
    action = shown["next_action"]
    if shown["status"] != IntentStatus.REQUIRES_ACTION or not action:
        return None
    inside = action[action["type"]]
    addresses = ("url", "hosted_instructions_url", "hosted_voucher_url")
    onward = next((inside[name] for name in addresses if inside.get(name)), None)
    if onward is None:
        # The payer's bank's app asks.
        return {"template": "checkout/waiting.html", "state": "waiting", "is_in_app": True}
    return {
        "template": "checkout/action.html",
        "state": "action",
        "onward": onward,
        "nested": framing.nested(onward),
    }


def intent_of(session: CheckoutSession) -> JsonObject | None:
    """Return the wire's intent of a session; None if nobody has tried to pay."""
    if session.payment_intent_id:
        intent = payment_queries.payment_intent(session.tenant, session.payment_intent_id)
        return payment_resources.payment_intent(intent)
    if session.setup_intent_id:
        setup = payment_queries.setup_intent(session.tenant, session.setup_intent_id)
        return payment_resources.setup_intent(setup)
    return None


def _recovery(session: CheckoutSession) -> str | None:
    return (
        pages.recovery_address(session.id) if session.collected.get("recoverable_until") else None
    )


def _line(
    session: CheckoutSession,
    line: CheckoutSessionLine,
    values: Mapping[str, str],
    wrong: Mapping[str, str],
) -> JsonObject:
    currency = str(session.currency)
    allowed = carts.quantities(line)
    custom = line.price.custom_unit_amount
    chosen = Money(line.chosen_amount or 0, currency).to_decimal() if custom is not None else None
    typed = values.get(f"amount_{line.id}")
    unit = carts.unit_amount(line, currency)
    return {
        "id": line.id,
        "name": line.price.product.name,
        "description": line.price.product.description,
        "quantity": line.quantity,
        "is_optional": line.is_optional,
        "is_adjustable": bool(allowed),
        "choices": list(chain(*allowed)) if sum(map(len, allowed)) <= _MOST_CHOICES else None,
        "unit": money(session, int(unit)) if unit == int(unit) else "",
        "amount": money(session, line.amount_subtotal),
        "chosen": typed or (f"{chosen:f}" if chosen is not None else None),
        "is_chosen": custom is not None,
        "price": line.price_id,
        "product": line.price.product_id,
        "subtotal": line.amount_subtotal,
        "wrong": wrong.get(f"quantity_{line.id}") or wrong.get(f"amount_{line.id}"),
    }


def _has_choices(session: CheckoutSession, lines: Sequence[CheckoutSessionLine]) -> bool:
    chosen = any(
        carts.quantities(line) or line.price.custom_unit_amount is not None for line in lines
    )
    return chosen or len(session.shipping_options) > 1


def _amounts(session: CheckoutSession) -> JsonObject:
    totals = session.totals or {}
    shown = {name: money(session, totals.get(name)) for name in ("discount", "shipping")}
    return shown | {
        "subtotal": money(session, session.amount_subtotal),
        "has_parts": any(totals.get(name) for name in ("discount", "tax", "shipping")),
        "is_discounted": bool(totals.get("discount")),
        "taxes": [
            (tax.title, tax.is_included, money(session, tax.amount))
            for tax in orders.taxes(session)
        ],
        "is_shipped": totals.get("shipping") is not None,
    }


def _shipping(session: CheckoutSession) -> list[JsonObject]:
    names = queries.shipping_names(session)
    return [
        {
            "id": option["shipping_rate"],
            "name": names[option["shipping_rate"]],
            "amount": money(session, option["shipping_amount"]),
            "is_chosen": option["shipping_rate"] == session.shipping_rate_id,
        }
        for option in session.shipping_options
    ]


def _values(session: CheckoutSession, sent: forms.Sent | None) -> dict[str, str]:
    if sent is not None:
        return sent.values
    given = _of_customer(session) | session.collected
    details = given.get("customer_details") or {}
    email = session.email or given.get("prefilled_email")
    found = {"email": email, "phone": details.get("phone"), "name": details.get("name")}
    for kind, address in (
        ("billing", details.get("address")),
        ("shipping", (given.get("shipping_details") or {}).get("address")),
    ):
        found |= {f"{kind}_{part}": value for part, value in (address or {}).items()}
    found["shipping_name"] = (given.get("shipping_details") or {}).get("name")
    found["billing_name"] = details.get("name")
    return {name: value for name, value in found.items() if value}


def _of_customer(session: CheckoutSession) -> JsonObject:
    """Return what the merchant's customer has said before, as a session keeps what payers say."""
    if session.customer_id is None or "customer_details" in session.collected:
        return {}
    row = payment_queries.customers(session.tenant).filter(id=session.customer_id).first()
    if row is None:
        return {}
    details = {"name": row.name, "phone": row.phone, "address": row.address}
    return {"customer_details": details, "shipping_details": row.shipping}


def _ways_to_pay(session: CheckoutSession, sent: forms.Sent | None, fields: Fields) -> JsonObject:
    saved = saved_methods.of(session, at=timezone.now())
    usable = methods(session)
    frame = card_frames.of_session(session, at=timezone.now()) if "card" in usable else ""
    keys = [*(one["id"] for one in saved), *usable]
    chosen = sent.method if sent and sent.method in keys else (keys[0] if keys else "")
    shown = [
        {
            "id": one["id"],
            "type": one["type"],
            "title": saved_title(one),
            "expires": _expiry(one),
            "is_chosen": one["id"] == chosen,
            "needs_mandate": method_types.of(one["type"]).needs_mandate,
        }
        for one in saved
    ]
    return {
        "saved": shown,
        "may_remove": saved_methods.may_remove(session),
        "methods": _methods(session, chosen, fields, frame),
        "card_frame": frame,
    }


def _expiry(method: JsonObject) -> str:
    card = method.get("card")
    return f"{card['exp_month']:02}/{card['exp_year'] % 100:02}" if card else ""


def _methods(session: CheckoutSession, chosen: str, fields: Fields, frame: str) -> list[JsonObject]:
    types = rendering.types(session)
    usable = methods(session)
    framed = {"card": frame} if frame else {}
    return [
        {
            "type": type,
            "title": method_title(type),
            "is_usable": type in usable,
            "is_chosen": type == chosen,
            "fields": fields.method(type) if type in usable and type not in framed else [],
            "frame": framed.get(type, ""),
            "problem": fields.wrong.get(type),
            "needs_mandate": method_types.of(type).needs_mandate,
            "may_save": type in usable and saved_methods.may_save(session, type),
            "is_saved": fields.values.get(f"save_{type}") == "1",
        }
        for type in types
    ]
