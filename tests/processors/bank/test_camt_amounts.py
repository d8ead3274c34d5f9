"""What the payments of an entry moved, in all the ways in which banks tell it."""

from typing import NamedTuple

import pycountry
import pytest

from processors.sepa.formats import camt
from processors.sepa.formats.iso4217 import DECIMALS
from tests.processors.bank.samples import (
    details,
    entry,
    euros,
    notification,
    open_file,
    side,
    statement,
    tag,
)


class Way(NamedTuple):
    """An entry as a bank tells it, and what it comes to."""

    moved: int
    payments: tuple[str, ...]
    details: list[int]
    rest: int = 0
    named: tuple[str, ...] = ()
    more: str = ""
    batch: str = ""
    version: str = "08"


def only(text):
    ((_, entries),) = [(page, list(rows)) for page, rows in camt.read(open_file(text))]
    (one,) = entries
    return one


def amounts(**parts):
    return tag("AmtDtls", *(tag(name, amount) for name, amount in parts.items()))


def bare(key, *parts):
    return tag("TxDtls", tag("Refs", tag("EndToEndId", key)), *parts)


def record(cents, included=""):
    mark = tag("ChrgInclInd", included) if included else ""
    return tag("Rcrd", euros(abs(cents)), side(-cents), mark)


TOTAL = tag("Chrgs", euros(26_00, "TtlChrgsAndTaxAmt"))
KEPT_HALF = tag("Chrgs", record(50, "true"))
WAYS = {
    "charges at the entry": Way(
        -408_87, (details(-204_00), details(-204_37)), [-204_00, -204_37], -50, more=KEPT_HALF
    ),
    "charges at the entry, older": Way(
        -408_87, (details(-204_00, version="02"), details(-204_37, version="02")),
        [-204_00, -204_37], -50, more=tag("Chrgs", euros(50)), version="02",
    ),
    "charges at the entry taken off several": Way(
        99_50, (details(50_00), details(50_00)), [50_00, 50_00], -50, more=KEPT_HALF
    ),
    "charges at the entry taken off one": Way(99_50, (details(100_00),), [99_50], more=KEPT_HALF),
    "total only": Way(-1526_00, (details(-1500_00, TOTAL),), [-1500_00], -26_00),
    "total only, of what came in": Way(74_00, (details(100_00, TOTAL),), [74_00]),
    "one charge included and one not": Way(
        98_00, (details(100_00, tag("Chrgs", record(2_00, "true"), record(4, "false"))),), [98_00]
    ),
    "not included and taken off all the same": Way(
        97_96, (details(100_00, tag("Chrgs", record(2_00, "true"), record(4, "0"))),), [97_96]
    ),
    "a charge given back": Way(
        -99_00, (details(-100_00, tag("Chrgs", record(-1_00))),), [-100_00], 1_00
    ),
    "a charge in another currency": Way(
        -100_00, (details(-100_00, tag("Chrgs", tag("Rcrd", euros(1, currency="GHS")))),), [-100_00]
    ),
    "counter values": Way(
        300_00,
        tuple(
            bare("F", amounts(TxAmt=euros(cents, currency="CHF"), CntrValAmt=euros(cents)))
            for cents in (100_00, 200_00)
        ),
        [100_00, 200_00],
    ),
    "instructed amounts only": Way(
        -300_00, tuple(bare("I", amounts(InstdAmt=euros(cents))) for cents in (100_00, 200_00)),
        [-100_00, -200_00],
    ),
    "instructed amount of what came back short": Way(
        97_50, (bare("I", amounts(InstdAmt=euros(100_00))),), [97_50]
    ),
    "one without amount among several": Way(
        -300_00, (details(-100_00), bare("I")), [-100_00, -200_00]
    ),
    "no amounts": Way(30_00, (bare("A-1"), bare("A-2")), [], named=("A-1", "A-2")),
    "no amounts, one payment": Way(30_00, (bare("A-1"),), [30_00]),
    "foreign amounts only": Way(
        30_00, tuple(bare(key, amounts(TxAmt=euros(5, currency="GHS"))) for key in "AB"), [],
        named=("A", "B"),
    ),
    "more than its payments": Way(5, (details(2), details(2)), [2, 2], 1),
    "more than its one payment": Way(-5, (details(-4),), [-4], -1),
    "less than its payments": Way(
        3, (details(2, key="A"), details(2, key="B")), [], named=("A", "B")
    ),
    "less than its one payment": Way(97_50, (details(100_00),), [97_50]),
    "a count of payments that is another": Way(
        5, (details(2), details(3)), [2, 3], batch=tag("Btch", tag("NbOfTxs", 3))
    ),
    "an amount that is none": Way(
        -5, (bare("A", tag("Amt", "1e2", Ccy="EUR")), details(-3)), [-2, -3]
    ),
    "a direction that is none": Way(
        -5, (bare("A", euros(5), tag("CdtDbtInd", "BOTH")),), [-5]
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("is_statement", [True, False])
def test_no_payment_refuses_its_statement(way, is_statement):
    told = entry(way.moved, *way.payments, more=way.more, batch=way.batch, version=way.version)
    page = (
        statement(told, closing=way.moved, version=way.version)
        if is_statement
        else notification(told, version=way.version)
    )

    one = only(page)

    assert [detail.signed for detail in one.details] == way.details
    assert (one.signed, one.rest, one.named) == (way.moved, way.rest, way.named)
    assert not one.details or sum(way.details) + one.rest == way.moved


@pytest.mark.parametrize(
    ("written", "currency", "sent", "known"),
    [
        ("500.00", "GHS", 500_00, "ghs"),
        ("190000.50", "MGA", None, "mga"),
        ("190000", "MGA", 190_000, "mga"),
        ("1000", "ITL", 1_000, "itl"),
        ("12.345", "IQD", 12_345, "iqd"),
        ("100.50", "DEM", 100_50, "dem"),
        ("1e2", "GHS", None, "ghs"),
        ("5.00", "QQQ", None, None),
        ("5.00", "", None, None),
    ],
)
def test_a_currency_that_only_informs_refuses_nothing(written, currency, sent, known):
    informing = amounts(InstdAmt=tag("Amt", written, Ccy=currency), TxAmt=euros(36_90))

    one = only(notification(entry(36_90, bare("X", informing)))).details[0]

    assert (one.signed, one.sent_amount, one.sent_currency) == (36_90, sent, known)


# Metals, units of account, and codes for tests and for none.
NO_MONEY = "xag xau xba xbb xbc xbd xdr xpd xpt xsu xts xua xxx".split()


def test_every_currency_in_force_and_many_that_were_are_known():
    in_force = {one.alpha_3.lower() for one in pycountry.currencies}

    assert in_force - DECIMALS.keys() == set(NO_MONEY)
    assert {"dem", "frf", "hrk", "zwl", "bgn"} <= DECIMALS.keys()
