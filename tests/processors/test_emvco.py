"""The codes that banks' apps read, against codes that others have published."""

import pytest

from processors.protocols import emvco

BILL = (
    "00020101021230640016A0000006770101120115010553509091205020720661140310W229329355"
    "53037645406200.005802TH62070703PRF63040C86"
)


def test_a_bill_is_written_as_a_shop_in_thailand_prints_it():
    written = emvco.to_biller(
        "010553509091205", "2066114", "W229329355", amount=200_00, terminal="PRF"
    )

    assert written == BILL


def test_a_transfer_to_a_phone_is_written_as_generators_write_it():
    written = emvco.to_phone("0812345678", 100_00)

    assert written == (
        "00020101021229370016A0000006770101110113006681234567853037645406100.005802TH6304F142"
    )
    assert emvco.is_whole(written)


def test_a_transfer_by_paynow_is_written_as_an_invoice_in_singapore_prints_it():
    written = emvco.to_paynow(
        "T08GB0025ACT1",
        "RD03032023092829300281",
        amount=203_00,
        expires="20230928161820",
        name="JTC CORPORATION",
    )

    assert written == (
        "00020101021226580009SG.PAYNOW010120213T08GB0025ACT1030100414202309281618205204000053037025"
        "406203.005802SG5915JTC CORPORATION6009SINGAPORE62260122RD030320230928293002816304E9D2"
    )


def test_a_transfer_by_pix_is_written_as_the_manual_of_the_central_bank_has_it():
    written = emvco.to_pix(
        "123e4567-e12b-12d1-a456-426655440000",
        "***",
        amount=None,
        name="Fulano de Tal",
        city="BRASILIA",
    )

    assert written == (
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000520400005303986"
        "5802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
    )


def test_without_an_amount_the_payer_says_how_much():
    written = emvco.to_phone("0801234567")

    assert written.startswith("000201010211")
    assert "5303764" + "5802TH" in written


@pytest.mark.parametrize(
    ("written", "part"),
    [
        (
            emvco.to_national_id("1111111111111"),
            "2937" + "0016A000000677010111" + "0213" + "1" * 13,
        ),
        (
            emvco.to_wallet("012345678901234"),
            "2939" + "0016A000000677010111" + "0315012345678901234",
        ),
        (emvco.to_phone("0812345678", 5), "54040.05"),
        (emvco.to_phone("0812345678", 1_234_567_89), "541" + "01234567.89"),
    ],
)
def test_each_value_is_named_and_counted(written, part):
    assert part in written
    assert emvco.is_whole(written)


@pytest.mark.parametrize("place", range(0, len(BILL), 7))
def test_one_wrong_letter_is_noticed(place):
    other = "7" if BILL[place] != "7" else "8"

    assert emvco.is_whole(BILL)
    assert not emvco.is_whole(BILL[:place] + other + BILL[place + 1 :])
