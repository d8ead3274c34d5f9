"""`python -m config.bench.grown URL PORT SIZE...`: what calls cost when an account has grown.

One payment is made over the API; the others are copies of its rows, written at once by the owner
of the tables, since making a million of them would take hours. Each size is measured beside a
call that reads a table that does not grow, so that what slows the machine for a while slows both.
"""

import http.client
import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

import psycopg

_TIMES: Final = 80
_WARMING_UP: Final = 20
_REFERENCE: Final = "reference"

# Each is numbered from where the last size ended. Ids sort before those that the API makes: the
# copies are older.
_COPY: Final = """
    INSERT INTO {table}
    SELECT copy.* FROM {table} AS t,
        generate_series(%(first)s::int, %(last)s::int) AS n,
        LATERAL (SELECT to_char(n, 'FM0000000000') AS no) AS named,
        LATERAL jsonb_populate_record(t, jsonb_build_object(
            'created_at', t.created_at - (10000000 - n) * interval '1 minute', {changes}
        )) AS copy
    WHERE t.id = %(id)s
"""
_COPIES: Final = (
    (
        "payments_paymentintent", "intent",
        "'id', 'pi_0' || no, 'latest_charge_id', 'ch_0' || no, "
        "'client_secret', 'pi_0' || no || '_secret_0'",
    ),
    (
        "payments_charge", "charge",
        "'id', 'ch_0' || no, 'payment_intent_id', 'pi_0' || no, "
        "'balance_transaction_id', 'txn_0' || no",
    ),
)  # fmt: skip
_BOOK: Final = """
    WITH named AS (
        SELECT n, to_char(n, 'FM0000000000') AS no, 'ch_0' || to_char(n, 'FM0000000000') AS charge,
            now() - (10000000 - n) * interval '1 minute' AS at
        FROM generate_series(%(first)s::int, %(last)s::int) n
    ), accounts AS (
        SELECT max(id) FILTER (WHERE code = 'pending' AND owner = %(owner)s) AS pending,
            max(id) FILTER (WHERE code = 'processor' AND owner = 'simulator') AS processor
        FROM ledger_ledgeraccount WHERE currency = 'usd' AND NOT livemode
    ), entries AS (
        INSERT INTO ledger_journalentry (id, kind, source, "group", livemode, fingerprint,
            posted_at, effective_at, xid)
        SELECT 'je_0' || no, 'charge_captured', charge, charge, false, '\\x00', at, at,
            pg_current_xact_id()::text::bigint
        FROM named
    ), postings AS (
        INSERT INTO ledger_posting (entry_id, account_id, amount, currency, available_on, lot, xid)
        SELECT 'je_0' || no, side.account, side.amount, 'usd', side.day, side.lot,
            pg_current_xact_id()::text::bigint
        FROM named, accounts, LATERAL (VALUES
            (processor, 2000, NULL, NULL), (pending, -2000, DATE '2030-01-01', charge)
        ) side(account, amount, day, lot)
        ORDER BY n
    )
    INSERT INTO ledger_balancetransaction (id, account_id, livemode, entry_id, type, amount, fee,
        net, currency, source, fee_details, available_on, created_at)
    SELECT 'txn_0' || no, %(owner)s, false, 'je_0' || no, 'charge', 2000, 0, 2000, 'usd', charge,
        '[]', DATE '2030-01-01', at
    FROM named
"""


