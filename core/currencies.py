"""ISO 4217 codes with what amounts on the wire may be: decimals, least, most and steps.

Source: Stripe's page of supported currencies, with its special cases.
"""

from typing import Final

# Other than in ISO 4217, isk and ugx have two decimals on the wire, which are always 00.
ZERO_DECIMAL: Final = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()
)
THREE_DECIMAL: Final = frozenset("bhd jod kwd omr tnd".split())

# The cedi is on that page no currency of payments: sellers in Ghana are paid out in it.
_TWO_DECIMAL: Final = frozenset(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd
    cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel ghs gip gmd gtq gyd
    hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd
    mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar
    ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx
    usd uyu uzs wst xcd yer zar zmw
    """.split()
)

CODES: Final = _TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL

# What every amount of the currency is a multiple of, in minor units, if it is not 1.
_STEPS: Final = {"isk": 100, "ugx": 100} | dict.fromkeys(THREE_DECIMAL, 10)
_PAYOUT_STEPS: Final = dict.fromkeys(("huf", "isk", "twd", "ugx"), 100)

# How many digits a charge in minor units may have: by card, and by anything else.
_CARD_DIGITS: Final = 12
_AMEX_DIGITS: Final = 9
_DIGITS: Final = {"idr": 12, "cop": 10, "inr": 9}
_OTHER_DIGITS: Final = 8

# The smallest charge in minor units, about half a US dollar.
# Source: Stripe's list of minimum charge amounts by settlement currency.
_MINIMUM_CHARGE: Final = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50,
    "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50,
    "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200,
    "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip


def exponent(currency: str) -> int:
    """Return how many decimals the currency's minor unit stands for: 2 for `"usd"`.

    Raises:
        KeyError: If the code is not in the table.
    """
    if currency not in CODES:
        raise KeyError(currency)
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def minimum_charge(currency: str) -> int:
    """Return the smallest amount, in minor units, that a charge in the currency may have."""
    if currency in _MINIMUM_CHARGE:
        return _MINIMUM_CHARGE[currency]
    half = 1 if currency in ZERO_DECIMAL else 10 ** exponent(currency) // 2
    return max(half, step(currency))


def maximum_charge(currency: str, *, is_card: bool = True, brand: str = "") -> int:
    """Return the largest amount, in minor units, that a charge in the currency may have.

    Args:
        currency: Lower-case ISO code.
        is_card: True if it is paid by card.
        brand: The brand of the card, if it is known.
    """
    if is_card:
        digits = _AMEX_DIGITS if brand == "amex" else _CARD_DIGITS
    else:
        digits = _DIGITS.get(currency, _OTHER_DIGITS)
    return int(10**digits - 1)


def step(currency: str) -> int:
    """Return what every amount of the currency is a multiple of, in minor units."""
    return _STEPS.get(currency, 1)


def payout_step(currency: str) -> int:
    """Return what every payout in the currency is a multiple of, in minor units."""
    return _PAYOUT_STEPS.get(currency, 1)
