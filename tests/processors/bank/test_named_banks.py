"""Statements in the manner of banks that many know, made after what they publish of them."""

from pathlib import Path

import pytest

from processors.sepa.formats import camt

FOLDER = Path(__file__).parent / "dialects"
OWN = "?"
# Bank → of each statement: its name, currency, opening, closing, whether it is interim; and of each
# entry: amount and status, what is left of it, and of each payment amount, name and text.
TOLD = {
    "deutsche_bank": [
        ("053C2026112400012", "eur", 1_000_00, 897_30, False, [
            (-100_00, "BOOK", 0, [(-60_00, "po-1", "Woche 47"), (-40_00, "po-2", "")]),
            (-2_70, "BOOK", 0, []),
        ]),
    ],
    "commerzbank": [
        ("CB-2026-226", "eur", 500_00, 597_50, False, [
            (97_50, "BOOK", 0, [(97_50, "po-1", "RETOURE SEPA-UEBERWEISUNG KONTO ERLOSCHEN")]),
        ]),
    ],
    "ing": [
        ("NL69INGB0123456789.2026-11-24", "eur", 250_00, 265_00, False, [
            (25_00, "BOOK", 0, [(25_00, None, "9000000000000007")]),
            (-10_00, "BOOK", 0, [(-10_00, "po-1", "")]),
        ]),
    ],
    "abn_amro": [("32800", "eur", 80_50, 30_50, False, [(-50_00, "BOOK", 0, [])])],
    "rabobank": [
        ("CAMT0000000001", "eur", 120_00, 100_00, False, [
            (-20_00, "BOOK", 0, [(-20_00, "po-1", "Week 47")]),
        ]),
        ("CAMT0000000002", "eur", 7_00, 7_00, False, []),
    ],
    "bnp_paribas": [
        ("2026/226", "eur", -10_00, -61_20, False, [
            (-51_20, "BOOK", -1_20, [(-50_00, "po-1", "Règlement semaine 47")]),
        ]),
    ],
    "unicredit": [
        ("UCI-226", "eur", 100_00, 90_00, False, [(-10_00, "BOOK", 0, [(-10_00, "po-1", "")])]),
        ("UCI-227", "eur", 90_00, 100_00, False, [(10_00, "BOOK", 0, [(10_00, "po-1", "")])]),
    ],
    "nordea": [
        ("NDEA-226-A", "eur", 40_00, 70_00, True, [
            (30_00, "BOOK", 0, [(10_00, None, "13"), (20_00, None, "RF332348236")]),
            (-5_00, "PDNG", 0, [(-5_00, "po-9", "")]),
        ]),
    ],
    "danske_bank": [
        ("DABA-225", "dkk", 1_000_00, 1_000_00, False, []),
        ("DABA-226", "dkk", 1_000_00, 627_00, False, [
            (-373_00, "BOOK", 0, [(-373_00, "po-1", "")]),
        ]),
    ],
    "seb": [
        ("SEB-226", "sek", 100_00, 90_00, True, [(-10_00, "BOOK", 0, [(-10_00, "po-1", "")])]),
        ("SEB-226/2", "sek", 90_00, 85_00, True, [(-5_00, "BOOK", 0, [(-5_00, "po-2", "")])]),
        ("SEB-226/3", "sek", 85_00, 86_00, False, [(1_00, "BOOK", 0, [])]),
    ],
    "ubs": [
        ("UBSW-226", "chf", 200_00, 349_95, False, [
            (149_95, "BOOK", 0, [
                (100_00, None, "210000000003139471430009017 ?REJECT?0"),
                (49_95, None, "Rechnung 12 RF18539007547034"),
            ]),
            (-7_00, OWN, 0, []),
        ]),
    ],
    "postfinance": [
        ("POFI-226", "chf", 60_00, 45_00, False, [
            (-10_00, "BOOK", 0, [(-10_00, "po-1", "")]), (-5_00, OWN, 0, []),
        ]),
    ],
    "hsbc": [("H-226", "gbp", 9_00, 5_00, False, [(-4_00, "BOOK", 0, [(-4_00, "po-1", "")])])],
    "barclays": [
        ("BARC-226", "gbp", 20_00, 26_00, False, [
            (8_00, "BOOK", 0, [(8_00, None, "INV-7 November")]), (-2_00, OWN, 0, []),
        ]),
    ],
}  # fmt: skip


def read(bank):
    with (FOLDER / f"{bank}.xml").open("rb") as source:
        return [(page, list(entries)) for page, entries in camt.read(source)]


def test_every_bank_of_the_folder_is_tried():
    assert {path.stem for path in FOLDER.glob("*.xml")} == set(TOLD)


@pytest.mark.parametrize("bank", TOLD)
def test_a_statement_of_this_bank_is_read(bank):
    found = [
        (
            page.id,
            page.opening.currency,
            page.opening.amount,
            page.closing.amount,
            page.is_interim,
            [
                (
                    entry.signed,
                    entry.status,
                    entry.rest,
                    [(one.signed, one.end_to_end_id, one.text) for one in entry.details],
                )
                for entry in entries
            ],
        )
        for page, entries in read(bank)
    ]

    assert found == TOLD[bank]


def test_what_came_back_says_so_in_each_banks_way():
    ((_, (returned,)),) = read("commerzbank")
    _, (_, (reversal,)) = read("unicredit")

    (one,) = returned.details
    assert (one.is_return, one.return_code, one.return_words) == (True, "AC04", "Account Closed")
    assert (one.sent_amount, one.charges, one.counterparty) == (100_00, 2_50, "Anna Weber")
    assert (reversal.is_reversal, reversal.details[0].is_return) == (True, True)


def test_the_other_side_is_known_in_each_banks_way():
    (_, (batch, fee)), *_ = read("deutsche_bank")
    ((_, (came, _)),) = read("ing")

    assert [one.counterparty for one in batch.details] == ["Anna Weber", "Ben Marchand"]
    assert (fee.kind, fee.text) == ("NCHG+808", "ENTGELTE")
    assert came.details[0].counterparty_iban == "NL91ABNA0417164300"


def test_a_status_of_the_banks_own_keeps_its_word():
    words = {
        bank: entries[-1].bank_status
        for bank in ("ubs", "postfinance", "barclays")
        for _, entries in read(bank)
    }

    assert words == {"ubs": "AVISIERT", "postfinance": "VERBUCHT", "barclays": ""}
