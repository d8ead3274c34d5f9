from datetime import UTC, date, datetime

import pytest

from core.database.transactions import atomic
from ledger import rules
from ledger.chart import PENDING, PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.models import BalanceTransaction
from ledger.posting import journal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words",
    ['say "hello"', "back\\slash\\", "{a,b}", "NULL", "", " ", "'; --", "line\nbreak", "héllo 💸"],
)
def test_whatever_a_merchant_writes_is_kept_as_it_is(words):
    charge = "ch_words"
    line = Line("acct_w", "charge", 100, charge, date(2030, 1, 1), description=words, id="txn_w")
    entry = Entry(
        rules.CHARGE_CAPTURED,
        charge,
        charge,
        "usd",
        "simulator",
        "acct_w",
        (Part(PROCESSOR, 100),),
        (Part(PENDING, 100, date(2030, 1, 1), charge),),
        (line,),
    )

    with atomic():
        journal.post(entry, livemode=False, at=datetime(2026, 11, 23, tzinfo=UTC))

    assert BalanceTransaction.objects.get(id="txn_w").description == words
