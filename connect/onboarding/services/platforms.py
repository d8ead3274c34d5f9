"""Opening platforms, with their first API keys."""

from datetime import datetime
from typing import Final, NamedTuple

import pycountry
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.audit import trail
from accounts.models import Account, KeyKind, User
from accounts.services import api_keys
from connect.onboarding.countries import rules
from core.currencies import CODES
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.ids import new_id
from core.tenant import Tenant

_LONGEST_NAME: Final = 200


class NewPlatform(NamedTuple):
    """A new platform, with its first keys of test mode, which are shown once."""

    account: Account
    secret_key: str
    publishable_key: str


def create(
    *,
    name: str,
    email: str,
    country: str,
    currency: str | None = None,
    by: User | None = None,
    at: datetime,
) -> NewPlatform:
    """Open a platform, with a secret and a publishable key for test mode.

    Args:
        name: The name of the business.
        email: Its address.
        country: Two letters, such as `"DE"`.
        currency: Its settlement currency; None for its country's.
        by: The operator who opens it; None on the command line.
        at: The moment.

    Raises:
        InvalidRequest: If one of them is invalid.
    """
    country = country.strip().upper()
    name, email, currency = name.strip(), email.strip(), _currency(country, currency)
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidRequest(f"Say a name of up to {_LONGEST_NAME} characters.", param="name")
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidRequest(f"{email} is no e-mail address.", param="email") from None
    with atomic():
        account = Account.objects.create(
            id=new_id("acct"),
            name=name,
            email=email,
            country=country,
            default_currency=currency,
            charges_enabled=True,
            payouts_enabled=True,
            details_submitted=True,
            created_at=at,
        )
        trail.record(
            "platform.opened",
            account,
            by=by,
            changes={"name": (None, name), "country": (None, country)},
        )
        tenant = Tenant(account.id, livemode=False)
        _, secret = api_keys.create(tenant=tenant, name="First key", at=at)
        _, publishable = api_keys.create(
            tenant=tenant, kind=KeyKind.PUBLISHABLE, name="First publishable key", at=at
        )
    return NewPlatform(account, secret, publishable)


def _currency(country: str, currency: str | None) -> str:
    if pycountry.countries.get(alpha_2=country) is None:
        raise InvalidRequest(
            f"{country} is no country: write two letters, such as DE.", param="country"
        )
    if currency:
        currency = currency.strip().lower()
        if currency not in CODES:
            raise InvalidRequest(
                f"{currency} is no currency: write an ISO 4217 code, such as eur.",
                param="currency",
            )
        return currency
    known = rules.currency_of(country)
    if known is None:
        raise InvalidRequest(
            f"Say which currency a platform in {country} settles in.", param="currency"
        )
    return known
