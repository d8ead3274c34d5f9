"""Entries as an accountant would write them, with what owners are shown of them."""

from datetime import UTC, datetime

from core.database.transactions import atomic
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.posting import journal

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_deposit(amount, *, to="acct_a", source="ch_1", currency="usd", processor="simulator"):
    return Entry(
        rules.CHARGE_CAPTURED,
        source,
        source,
        currency,
        processor,
        to,
        (Part(PROCESSOR, amount),),
        (Part(AVAILABLE, amount),),
        lines=(Line(to, "charge", amount, source, AT.date()),),
    )


def a_transfer(amount, *, of="acct_a", to="acct_b", source="tr_1", currency="usd", **more):
    part = (Part(AVAILABLE, amount),)
    lines = (
        Line(of, "transfer", -amount, source, AT.date()),
        Line(to, "payment", amount, source, AT.date()),
    )
    return Entry(rules.TRANSFER, source, source, currency, of, to, part, part, lines, **more)


def post(*entries, livemode=False):
    with atomic():
        return journal.post_many(entries, livemode=livemode, at=AT)
