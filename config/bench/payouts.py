"""`python -m config.bench.payouts URL FEW MANY`: what a seller of a run costs, and a file."""

import json
import sys
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import psycopg

from core.types import JsonObject

if TYPE_CHECKING:
    from connect.models import ExternalAccount
    from ledger.entries import Entry

_EACH = 10_00
_AT_ONCE = 500
_FILES = (1_000, 10_000)
_IBAN = "DE89370400440532013000"


def main(owner_url: str, sizes: list[int]) -> JsonObject:
    """Measure runs over so many sellers, and files."""
    import django

    django.setup()
    with psycopg.connect(owner_url, autocommit=True) as tables:
        runs = {str(size): run(tables, size) for size in sizes}
    few, many = (runs[str(size)] for size in (min(sizes), max(sizes)))
    _file(1)  # The first reads the schema.
    files = {str(count): _file(count) for count in _FILES}
    return {
        "run": runs,
        "run_growth": round(many["ms_per_seller"] / few["ms_per_seller"], 2),
        "file_seconds": files,
        "file_growth": round(
            (files[str(_FILES[1])] / _FILES[1]) / (files[str(_FILES[0])] / _FILES[0]), 2
        ),
    }


def run(tables: psycopg.Connection, size: int) -> dict[str, float]:
    """Pay out many sellers in a run of their own, and measure it.

    Args:
        tables: A connection of the superuser.
        size: How many.

    Raises SystemExit if the run does not pay each of them once.
    """
    from django.utils import timezone

    from connect.payouts.services import runs as payout_runs

    # Nobody else looks at that day, and nothing of it is sent while this lasts.
    at = timezone.now() + timedelta(days=1)
    _fill(size, at)
    # As autovacuum would have done while so many sellers came.
    tables.execute("VACUUM ANALYZE")
    began = time.perf_counter()
    made = 0
    while paid := payout_runs.run_due(at=at):
        made += paid
    seconds = time.perf_counter() - began
    if made != size:
        raise SystemExit(f"{made} of {size} sellers were paid")
    return {
        "seconds": round(seconds, 2),
        "ms_per_seller": round(1_000 * seconds / size, 3),
    }


def _fill(size: int, at: datetime) -> None:
    from accounts.models import Account
    from connect.models import Capability, ExternalAccount, PayoutSchedule
    from core.database.transactions import atomic
    from core.ids import new_id
    from core.tenant import Tenant
    from ledger.posting import journal
    from payments.intents.services import payment_intents

    now = at - timedelta(days=1)
    platform = Account.objects.create(
        id=new_id("acct"),
        name="Bench",
        created_at=now,
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
    )
    payment_intents.create(
        tenant=Tenant(platform.id, livemode=False),
        confirm=True,
        at=now,
        currency="usd",
        payment_method="pm_card_bypassPending",
        amount=2 * size * _EACH,
    )
    sellers = [
        Account(
            id=new_id("acct"),
            opened_by=platform,
            name="Seller",
            type="express",
            created_at=now,
            charges_enabled=True,
            payouts_enabled=True,
            details_submitted=True,
        )
        for _ in range(size)
    ]
    mine = [{"account": seller, "livemode": False} for seller in sellers]
    banks = [_bank(one, now) for one in mine]
    with atomic():
        Account.objects.bulk_create(sellers, batch_size=_AT_ONCE)
        Capability.objects.bulk_create(
            [
                Capability(**one, name="transfers", status="active", is_requested=True)
                for one in mine
            ],
            batch_size=_AT_ONCE,
        )
        ExternalAccount.objects.bulk_create(banks, batch_size=_AT_ONCE)
        PayoutSchedule.objects.bulk_create(
            [PayoutSchedule(**one, next_on=at.date()) for one in mine], batch_size=_AT_ONCE
        )
    for start in range(0, size, _AT_ONCE):
        given = [_gift(platform.id, one.id, now) for one in sellers[start : start + _AT_ONCE]]
        with atomic():
            journal.post_many(given, livemode=False, at=now)


def _bank(owner: JsonObject, at: datetime) -> "ExternalAccount":
    from connect.models import ExternalAccount
    from connect.payouts import account_numbers
    from core.ids import new_id

    return ExternalAccount(
        **owner,
        id=(id := new_id("ba")),
        kind="bank_account",
        country="US",
        currency="usd",
        is_default=True,
        last4="6789",
        fingerprint="bench",
        routing_number="110000000",
        sealed_number=account_numbers.seal("000123456789", row=id),
        created_at=at,
    )


def _gift(platform: str, seller: str, at: datetime) -> "Entry":
    from core.ids import new_id
    from ledger import rules
    from ledger.chart import AVAILABLE
    from ledger.entries import Entry, Line, Part

    part, source = (Part(AVAILABLE, _EACH),), new_id("tr")
    return Entry(
        rule=rules.TRANSFER,
        source=source,
        group=source,
        currency="usd",
        debit_owner=platform,
        credit_owner=seller,
        debits=part,
        credits=part,
        lines=(
            Line(platform, "transfer", -_EACH, source, at.date()),
            Line(seller, "payment", _EACH, new_id("py"), at.date()),
        ),
    )


def _file(count: int) -> float:
    """Write a file of so many payments, checked against the schema, and say how long it took."""
    from datetime import UTC

    from processors.sepa.formats import pain001

    debtor = pain001.Party("Bench", _IBAN)
    payments = [
        pain001.Payment(f"bench-{n}", _EACH + n, pain001.Party("Ada Lovelace", _IBAN), "Payout")
        for n in range(count)
    ]
    at = datetime.now(UTC)
    began = time.perf_counter()
    pain001.write(
        file_id=f"bench-{count}",
        created_at=at,
        execution_date=at.date(),
        debtor=debtor,
        payments=payments,
    )
    return round(time.perf_counter() - began, 2)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], [int(size) for size in sys.argv[2:]])))
