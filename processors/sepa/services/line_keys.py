"""What tells one line of a statement from all others, however often a bank tells it."""

from typing import Final

from django.utils.crypto import salted_hmac

from core.security.card_numbers import mask
from processors.sepa.formats.camt import Entry, Statement

# What banks write where they have no reference.
_NO_REFERENCE: Final = frozenset({"NONREF", "NOTPROVIDED"})


def of(
    statement: Statement,
    entry: Entry,
    *,
    livemode: bool,
    position: int,
    signed: int,
    end_to_end_id: str,
) -> str:
    """Return the key of a payment of an entry.

    Args:
        statement: The statement, with the account.
        entry: The entry, with the bank's reference.
        livemode: The mode of the file.
        position: The position of the payment in the entry.
        signed: What it moved, in minor units.
        end_to_end_id: As the payer wrote it; empty if there is none.
    """
    is_named = entry.reference and entry.reference not in _NO_REFERENCE
    day = entry.booked_on or entry.value_on
    # Statements may be numbered anew each year.
    name = (entry.reference if is_named else None) or f"{statement.id}/{day}/{entry.position}"
    mode = "" if livemode else "test "
    # Some banks give a payment and its charge one reference: the amount tells them apart. Others
    # give it to a whole day: what differs is another payment, and so is the second one of a page.
    return _without_card_numbers(
        f"{mode}{statement.account} {name[:80]} {position} {signed} {end_to_end_id}".strip()
    )


def _without_card_numbers(key: str) -> str:
    """Mask what a payer may have written, so that two cards still make two keys."""
    shown = mask(key)
    if shown == key:
        return key
    digest = salted_hmac("processors.bank_line", key, algorithm="sha256").hexdigest()
    return f"{shown} {digest[:16]}"
