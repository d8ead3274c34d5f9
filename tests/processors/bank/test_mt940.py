"""Statements as lines, in the manner of banks that many know: what is read, and what is refused."""

from io import BytesIO
from pathlib import Path

import pytest

from processors.sepa.formats import statements
from processors.sepa.formats.camt import EntryStatus
from processors.sepa.formats.mt94x import reader
from processors.sepa.formats.reading import BadFile

FOLDER = Path(__file__).parent / "mt940"
ANNAS = "AT611904300234573201"
LONG = "po-abcdefghijklmnopqrstuvwxyz"
# Bank → of each statement: its name, account, currency, opening, closing, whether it is interim;
# and of each entry: amount, day of booking, whether it came back, and of its payment end-to-end id,
# name, account and text.
TOLD = {
    "abn_amro": [
        ("ABN AMRO BANK NV 33201", "NL91ABNA0417164300", "eur", 1_000_00, 937_30, False, [
            (-60_00, "11-28", False, "po-1", "ANNA MAIER", ANNAS, "WOCHE 48"),
            (-2_70, "11-28", False, None, None, None, "ABN AMRO BANK N.V. BETALINGSPAKKET 2,70"),
        ]),
    ],
    "ing": [
        ("P261128000000001 00000", "NL20INGB0001234567", "eur", 250_00, 275_00, False, [
            (25_00, "11-28", False, "INV-7", "A MAIER", ANNAS, "9000000000000007"),
            (-10_00, "11-28", False, "po-1", "A MAIER", ANNAS, "WEEK 48"),
            (10_00, "11-28", True, "po-1", "A MAIER", ANNAS, "ACCOUNT CLOSED"),
        ]),
    ],
    "rabobank": [
        ("940S261128 26332", "NL39RABO0300065264", "eur", 120_00, 120_00, False, [
            (-20_00, None, False, "po-1", "ANNA MAIER", None, "WEEK 48"),
            (20_00, None, True, "po-1", "ANNA MAIER", None, "GEEN REDEN"),
        ]),
        ("940S261129 26333", "NL39RABO0300065264", "eur", 120_00, 120_00, False, []),
    ],
    "deutsche_bank": [
        ("STARTUMS 00225", "DE94500700100123456789", "eur", -100_00, -165_00, True, [
            (
                -60_00, "11-28", False, LONG, "ANNA MAIER UND SOEHNE AG WIEN", ANNAS,
                "Miete November und Noch Nebenkosten",
            ),
            (-5_00, "11-28", True, None, None, None, "Gutschrift vom 27.11."),
        ]),
        ("STARTUMS 00225/2", "DE94500700100123456789", "eur", -165_00, -157_50, False, [
            (7_50, "01-02", False, None, "BERTA", None, "Danke"),
        ]),
    ],
    "commerzbank": [
        ("CB226 226", "DE89370400440532013000", "eur", 500_00, 596_30, False, [
            (97_50, "11-28", True, "po-1", "ANNA MAIER", ANNAS, "RETURN AC04 KONTO ERLOSCHEN"),
            (-1_20, "11-28", False, None, None, None, ""),
        ]),
    ],
    "kbc": [
        ("KBC-261128 226", "BE68539007547034", "eur", 80_50, 30_50, False, [
            (
                -50_00, "11-28", False, None, None, ANNAS,
                f"NAAR {ANNAS} ANNA MAIER MEDEDELING: po-1",
            ),
        ]),
    ],
    "pko_bp": [
        ("MT940 226", "PL61109010140000071219812874", "pln", 500_00, 620_00, False, [
            (
                120_00, "11-28", False, None, "JAN KOWALSKI UL. DLUGA 1",
                "PL27114020040000300201355387", "FAKTURA 7 ZA LISTOPAD I GRUDZIEN",
            ),
        ]),
    ],
    "pekao": [
        ("9400226 226", "PL61109010140000071219812874", "eur", 100_00, 60_00, False, [
            (-40_00, "11-28", False, None, None, ANNAS, "po-1 TYDZIEN 48 ANNA MAIER"),
        ]),
    ],
    "sparkasse_interim": [
        ("STARTDISPE 00226", "DE89370400440532013000", "eur", None, None, False, [
            (-40_00, "11-28", False, "po-1", "ANNA MAIER", ANNAS, "Woche 48"),
            (-9_00, None, False, None, None, None, "Strom"),
        ]),
    ],
}  # fmt: skip


def read_statements(content: bytes | str):
    source = BytesIO(content.encode() if isinstance(content, str) else content)
    return [(page, list(entries)) for page, entries in statements.read(source)]


def read_sample(bank: str):
    return read_statements((FOLDER / f"{bank}.sta").read_bytes())


def test_every_bank_of_the_folder_is_tried():
    assert {path.stem for path in FOLDER.glob("*.sta")} == set(TOLD)


