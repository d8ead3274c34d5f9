"""Every prefix of every id. A prefix names one kind of object, for ever."""

import os
import threading
import time
from datetime import timedelta
from typing import Final

PREFIXES: Final[dict[str, str]] = {
    "acct": "account",
    "user": "user",
    "mem": "membership",
    "inv": "invitation of an operator",
    "key": "api key",
    "fapi": "FAPI client of an account",
    "req": "request",
    "aud": "line of the audit trail",
    "alarm": "alarm of a security detector",
    "appr": "request for another person's approval",
    "apprule": "rule of what another person must approve",
    "idk": "idempotency key",
    "cus": "customer",
    "cbtxn": "customer balance transaction",
    "txi": "tax id of a customer or a merchant",
    "pm": "payment method",
    "pmc": "payment method configuration",
    "pmd": "domain on which payment methods are shown",
    "apwc": "domain on which a wallet is shown",
    "cuss": "customer session",
    "pi": "payment intent",
    "seti": "setup intent",
    "setatt": "setup attempt",
    "mandate": "mandate",
    "ins": "processor account's name of a payment method",
    "tok": "token",
    "ctoken": "confirmation token",
    "ct": "token of what is said of an account",
    "cpt": "token of what is said of a person",
    "btok": "token of a bank account",
    "pii": "token of a number of a person",
    "src": "card by an older name: a source",
    "tds": "3-D Secure authentication",
    "ch": "charge",
    "py": "payment received from another account",
    "rcpt": "receipt",
    "ltr": "letter to an account's people or an operator",
    "unp": "unapplied payment: money that a payer sent too late",
    "du": "dispute",
    "issfr": "early fraud warning",
    "simdp": "what the simulated processor keeps of a dispute",
    "re": "refund",
    "pyr": "refund of a payment received from another account",
    "tr": "transfer",
    "trr": "transfer reversal",
    "fee": "application fee",
    "fr": "application fee refund",
    "ba": "bank account that is paid out to",
    "card": "debit card that is paid out to",
    "person": "person behind a connected account",
    "block": "block of a connected account's charges or payouts",
    "alink": "link of a seller to a page",
    "rset": "rules of routing, as they were published once",
    "fxrate": "rate between two currencies",
    "crsv": "change of what a platform sets aside for its sellers",
    "po": "payout",
    "poa": "payout attempt",
    "porun": "payout run",
    "poprice": "what a platform charges its sellers for instant payouts",
    "cash": "what a location can pay out in one currency",
    "tmove": "move of the operator's money between a processor and a bank",
    "bfile": "file for a bank or from one",
    "bstmt": "statement of our account at a bank",
    "bline": "line of a statement",
    "feesched": "fee schedule",
    "feetrue": "correction of an estimated processing fee",
    "prod": "product",
    "price": "price",
    "txr": "tax rate",
    "shr": "shipping rate",
    "coupon": "coupon, for us: the wire has an id of its merchant's own",
    "promo": "promotion code",
    "plink": "payment link",
    "cs_live": "checkout session",
    "cs_test": "checkout session in test mode",
    "di": "discount of a checkout session",
    "li": "line of a checkout session",
    "exp": "export of a list of the console",
    "drill": "what was tried out for going live",
    "note": "note about an object of the console",
    "filt": "filters of a list that somebody saved",
    "file": "file",
    "link": "link to a file",
    "txn": "balance transaction",
    "je": "journal entry",
    "hold": "hold",
    "evt": "event",
    "we": "webhook endpoint",
    "whsec": "webhook signing secret",
    "dlv": "delivery",
    "rsd": "resend",
    "att": "delivery attempt",
    "setline": "line of a processor's statement",
    "inn": "inbound notice of a processor",
    "simno": "notice of the simulated processor",
    "simch": "what the simulated processor keeps of a charge",
    "simse": "what the simulated processor keeps of a setup",
    "simpo": "what the simulated bank keeps of a payout",
    "simre": "what the simulated processor keeps of a refund",
}

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CLOCK_LENGTH: Final = 8
_RANDOM_LENGTH: Final = 16
# Eight characters of base 62 hold 138 years of this unit, counted from 1970.
_TICKS_PER_SECOND: Final = 50_000
# How far the clocks of two machines may be apart, and a step may lag behind its request.
_CLOCKS_APART: Final = timedelta(seconds=30)
_CHARACTERS: Final = bytes(ord(ALPHABET[byte % 62]) for byte in range(256))
_DROPPED: Final = bytes(range(248, 256))

_lock = threading.Lock()
_last_tick = 0


def new_id(prefix: str) -> str:
    """Make an id that sorts by the time at which it was made.

    Two ids made by one process never share a clock value, so the order of the
    ids of one transaction is the order in which they were made.

    Args:
        prefix: A key of `PREFIXES`, such as `"ch"`.

    Returns:
        The prefix, an underscore, 8 characters of clock and 16 random ones.

    Raises:
        KeyError: If the prefix is not in the table.
    """
    return with_prefix(prefix, new_suffix())


def earlier(id: str, by: timedelta) -> str:
    """Return what sorts before every id that was made later than so long before another one.

    Args:
        id: Made by `new_id`.
        by: How long.
    """
    prefix, _, suffix = id.rpartition("_")
    tick = 0
    for character in suffix[:_CLOCK_LENGTH]:
        tick = tick * 62 + ALPHABET.index(character)
    earlier = max(tick - int(by.total_seconds() * _TICKS_PER_SECOND), 0)
    return with_prefix(prefix, _base62(earlier, _CLOCK_LENGTH))


def span(prefix: str, id: str, within: timedelta) -> tuple[str, str]:
    """Return between which ids those are that were made while something went on.

    Args:
        prefix: Of what was made.
        id: Of what went on, made by `new_id` when it began.
        within: How long it took.
    """
    began = f"{prefix}_{id.rpartition('_')[2]}"
    return earlier(began, _CLOCKS_APART), earlier(began, -(within + _CLOCKS_APART))


def with_prefix(prefix: str, suffix: str) -> str:
    """Join a known prefix to 24 characters made by `new_suffix`."""
    PREFIXES[prefix]
    return f"{prefix}_{suffix}"


def new_suffix() -> str:
    """Make the 24 characters after the underscore: clock first, then random ones."""
    return _base62(_next_tick(), _CLOCK_LENGTH) + random_text(_RANDOM_LENGTH)


def random_text(length: int) -> str:
    """Draw base-62 characters from the system's secure source, without bias."""
    # A byte below 248 is one of four that mean the same character; the others are dropped.
    text = b""
    while len(text) < length:
        text += os.urandom(2 * length).translate(_CHARACTERS, _DROPPED)
    return text[:length].decode()


def prefix_of(id: str) -> str:
    """Return what stands before the last underscore: `"ch"` for `"ch_..."`."""
    return id.rpartition("_")[0]


def application_id(account_id: str) -> str:
    """Name the Connect application of a platform, `ca_...`."""
    return "ca_" + account_id.removeprefix("acct_")


def _next_tick() -> int:
    global _last_tick
    with _lock:
        _last_tick = max(time.time_ns() * _TICKS_PER_SECOND // 1_000_000_000, _last_tick + 1)
        return _last_tick


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