class Shop:
    """A merchant on a connection that it keeps."""

    def __init__(self, port: int, key: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._head = {
            "Authorization": f"Bearer {key}", "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip

    def get(self, path: str) -> dict[str, Any]:
        """Read."""
        return self._ask("GET", path, None)

    def post(self, path: str, **said: str) -> dict[str, Any]:
        """Do."""
        return self._ask("POST", path, urlencode(said))

    def _ask(self, method: str, path: str, body: str | None) -> dict[str, Any]:
        self._line.request(method, f"/v1/{path}", body, self._head)
        answer = self._line.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {said}")
        return said


def main(owner_url: str, port: int, sizes: list[int]) -> dict[str, Any]:
    """Measure at each size.

    Returns:
        `p50_ms`: size → call → milliseconds; `growth`: call → how many times as long the largest
        size takes as the smallest, beside the call that does not grow.
    """
    import django

    django.setup()
    owner, shop = _a_merchant(port)
    found: dict[str, dict[str, float]] = {}
    with psycopg.connect(owner_url, autocommit=True) as tables:
        tables.execute("SET session_replication_role = replica")
        pattern = _pay(shop)
        before = 0
        for size in sizes:
            _grow(tables, owner, pattern, first=before + 1, last=size)
            found[str(size)] = _measure(shop, middle=f"0{(before + size) // 2:010d}")
            before = size
    return {"p50_ms": found, "growth": _growth(found[str(sizes[0])], found[str(sizes[-1])])}


def _a_merchant(port: int) -> tuple[str, Shop]:
    from django.utils import timezone

    from accounts.models import Account
    from accounts.services import api_keys
    from core.ids import new_id
    from core.tenant import Tenant

    at = timezone.now()
    account = Account.objects.create(
        id=new_id("acct"), name="Bench", created_at=at, charges_enabled=True, payouts_enabled=True,
        details_submitted=True,
    )  # fmt: skip
    key = api_keys.create(tenant=Tenant(account.id, livemode=False), at=at)[1]
    return account.id, Shop(port, key)


def _pay(shop: Shop, **more: str) -> dict[str, Any]:
    return shop.post(
        "payment_intents", amount="2000", currency="usd", payment_method="pm_card_visa",
        confirm="true", **more,
    )  # fmt: skip


def _grow(
    tables: psycopg.Connection[Any], owner: str, pattern: dict[str, Any], *, first: int, last: int
) -> None:
    ids = {"intent": pattern["id"], "charge": pattern["latest_charge"]}
    values: dict[str, Any] = {"first": first, "last": last, "owner": owner}
    for table, which, changes in _COPIES:
        statement = _COPY.format(table=table, changes=changes)
        tables.execute(statement, values | {"id": ids[which]})
    tables.execute(_BOOK, values)
    # As autovacuum would have done in the days that this stands for.
    tables.execute(
        "VACUUM ANALYZE payments_paymentintent, payments_charge, ledger_journalentry, "
        "ledger_posting, ledger_balancetransaction"
    )
    _fold()


def _fold() -> None:
    from ledger.services import folds

    while folds.fold_once():
        pass


def _measure(shop: Shop, *, middle: str) -> dict[str, float]:
    """Return call → p50 in ms. The calls take turns."""
    customer = shop.post("customers", name="Somebody")["id"]
    held = [_pay(shop, capture_method="manual")["id"] for _ in range(_TIMES + _WARMING_UP)]
    paid = [_pay(shop)["id"] for _ in range(_TIMES + _WARMING_UP)]
    calls: dict[str, Callable[[int], object]] = {
        _REFERENCE: lambda _: shop.get(f"customers/{customer}"),
        "retrieve": lambda _: shop.get(f"payment_intents/pi_{middle}"),
        "retrieve_charge": lambda _: shop.get(f"charges/ch_{middle}"),
        "list": lambda _: shop.get("payment_intents?limit=10"),
        "list_charges": lambda _: shop.get("charges?limit=10"),
        "list_from_the_middle": lambda _: shop.get(
            f"payment_intents?limit=10&starting_after=pi_{middle}"
        ),
        "pay": lambda _: _pay(shop),
        "capture": lambda n: shop.post(f"payment_intents/{held[n]}/capture"),
        "refund": lambda n: shop.post("refunds", payment_intent=paid[n]),
    }
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(_TIMES + _WARMING_UP):
        for name, call in calls.items():
            started = time.perf_counter()
            call(number)
            if number >= _WARMING_UP:
                taken[name].append(time.perf_counter() - started)
    return {name: _p50(each) for name, each in taken.items()}


def _p50(taken: list[float]) -> float:
    return round(sorted(taken)[len(taken) // 2] * 1000, 3)


def _growth(smallest: dict[str, float], largest: dict[str, float]) -> dict[str, float]:
    machine = largest[_REFERENCE] / smallest[_REFERENCE]
    return {
        name: round(largest[name] / smallest[name] / machine, 2)
        for name in smallest
        if name != _REFERENCE
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), [int(size) for size in sys.argv[3:]])))