@pytest.mark.parametrize("bank", TOLD)
def test_a_statement_of_this_bank_is_read(bank):
    found = [
        (
            page.id,
            page.account,
            entries[0].currency if entries else "eur",
            page.opening and page.opening.amount,
            page.closing and page.closing.amount,
            page.is_interim,
            [
                (
                    entry.signed,
                    entry.booked_on and f"{entry.booked_on:%m-%d}",
                    entry.is_return,
                    one.end_to_end_id,
                    one.counterparty,
                    one.counterparty_iban,
                    one.text,
                )
                for entry in entries
                for one in entry.details
            ],
        )
        for page, entries in read_sample(bank)
    ]

    assert found == TOLD[bank]


def test_why_a_payment_came_back_is_told_by_a_code():
    reasons = {
        bank: [
            one.return_code
            for _, entries in read_sample(bank)
            for e in entries
            for one in e.details
        ]
        for bank in ("ing", "rabobank", "commerzbank", "kbc")
    }

    assert reasons == {
        "ing": [None, None, "AC04"],
        "rabobank": [None, "MS03"],
        "commerzbank": ["AC04", None],
        "kbc": [None],
    }


def test_a_booking_in_january_of_a_value_in_december_is_of_the_next_year():
    (entry,) = read_sample("deutsche_bank")[1][1]

    assert (str(entry.value_on), str(entry.booked_on)) == ("2026-12-31", "2027-01-02")


def test_what_is_only_expected_is_not_booked():
    ((page, (booked, expected)),) = read_sample("sparkasse_interim")

    assert page.message == "mt942"
    assert (booked.status, expected.status) == (EntryStatus.BOOKED, EntryStatus.EXPECTED)
    assert expected.reference is None


def test_words_behind_the_closing_balance_are_about_no_payment():
    ((_, entries),) = read_sample("ing")

    assert "/SUM/" not in (entries[-1].text or "")


def a_statement(*lines: str, opening="100,00", closing="90,00", account=":25:NL20INGB0001234567"):
    return "\n".join(
        (
            ":20:A",
            account,
            ":28C:1",
            f":60F:C261127EUR{opening}",
            *lines,
            f":62F:C261128EUR{closing}",
            "-",
        )
    )


def test_one_line_that_nobody_understands_moved_what_the_balances_say():
    page = a_statement(":61:2611281128D4,00NTRFNONREF", ":61:26112811X6", ":86:what is this")

    ((_, (known, unknown)),) = read_statements(page)

    assert (known.signed, known.status) == (-4_00, EntryStatus.BOOKED)
    assert (unknown.signed, unknown.status) == (-6_00, EntryStatus.UNKNOWN)
    assert unknown.text == "26112811X6 what is this"
    assert unknown.details == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (a_statement(":61:2611281128D4,00NTRF"), "does not add up: opening balance 100.00 EUR"),
        (a_statement(":61:what", ":61:what"), "does not add up"),
        (a_statement(":61:2611281128D10,00NTRF", account=":21:x"), "not say of which account"),
        (a_statement(":61:2611281128D10,001NTRF"), "does not add up|decimals|10.001"),
        (a_statement().replace(":60F:C261127EUR100,00\n", ""), "only one of two balances"),
        (a_statement().replace("EUR", "EUX"), "'eux' is one that nobody here knows"),
        (a_statement().replace("C261127", "X261127"), ":60F: is 'X261127EUR100,00', which is none"),
        (a_statement(":86:" + "x" * 9_000), "One line is longer"),
        (a_statement(":86:x", *["x" * 8_000] * 140), "One field is longer"),
        (":20:A\n:25:NL20INGB0001234567\n-\n", "does not say its currency"),
    ],
)
def test_what_contradicts_itself_or_is_endless_is_refused(content, why):
    with pytest.raises(BadFile, match=why):
        read_statements(content)


def test_a_file_that_is_too_long_is_refused():
    with pytest.raises(BadFile, match="longer than 100 bytes"):
        list(reader.read(BytesIO(a_statement(":86:x" * 30).encode()), most_bytes=100))


def test_lines_may_be_of_windows_and_begin_with_a_mark():
    page = a_statement(":61:2611281128D10,00NTRF", ":86:Zürich").replace("\n", "\r\n")

    for content in (page.encode("cp1252"), b"\xef\xbb\xbf" + page.encode()):
        ((_, (entry,)),) = read_statements(content)
        assert entry.details[0].text == "Zürich"


def test_a_line_of_words_that_looks_like_a_field_is_words():
    ((_, (entry,)),) = read_statements(
        a_statement(":61:2611281128D10,00NTRF", ":86:one", ":99:two", "-- x")
    )

    assert entry.details[0].text == "one :99:two -- x"


def test_entries_are_read_one_after_the_other():
    lines = [line for n in range(3) for line in (f":61:2611281128D1,00NTRF//R{n}", f":86:po-{n}")]
    page = a_statement(*lines, closing="97,00")

    heads = []
    for head, entries in reader.read(BytesIO(f"{page}\n{page}\n".encode())):
        heads.append((head.id, next(entries).reference))
    assert heads == [("A 1", "R0 261128")] * 2
