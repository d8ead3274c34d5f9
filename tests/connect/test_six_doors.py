"""Whether a caller may act on an account, and for what, is one answer at every door."""

from typing import Any

import pytest

from accounts.models import Connection, KeyKind
from accounts.services import api_keys
from api.access.permissions import SEPARATE
from core.tenant import Tenant
from tests.books import assert_books_balance
from tests.connect.test_oauth_bounds import BANK, call
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

BACK = {"return_url": "https://a.example/", "refresh_url": "https://a.example/"}
HOOK = {"url": "https://example.com/", "enabled_events": ["*"]}
PAY = {"amount": 100, "currency": "usd"}
PARTS = {"components": {"payouts": {"enabled": True}}}
CUSTOMERS = ("customers", "write")
SEES, CHANGES = ("accounts", "read"), ("accounts", "write")
PAYS = ("transfers", "write")

# Door, method, path and body (with the account as `{}`), and all that is needed to pass.
DOORS: list[tuple[str, str, str, dict[str, Any], list[tuple[str, str]]]] = [
    *[
        (door, *rest)
        for door in ("header", "token")
        for rest in (
            ("get", "balance", {}, [("balance", "read")]),
            ("post", "customers", {}, [CUSTOMERS]),
            ("get", "accounts/{}", {}, [SEES]),
            ("get", "accounts/{}/persons", {}, [SEES, ("persons", "read")]),
            ("post", "accounts/{}/persons", {"first_name": "Eve"}, [CHANGES, ("persons", "write")]),
            ("post", "accounts/{}/external_accounts", {"external_account": BANK},
             [CHANGES, ("external_accounts", "write")]),
            ("post", "webhook_endpoints", HOOK, [("webhook_endpoints", "write")]),
            ("get", "accounts", {}, [SEES, ("sellers", "read")]),
        )
    ],
    ("path", "get", "accounts/{}", {}, [SEES]),
    ("path", "post", "accounts/{}", {"metadata": {"a": "b"}}, [CHANGES]),
    ("path", "get", "accounts/{}/persons", {}, [SEES, ("persons", "read")]),
    ("path", "post", "accounts/{}/persons", {"first_name": "Eve"}, [CHANGES, ("persons", "write")]),
    ("path", "get", "accounts/{}/external_accounts", {}, [SEES, ("external_accounts", "read")]),
    ("path", "post", "accounts/{}/external_accounts", {"external_account": BANK},
     [CHANGES, ("external_accounts", "write")]),
    ("path", "get", "accounts/{}/capabilities", {}, [SEES]),
    ("body", "post", "payment_intents", {**PAY, "on_behalf_of": "{}"}, [PAYS]),
    ("body", "post", "account_sessions", {"account": "{}", **PARTS},
     [CHANGES, ("account_sessions", "write")]),
    ("links", "post", "account_links", {"account": "{}", "type": "account_onboarding", **BACK},
     [CHANGES, ("account_links", "write")]),
    ("links", "post", "accounts/{}/login_links", {}, [CHANGES, ("login_links", "write")]),
    ("transfers", "post", "transfers", {**PAY, "destination": "{}"}, [PAYS]),
    ("transfers", "post", "payment_intents", {**PAY, "transfer_data": {"destination": "{}"}},
     [PAYS]),
    ("expansion", "get", "transfers/{transfer}?expand[]=destination", {}, [SEES]),
    ("expansion", "get", "transfers?expand[]=data.destination", {}, [SEES]),
]  # fmt: skip
NAMED = {"*": "write", **dict.fromkeys(SEPARATE, "write")}
CONSENTS: dict[str, dict[str, str] | None] = {
    "never": {}, "ended": NAMED, "balance": {"balance": "read"}, "read_only": {"*": "read"},
    "read_write": None, "reads_people": {"*": "read", "persons": "read"},
    "writes_people": {"*": "write", "persons": "write"}, "everything_by_name": NAMED,
    "accounts_and_bank": {"accounts": "write", "external_accounts": "read"},
    "all_but_accounts": {"*": "write", "accounts": "none"},
    "all_but_paying": {"*": "write", "transfers": "read"},
}  # fmt: skip
REFUSALS = {"more_permissions_required", "resource_missing", "account_invalid", "api_key_expired"}


