"""New destinations of payouts: read from numbers or tokens, not saved."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings

from accounts.models import Account
from connect.models import ExternalAccount
from connect.onboarding.countries import banks
from connect.payouts import account_numbers
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import Fields
from processors import registry
from processors.protocols.instruments import Card, PayoutAccount, display_brand


def build(
    external_id: str, tenant: Tenant, account: Account, params: str | Fields, at: datetime
) -> ExternalAccount:
    """Build a destination from what a request says, without saving it."""
    given: Fields = {} if isinstance(params, str) else params
    token = params if isinstance(params, str) else params.get("token")
    if token and "account_number" not in given:
        payee = _find_payee(str(token), tenant)
        if isinstance(payee, Card):
            return _build_card(external_id, tenant, account, payee, given, at)
        given = {
            **given,
            "object": "bank_account",
            "country": payee.country,
            "currency": payee.currency,
            "routing_number": payee.routing,
            "account_number": payee.number,
        }
    if given["object"] == "card":
        card = _find_card(given, tenant, at)
        return _build_card(external_id, tenant, account, card, given, at)
    return _build_bank_account(external_id, tenant, account, given, at)


def _find_payee(token: str, tenant: Tenant) -> Card | PayoutAccount:
    vault = registry.vault(livemode=tenant.livemode)
    payee = vault.find_payee_by_token(token) if vault else None
    if payee is not None:
        return payee
    raise InvalidRequest(
        f"No such token: '{token}'. Give the details themselves as external_account[object], "
        "external_account[country] and so on, or the token of a test account.",
        code="resource_missing",
        param="external_account",
    )


def _build_bank_account(
    external_id: str, tenant: Tenant, account: Account, params: Fields, at: datetime
) -> ExternalAccount:
    _require(params, "country", "account_number")
    country = params["country"].upper()
    checked = banks.check(
        country=country, number=params["account_number"], routing=params.get("routing_number")
    )
    return ExternalAccount(
        id=external_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind="bank_account",
        country=country,
        currency=params.get("currency") or account.default_currency,
        holder_name=params.get("account_holder_name"),
        holder_type=params.get("account_holder_type"),
        account_type=params.get("account_type"),
        last4=checked.last4,
        routing_number=checked.routing,
        bank_name=checked.bank_name or _bank_name(checked.routing),
        is_iban=checked.is_iban,
        fingerprint=_fingerprint(tenant, f"{checked.routing} {checked.number}"),
        sealed_number=account_numbers.seal(checked.number, row=external_id),
        created_at=at,
    )


def _find_card(params: Fields, tenant: Tenant, at: datetime) -> Card:
    vault = registry.vault(livemode=tenant.livemode)
    if vault is None:
        raise InvalidRequest(
            "Debit cards cannot be paid out to in live mode: no processor for them is set up.",
            param="external_account",
        )
    _require(params, "number", "exp_month", "exp_year")
    check_expiry(params["exp_month"], params["exp_year"], at, "external_account[exp_year]")
    card = vault.find_payout_card(str(params["number"]).replace(" ", "").replace("-", ""))
    if card is None:
        raise InvalidRequest(
            "Payouts go to debit cards only. In test mode use 4000056655665556 or another of the "
            "test debit cards in the documentation.",
            code="invalid_card_type",
            param="external_account[number]",
        )
    return card


def _build_card(
    external_id: str,
    tenant: Tenant,
    account: Account,
    card: Card,
    params: Fields,
    at: datetime,
) -> ExternalAccount:
    own_id = card_id(external_id)
    return ExternalAccount(
        id=own_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind="card",
        country="US",
        currency=params.get("currency") or account.default_currency,
        holder_name=params.get("name"),
        last4=card.last4,
        brand=display_brand(card.brand),
        exp_month=params.get("exp_month") or 12,
        exp_year=params.get("exp_year") or at.year + 4,
        address={key: params[key] for key in params if key.startswith("address_")},
        fingerprint=_fingerprint(tenant, card.instrument),
        sealed_number=account_numbers.seal(card.instrument, row=own_id),
        created_at=at,
    )


def _require(params: Fields, *names: str) -> None:
    for name in names:
        if not params.get(name):
            raise InvalidRequest(
                f"Missing required param: external_account[{name}].",
                code="parameter_missing",
                param=f"external_account[{name}]",
            )


def check_expiry(month: int, year: int, at: datetime, param: str) -> None:
    """Refuse a card whose last month is over."""
    if (year, month) < (at.year, at.month):
        raise InvalidRequest(
            f"This card expired at the end of {month:02}/{year}. Money can only be sent to a card "
            "that is still good.",
            code="invalid_expiry_year",
            param=param,
        )


def card_id(external_id: str) -> str:
    """Return the id that a card has, where an account was expected."""
    return "card_" + external_id.removeprefix("ba_")


def _bank_name(routing: str | None) -> str | None:
    return "RIALTO TEST BANK" if routing == "110000000" else None


def _fingerprint(tenant: Tenant, number: str) -> str:
    text = f"external account {tenant.account_id} {number}".encode()
    return hmac.new(settings.RIALTO_KEY_PEPPER.encode(), text, hashlib.sha256).hexdigest()[:16]
