"""`python -m config.bench.grown URL PORT SIZE`: give a new merchant so many payments.

One payment is made over the API; the others are copies of its rows, written at once by the owner
of the tables, since making a million of them would take hours. One in ten has a refund. Of the
copies the ledger has the charge alone: neither fees nor refunds.
"""

import dataclasses
import json
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple

import psycopg

from config.bench.turns import Merchant, Shop
from core.types import JsonObject

# Ids are as long as those that the API makes and sort before them: the copies are older.
_COPY: Final = """
    INSERT INTO {table} ({columns})
    SELECT {values}
    FROM {table} AS t, generate_series({every}, %(size)s::int, {every}) AS n,
        LATERAL (SELECT lpad(n::text, 23, '0') AS no) AS named
    WHERE t.{key} = %(id)s
"""
_COLUMNS: Final = """
    SELECT quote_ident(attname) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
_AT: Final = {
    "created_at": "t.created_at - (10000000 - n) * interval '1 minute'",
    "billing_details": "jsonb_build_object('name', 'Somebody Number' || n)",
    # As their postings say.
    "available_on": "DATE '2030-01-01'",
}


class _Copy(NamedTuple):
    """What copies of a row are made of.

    Args:
        table: Where.
        key: Its key.
        which: Of what it is a copy.
        every: A copy for one payment in so many.
        changes: Column → prefix of the id that is there.
    """

    table: str
    key: str
    which: str
    every: int
    changes: dict[str, str]


_COPIES: Final = (
    _Copy(
        "payments_paymentintent", "id", "intent", 1,
        {"id": "pi", "latest_charge_id": "ch", "payment_method_id": "pm", "client_secret": "pi"},
    ),
    _Copy(
        "payments_charge", "id", "charge", 1,
        {
            "id": "ch", "payment_intent_id": "pi", "payment_method_id": "pm",
            "balance_transaction_id": "txn",
        },
    ),
    _Copy("payments_paymentmethod", "id", "method", 1, {"id": "pm"}),
    _Copy(
        "processors_simulatedrequest", "key", "charge", 1, {"key": "ch", "charge_key": "ch"},
    ),
    _Copy(
        "payments_refund", "id", "refund", 10,
        {"id": "re", "charge_id": "ch", "payment_intent_id": "pi"},
    ),
    _Copy(
        "processors_simulatedrequest", "key", "refund", 10, {"key": "re", "charge_key": "ch"},
    ),
)  # fmt: skip
_BOOK: Final = """
    WITH named AS (
        SELECT n, lpad(n::text, 23, '0') AS no, 'ch_0' || lpad(n::text, 23, '0') AS charge,
            now() - (10000000 - n) * interval '1 minute' AS at
        FROM generate_series(1, %(size)s::int) n
    ), accounts AS (
        SELECT max(id) FILTER (WHERE code = 'pending' AND owner = %(owner)s) AS pending,
            max(id) FILTER (WHERE code = 'processor' AND owner = 'simulator') AS processor
        FROM ledger_ledgeraccount WHERE currency = 'usd' AND NOT livemode
    ), entries AS (
        INSERT INTO ledger_journalentry (id, kind, source, "group", livemode, fingerprint,
            posted_at, effective_at, xid)
        SELECT 'je_0' || no, 'charge_captured', charge, 'pi_0' || no, false, '\\x00', at, at,
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


def main(owner_url: str, port: int, size: int) -> Merchant:
    """Make the merchant, and its payments but for a few."""
    import django

    django.setup()
    owner, key = a_merchant()
    ids = _patterns(Shop(port, key))
    with psycopg.connect(owner_url, autocommit=True) as tables:
        fill(tables, owner, ids, size)
        # As autovacuum and the checkpointer would have done in the days that this stands for.
        tables.execute("VACUUM ANALYZE")
        tables.execute("CHECKPOINT")
    _fold()
    return Merchant(port, key, f"0{size // 2:023d}")


def fill(tables: psycopg.Connection, owner: str, ids: Mapping[str, str], size: int) -> None:
    """Write copies.

    Args:
        tables: A connection of the superuser.
        owner: The account whose payments they are, with books that are open.
        ids: The ids of the intent, charge, (payment) method and refund that are copied.
        size: How many payments.
    """
    # Without the triggers that watch every row.
    tables.execute("SET session_replication_role = replica")
    for copy in _COPIES:
        tables.execute(_statement(tables, copy), {"size": size, "id": ids[copy.which]})
    tables.execute(_BOOK, {"size": size, "owner": owner})


def _statement(tables: psycopg.Connection, copy: _Copy) -> str:
    columns = [name for (name,) in tables.execute(_COLUMNS, (copy.table,))]
    changed = _AT | {name: f"'{prefix}_0' || no" for name, prefix in copy.changes.items()}
    return _COPY.format(
        table=copy.table,
        key=copy.key,
        every=copy.every,
        columns=", ".join(columns),
        values=", ".join(changed.get(name, f"t.{name}") for name in columns),
    )


def a_merchant() -> tuple[str, str]:
    """Make an account that takes payments, and return it with its secret key."""
    from django.utils import timezone

    from accounts.models import Account
    from accounts.services import api_keys
    from core.ids import new_id
    from core.tenant import Tenant

    at = timezone.now()
    account = Account.objects.create(
        id=new_id("acct"),
        name="Bench",
        created_at=at,
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
    )
    return account.id, api_keys.create(tenant=Tenant(account.id, livemode=False), at=at)[1]


def _patterns(shop: Shop) -> JsonObject:
    paid, other = shop.pay(), shop.pay()
    return {
        "intent": paid["id"],
        "charge": paid["latest_charge"],
        "method": paid["payment_method"],
        "refund": shop.post("refunds", payment_intent=other["id"], amount="100")["id"],
    }


def _fold() -> None:
    from ledger.rollups import balance_rollups

    while balance_rollups.fold_once():
        pass


if __name__ == "__main__":
    made = main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(dataclasses.asdict(made)))
