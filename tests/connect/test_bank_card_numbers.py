"""Numbers of cards that payers write into their transfers are kept nowhere."""

import pytest

from core.errors import InvalidRequest
from processors.models import BankFile, BankLine
from tests.books import assert_books_balance
from tests.connect.test_bank_payouts import a_payout, a_sent_file, hear, name_of, status
from tests.factories import a_platform
from tests.processors.bank import samples as bank
from tests.tables import tables_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]

# They differ in nothing of what is shown of them.
CARDS = ("4000056655665556", "4242424000095556")


def paid_in(card: str) -> str:
    words = bank.tag("RmtInf", bank.tag("Ustrd", f"order 7, card {card[:8]} {card[8:]}"))
    payer = bank.tag("RltdPties", bank.party("Dbtr", f"Ada {card}", "AT741904300000000001"))
    return bank.entry(10_00, bank.details(10_00, words, key=card, parties=payer), ref="R-2")


def test_lines_and_files_hold_no_number_of_a_card_and_no_line_is_taken_for_another():
    platform = a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)
    payout = a_payout(platform)
    a_sent_file()
    out = bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref="R-1")
    content = bank.statement(out, *map(paid_in, CARDS), opening=1_000_00, closing=970_00)

    first = hear(content, name=f"{CARDS[0]}.xml")
    with pytest.raises(InvalidRequest, match="has been read before"):
        hear(content)
    again = hear(bank.notification(*map(paid_in, CARDS)))

    assert (first.matched, first.unmatched, again.known, again.unmatched) == (1, 2, 2, 0)
    assert status(payout) == "paid"
    line = BankLine.objects.filter(matched_by="").first()
    assert line.text == "order 7, card ************5556"
    assert (line.counterparty, line.end_to_end_id) == ("Ada ************5556", "*" * 12 + "5556")
    file = BankFile.objects.exclude(kind="payments").first()
    assert len(bytes(file.content)) == len(content)
    assert file.name == "************5556.xml"
    for card in CARDS:
        assert tables_with(card) == tables_with(f"{card[:8]} {card[8:]}") == []
    assert_books_balance()