def is_agreed(consent: str, needed: list[tuple[str, str]]) -> bool:
    """Say what is right, in the words of the how-to."""
    if consent in ("never", "ended"):
        return False
    agreed = CONSENTS[consent]
    has = {"*": "write"} if agreed is None else agreed
    for name, level in needed:
        found = has.get(name, "none" if name in SEPARATE else has.get("*", "none"))
        if found == "none" or (level == "write" and found == "read"):
            return False
    return True


def filled(value: Any, account: str) -> Any:
    if isinstance(value, dict):
        return {name: filled(part, account) for name, part in value.items()}
    return account if value == "{}" else value


def paid(platform: Tenant, account: Tenant) -> str:
    """Pay an account once, as long as it lets the platform do it."""
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    params = {"amount": 200, "currency": "usd", "destination": account.account_id}
    answer = call(a_key(platform), "post", "transfers", params)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["id"])


@pytest.mark.parametrize("consent", list(CONSENTS))
def test_every_door_gives_the_answer_that_the_accounts_owner_gave(consent):
    platform, opener = a_platform(), a_platform()
    shop = a_seller(opener)
    row = Connection.objects.create(
        platform_id=platform.account_id,
        account_id=shop.account_id,
        livemode=False,
        granted=None,
        created_at=now(),
    )
    transfer = paid(platform, shop)
    granted = CONSENTS[consent]
    Connection.objects.filter(id=row.id).update(
        granted=granted, ended_at=now() if consent in ("never", "ended") else None
    )
    token = api_keys.create(
        tenant=shop,
        kind=KeyKind.SECRET if granted is None else KeyKind.RESTRICTED,
        permissions=granted,
        platform_id=platform.account_id,
        at=now(),
    )
    if consent in ("never", "ended"):
        api_keys.revoke(key=token[0], at=now())

    wrong = []
    for door, method, path, params, needed in DOORS:
        key = token[1] if door == "token" else a_key(platform)
        more = {"Stripe-Account": shop.account_id} if door == "header" else {}
        path = path.replace("{transfer}", transfer).replace("{}", shop.account_id)
        answer = call(key, method, path, filled(params, shop.account_id), **more)
        wire = answer.json()
        if door == "expansion":
            assert answer.status_code == 200, wire
            found = wire["data"][0] if "data" in wire else wire
            let_through = isinstance(found["destination"], dict)
            assert let_through or found["destination"] == shop.account_id
        else:
            let_through = wire.get("error", {}).get("code") not in REFUSALS
        if let_through is not is_agreed(consent, needed):
            wrong.append((door, method, path, answer.status_code, wire.get("error")))

    assert wrong == []
    assert_books_balance()


@pytest.mark.parametrize("consent", list(CONSENTS))
def test_no_door_leads_on_to_the_sellers_of_an_account(consent):
    platform, account = a_platform(), a_platform()
    seller = a_seller(account)
    granted = CONSENTS[consent]
    Connection.objects.create(
        platform_id=platform.account_id,
        account_id=account.account_id,
        livemode=False,
        granted=granted,
        created_at=now(),
        ended_at=now() if consent in ("never", "ended") else None,
    )
    _, token = api_keys.create(
        tenant=account,
        kind=KeyKind.SECRET if granted is None else KeyKind.RESTRICTED,
        permissions=granted,
        platform_id=platform.account_id,
        at=now(),
    )

    for door, method, path, params, _ in DOORS:
        if door == "expansion" or ("{}" not in path and filled(params, "") == params):
            continue
        key = token if door == "token" else a_key(platform)
        more = {"Stripe-Account": account.account_id} if door == "header" else {}
        body = filled(params, seller.account_id)
        answer = call(key, method, path.replace("{}", seller.account_id), body, **more)

        assert answer.json().get("error", {}).get("code") in REFUSALS, (door, path, answer.content)
    assert_books_balance()
