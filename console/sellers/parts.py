"""The parts of an account's page: facts, money, bank accounts, blocks, people."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext

from accounts import queries as accounts
from checkout import queries as checkout
from connect import disabled_reasons
from connect.onboarding.operator_pages import profiles
from connect.payouts.operator_pages import runs, stories
from connect.payouts.services import forecasts
from connect.transfers import queries as transfers
from console.linking import fact, link_to, opens
from console.payments.orders import order_of
from console.payments.words import STATES
from console.payouts.words import LOOKS
from console.sellers import papers, words
from console.words import code
from core.money import Money
from core.tenant import Tenant
from core.types import JsonObject
from ledger import queries as ledger_queries
from payments.charges import queries as charges

# Of the newest; the lists have the rest.
_NEWEST: Final = 5


def facts(user: object, row: Any) -> list[JsonObject]:
    """Return what an account is."""
    profile = row.business_profile or {}
    texts = {
        "E-mail": row.email,
        "Country": row.country,
        "Settles in": row.default_currency.upper(),
        "Kind": " ".join(filter(None, (row.type, row.business_type))).replace("_", " "),
        "Page": profile.get("url"),
        "Support": profile.get("support_email") or profile.get("support_phone"),
        "Opened": dateformat.format(row.created_at, "j F Y"),
        **row.metadata,
    }
    platform = row.opened_by
    return [
        fact("Platform", platform, link_to(user, "accounts_account", row.opened_by_id)),
        *(fact(title, text) for title, text in texts.items()),
    ]


def money(user: object, row: Any, profile: profiles.Profile, at: datetime) -> JsonObject:
    """Return the balance, the next payout, and the newest payouts and payments."""
    tenant = Tenant(row.id, profile.livemode)
    opened = partial(link_to, user)
    has = ledger_queries.balance(owner=tenant.account_id, livemode=tenant.livemode)
    paid = charges.latest_intents(tenant, most=_NEWEST)
    shares = transfers.latest_seller_payments(tenant, most=_NEWEST)
    orders = _orders(paid, shares)
    found: JsonObject = {
        "purses": words.purses(
            {
                gettext("Available"): has.available,
                gettext("Pending"): has.pending,
                gettext("Reserved"): has.connect_reserved,
                gettext("On its way to the bank"): has.payouts_in_transit,
                gettext("On its way to payers"): has.refunds_in_transit,
            }
        ),
        "ledger_page": _list(user, "ledger_ledgeraccount", tenant.account_id),
        "payments": [
            (
                row,
                str(row.money),
                gettext(STATES[row.status][0]),
                STATES[row.status][1],
                opened("payments_paymentintent", row.id),
                orders[row.id],
            )
            for row in paid
        ],
        "payments_page": _list(user, "payments_paymentintent", tenant.account_id),
        "shares": [
            (
                row,
                str(Money(row.amount, row.currency)),
                opened("connect_sellerpayment", row.id),
                orders[row.id],
            )
            for row in shares
        ],
    }
    if not opens(user, "connect_payout"):
        return found
    return found | {
        "shows_payouts": True,
        "next": _next_payouts(row, profile, has.available, at),
        "payouts": [
            (
                row,
                str(Money(row.amount, row.currency)),
                LOOKS[row.status],
                gettext(code(row.status)),
                opened("connect_payout", row.id),
            )
            for row in stories.latest_payouts(tenant, most=_NEWEST)
        ],
        "payouts_page": _list(user, "connect_payout", tenant.account_id),
    }


def _orders(paid: list[Any], shares: list[Any]) -> dict[str, str]:
    """Return what the merchants call the orders of payments and of shares of them, by their ids."""
    sources = {row.id: row.transfer.source_transaction or "" for row in shares}
    whole = charges.intents_of_charges(filter(None, sources.values()))
    intents = {row.id: row for row in (*paid, *whole.values())}
    named = checkout.references(intents)

    def order(id: str, *rows: Any) -> str:
        return order_of([*rows, intents.get(id)], reference=named.get(id, ""))

    found = {row.id: order(row.id) for row in paid}
    for row in shares:
        of = whole.get(sources[row.id])
        found[row.id] = order(of.id if of else "", row, row.transfer)
    return found


def paid_to(user: object, rows: list[Any], at: datetime) -> list[JsonObject]:
    """Return the bank accounts and cards."""
    return [
        {
            "name": str(row),
            "page": link_to(user, "connect_externalaccount", row.id),
            "currency": row.currency.upper(),
            "is_default": row.is_default,
            "status": gettext(code(row.status)),
            "is_bad": row.status in ("errored", "verification_failed"),
            "held_until": row.held_until if row.held_until and row.held_until > at else None,
            "left_at": row.left_at,
        }
        for row in rows[: profiles.MOST]
    ]


def blocks(rows: list[Any]) -> list[JsonObject]:
    """Return what somebody has stopped, and until when."""
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "author": row.author,
            "why": row.message or gettext(disabled_reasons.WORDS.get(row.reason, row.reason)),
            "since": row.created_at,
            "ends": gettext(words.BLOCK_ENDS[row.release]),
            "until": row.releases_at,
        }
        for row in rows
    ]


def cards(user: object, row: Any, profile: profiles.Profile) -> list[JsonObject]:
    """Return the company and the people behind an account, with the documents that they brought."""
    company = row.company or {}
    named = {person.id: list(profiles.papers_in(person.details)) for person in profile.people}
    of_company = list(profiles.papers_in(company))
    files = accounts.papers([*of_company, *(id for ids in named.values() for id in ids)])
    found = []
    if company:
        own = [files[id] for id in of_company if id in files]
        title = str(company.get("name") or gettext("The company"))
        found.append(papers.card(user, title, company, own, state=""))
    for person in profile.people:
        own = [files[id] for id in named[person.id] if id in files]
        roles = [name for name, has_it in person.relationship.items() if has_it is True]
        found.append(
            papers.card(
                user,
                str(person),
                person.details,
                own,
                state=person.status,
                roles=roles,
                page=("connect_person", person.id),
            )
        )
    return found


def _next_payouts(
    row: Any, profile: profiles.Profile, usable: Mapping[str, int], at: datetime
) -> list[JsonObject]:
    schedule = stories.schedule_of(Tenant(row.id, profile.livemode))
    if schedule is None:
        return []
    plans = forecasts.preview_one(
        schedule,
        row,
        usable=usable,
        paid_to=profile.paid_to,
        disabled=profiles.why_not_paid(row, profile),
        at=at,
    )
    return [
        {
            "day": None if schedule.paused_at else schedule.next_on,
            "amount": str(Money(plan.amount, plan.currency)) if plan.amount else "",
            "target": str(plan.target or ""),
            "currency": plan.currency.upper(),
            "why": runs.explain(plan.hold, plan.currency) if plan.hold else "",
        }
        for plan in plans
    ]


def _list(user: object, page: str, id: str) -> str:
    return f"{reverse(f'admin:{page}_changelist')}?q={id}" if opens(user, page) else ""
