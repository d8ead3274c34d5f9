"""How objects looked before each dated change: functions that undo one, in place.

Each is given a whole object, or only some of its fields as they were before an update, so that
what an older version has besides is added to whole objects only.
"""

from core.types import JsonObject

Wire = JsonObject


def invoice_on_payments(node: Wire) -> None:
    """Name the invoice of a payment; none is paid by invoice here."""
    _add(node, {"invoice": None})


def destination_on_charges(node: Wire) -> None:
    """Name the seller of a charge beside `transfer_data`, and its invoice and order."""
    data = node.get("transfer_data")
    _add(
        node, {"destination": data["destination"] if data else None, "invoice": None, "order": None}
    )


def booleans_of_3d_secure(node: Wire) -> None:
    """Tell by booleans how the payer's bank answered, where newer versions have a word."""
    card = (node.get("payment_method_details") or {}).get("card") or {}
    if answer := card.get("three_d_secure"):
        result = answer.get("result")
        card["three_d_secure"] = {
            "authenticated": result == "authenticated",
            "succeeded": result in ("authenticated", "attempt_acknowledged", "exempted"),
            "version": answer.get("version"),
        }


def tax_info_of_customers(node: Wire) -> None:
    """Show the one tax number that customers had, which nobody can set here."""
    _add(node, {"tax_info": None, "tax_info_verification": None})


def account_balance_of_customers(node: Wire) -> None:
    """Call a customer's balance by its former name."""
    _rename(node, "balance", "account_balance")


def platform_payments(node: Wire) -> None:
    """Call the capability of being transferred to by its former name."""
    if capabilities := node.get("capabilities"):
        _rename(capabilities, "transfers", "platform_payments")


def platform_payments_itself(node: Wire) -> None:
    """Call the capability of being transferred to by its former name, asked for by itself."""
    if node.get("id") == "transfers":
        node["id"] = "platform_payments"


def legal_entity(node: Wire) -> None:
    """Show who a business is, what it must still tell and its settings as they were shown."""
    if "id" not in node:
        return
    settings = node.pop("settings", None) or {}
    payouts, card = settings.get("payouts") or {}, settings.get("card_payments") or {}
    dashboard, profile = settings.get("dashboard") or {}, node.pop("business_profile", None) or {}
    due = node.pop("requirements", None) or {}
    reason = due.get("disabled_reason")
    node.pop("future_requirements", None)
    node |= {
        "business_name": profile.get("name"),
        "business_url": profile.get("url"),
        "support_email": profile.get("support_email"),
        "support_phone": profile.get("support_phone"),
        "support_url": profile.get("support_url"),
        "product_description": profile.get("product_description"),
        "debit_negative_balances": payouts.get("debit_negative_balances", False),
        "decline_charge_on": card.get("decline_on") or {},
        "display_name": dashboard.get("display_name"),
        "legal_entity": _legal_entity(node),
        "payout_schedule": payouts.get("schedule") or {},
        "payout_statement_descriptor": payouts.get("statement_descriptor"),
        "statement_descriptor": (settings.get("payments") or {}).get("statement_descriptor"),
        "timezone": dashboard.get("timezone"),
        "verification": {
            "disabled_reason": "fields_needed" if reason == "requirements.past_due" else reason,
            "due_by": due.get("current_deadline"),
            "fields_needed": [_field(one) for one in due.get("currently_due") or []],
        },
    }


def intents_of_sources(node: Wire) -> None:
    """Tell an intent's state in the words of the time in which sources paid it."""
    words = {
        "requires_payment_method": "requires_source",
        "requires_action": "requires_source_action",
    }
    if node.get("status") in words:
        node["status"] = words[node["status"]]
    _rename(node, "payment_method_types", "allowed_source_types")
    _rename(node, "next_action", "next_source_action")
    action = node.get("next_source_action")
    if action and action.get("type") == "redirect_to_url":
        action["type"] = "authorize_with_url"
        _rename(action, "redirect_to_url", "authorize_with_url")


def managed_accounts(node: Wire) -> None:
    """Return whether a platform manages an account, where newer versions have a type."""
    if "type" in node:
        node["managed"] = node.pop("type") == "custom"


def request_of_events(node: Wire) -> None:
    """Name only the request of an event, and its account as the user that it is about."""
    if isinstance(node.get("request"), dict):
        node["request"] = node["request"]["id"]
    _rename(node, "account", "user_id")


def _legal_entity(account: Wire) -> Wire:
    company = account.pop("company", None) or {}
    person = account.pop("individual", None) or {}
    is_company = account.pop("business_type", None) not in (None, "individual")
    verification = person.get("verification") or {}
    return {
        "additional_owners": None,
        "address": company.get("address") if is_company else person.get("address"),
        "business_name": company.get("name"),
        "business_tax_id_provided": bool(company.get("tax_id_provided")),
        "dob": person.get("dob") or {"day": None, "month": None, "year": None},
        "first_name": person.get("first_name"),
        "last_name": person.get("last_name"),
        "personal_address": person.get("address"),
        "personal_id_number_provided": bool(person.get("id_number_provided")),
        "ssn_last_4_provided": bool(person.get("ssn_last_4_provided")),
        "type": "company" if is_company else "individual",
        "verification": {
            "details": verification.get("details"),
            "details_code": verification.get("details_code"),
            "document": (verification.get("document") or {}).get("front"),
            "status": verification.get("status", "unverified"),
        },
    }


def coupon_of_promotion_codes(node: Wire) -> None:
    """Name the coupon where it was shown; it stands there already in an answer."""
    promotion = node.pop("promotion", None)
    if promotion is not None:
        node.setdefault("coupon", promotion["coupon"])


def _field(path: str) -> str:
    """Name what is missing by where it stood."""
    for newer, older in (
        ("individual.", "legal_entity."),
        ("company.", "legal_entity."),
        ("business_type", "legal_entity.type"),
        ("business_profile.url", "business_url"),
    ):
        if path.startswith(newer):
            return older + path.removeprefix(newer)
    return path


def _add(node: Wire, fields: Wire) -> None:
    if "id" in node:
        node |= fields


def _rename(node: Wire, newer: str, older: str) -> None:
    if newer in node:
        node[older] = node.pop(newer)
