"""Payouts and the bank's statements as lines: paid, come back, left to somebody, told twice."""

import pytest
from django.urls import reverse

from connect.models import Payout
from core.errors import InvalidRequest
from ledger.queries import account_balance, balance
from processors.models import BankFile, BankLine, BankStatement
from tests.admin.test_bank_pages import PAGE, an_operator, submit
from tests.books import assert_books_balance
from tests.connect.test_bank_payouts import (
    IBANS,
    a_payout,
    a_sent_file,
    hear,
    name_of,
    status,
)
from tests.factories import a_platform

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]


@pytest.fixture
def platform():
    return a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)


def numbered(code: str, reference: str, words: str, iban: str) -> str:
    """Return words as German banks number and break them."""
    purpose = f"EREF+{reference}"
    first, rest = purpose[:27], purpose[27:]
    return f":86:{code}?00UEBERWEISUNG?20{first}?21{rest}?22SVWZ+{words}?31{iban}?32ANNA MAIER"


def a_statement(*lines: str, opening: str, closing: str, number=1, day="261128") -> str:
    return "\r\n".join(
        (
            ":20:STARTUMS",
            ":25:37040044/0532013000EUR",
            f":28C:{number}/1",
            f":60F:C261127EUR{opening}",
            *lines,
            f":62F:C{day}EUR{closing}",
            "-",
            "",
        )
    )


def paid_out(payout: Payout, day="261128") -> tuple[str, str]:
    return (
        f":61:{day}{day[2:]}D50,00NTRFNONREF//7700",
        numbered("116", name_of(payout), "Woche 48", IBANS[2]),
    )


def test_a_payout_is_paid_and_comes_back_with_its_reason(platform):
    payout = a_payout(platform, IBANS[2])
    a_sent_file()

    news = hear(a_statement(*paid_out(payout), opening="1000,00", closing="950,00"), "a.sta")
    assert (news.matched, news.unmatched, status(payout)) == (1, 0, "paid")
    assert account_balance("bank", "bankfile", "eur") == -50_00
    back = numbered("159", name_of(payout), "RETURN AC04 KONTO ERLOSCHEN", IBANS[2])
    returned = (":61:2611301130C50,00NRTINONREF//7700", back)
    hear(a_statement(*returned, opening="950,00", closing="1000,00", number=2), "b.sta")

    payout.refresh_from_db()
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 50_00
    assert account_balance("bank", "bankfile", "eur") == 0
    assert_books_balance()


def test_what_nobody_understands_is_a_line_to_look_at_and_books_nothing(platform):
    payout = a_payout(platform, IBANS[2])
    a_sent_file()
    page = a_statement(
        *paid_out(payout),
        ":61:2611281128D2,70NCHGNONREF",
        ":86:805?00ENTGELT",
        ":61:261128 what",
        opening="1000,00",
        closing="940,00",
    )

    news = hear(page)

    assert (news.matched, news.unmatched, status(payout)) == (1, 2, "paid")
    assert list(
        BankLine.objects.filter(matched_by="").order_by("id").values_list("amount", flat=True)
    ) == [-2_70, -7_30]
    assert account_balance("bank", "bankfile", "eur") == -50_00
    assert_books_balance()


def test_money_that_comes_in_with_our_reference_is_no_return_without_a_code(platform):
    payout = a_payout(platform, IBANS[2])
    a_sent_file()
    hear(a_statement(*paid_out(payout), opening="1000,00", closing="950,00"))
    gift = (":61:2611281128C50,00NTRFNONREF", numbered("166", name_of(payout), "Danke", IBANS[2]))

    news = hear(a_statement(*gift, opening="950,00", closing="1000,00", number=2))

    assert (news.matched, news.unmatched, status(payout)) == (0, 1, "paid")
    assert_books_balance()


def test_what_an_interim_report_told_is_known_again_on_the_statement(platform):
    payout = a_payout(platform, IBANS[2])
    a_sent_file()
    whole = a_statement(*paid_out(payout), opening="1000,00", closing="950,00")
    interim = "\r\n".join(
        line.replace(":60F:C261127EUR1000,00", ":34F:EUR0,")
        for line in whole.splitlines()
        if not line.startswith(":62F:")
    )

    first, second = hear(interim), hear(whole)

    assert (first.matched, first.known) == (1, 0)
    assert (second.matched, second.known) == (0, 1)
    assert BankStatement.objects.count() == BankLine.objects.count() == 1
    assert account_balance("bank", "bankfile", "eur") == -50_00
    assert_books_balance()


def test_one_reference_and_amount_on_two_days_are_two_payments(platform):
    payouts = [a_payout(platform, IBANS[2]), a_payout(platform, IBANS[2])]
    a_sent_file()

    for number, (payout, day) in enumerate(zip(payouts, ("261128", "261130"), strict=True)):
        rest = 1_000 - 50 * number
        page = a_statement(
            *paid_out(payout, day),
            opening=f"{rest},",
            closing=f"{rest - 50},",
            number=number,
            day=day,
        )
        hear(page)

    assert [status(payout) for payout in payouts] == ["paid", "paid"]
    assert account_balance("bank", "bankfile", "eur") == -100_00
    assert_books_balance()


def test_a_statement_that_contradicts_itself_changes_nothing(platform):
    payout = a_payout(platform, IBANS[2])
    a_sent_file()

    with pytest.raises(InvalidRequest, match="does not add up"):
        hear(a_statement(*paid_out(payout), opening="1000,00", closing="951,00"))

    assert status(payout) == "in_transit"
    assert not BankLine.objects.exists()
    assert_books_balance()


def test_an_operator_hands_it_in_on_the_page(platform, tmp_path):
    payout = a_payout(platform, IBANS[2])
    a_sent_file()
    ann = an_operator("carla@example.com")
    assert "MT940" in ann.get(reverse(PAGE)).content.decode()
    path = tmp_path / "umsatz.sta"
    path.write_text(a_statement(*paid_out(payout), opening="1000,00", closing="950,00"))

    with path.open("rb") as content:
        page = submit(ann, do="take", livemode="false", content=content)

    assert "1 lines matched, 0 to look at" in page
    assert BankFile.objects.get(name="umsatz.sta").kind == "statement"
    assert_books_balance()
