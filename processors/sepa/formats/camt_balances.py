"""What stood on the account at the beginning and end of a statement, or of a page of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from processors.sepa.formats import camt_details as parts
from processors.sepa.formats import reading
from processors.sepa.formats.reading import BadFile

# Booked balances only: what is available (OPAV, CLAV, FWAV, ITAV) and all others inform.
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = "CLBD"
_INTERIM: Final = "ITBD"


@dataclass(frozen=True, slots=True)
class Balance:
    """A booked balance of the account.

    Args:
        amount: Minor units; negative if the account was overdrawn.
        currency: Lower-case ISO code.
        on: At the end of which day (of an opening balance: at its beginning); None if not told.
    """

    amount: int
    currency: str
    on: date | None


@dataclass(slots=True)
class Balances:
    """The balances of one statement, as they are read."""

    _told: dict[str, list[Balance]] = field(default_factory=dict)

    def take(self, element: Element) -> None:
        """Keep a `Bal`, if it is one that statements begin or end with.

        Raises:
            BadFile: If it has no amount, or contradicts another one.
        """
        kind = reading.word(element, "Tp/CdOrPrtry") or "?"
        if kind not in (*_OPENING, _CLOSING, _INTERIM):
            return
        what = f"The balance {kind}"
        amount, currency = reading.amount(element, "Amt", what)
        signed = amount if parts.is_credit(element, what) else -amount
        balance = Balance(signed, currency, reading.day(element, "Dt"))
        balances = self._told.setdefault(kind, [])
        if kind != _INTERIM and balances and balances[0] != balance:
            raise BadFile(f"A statement has two different balances {kind}.")
        balances.append(balance)

    @property
    def opening(self) -> Balance | None:
        """With what it begins: a page that is not the first one begins with an interim balance."""
        for kind in _OPENING:
            if kind in self._told:
                return self._told[kind][0]
        interim = self._told.get(_INTERIM, [])
        return interim[0] if interim else None

    @property
    def closing(self) -> Balance | None:
        """With what it ends."""
        if _CLOSING in self._told:
            return self._told[_CLOSING][0]
        # One interim balance alone is where such a page begins, or where it ends.
        interim = self._told.get(_INTERIM, [])
        begins = any(kind in self._told for kind in _OPENING)
        return interim[-1] if len(interim) > (0 if begins else 1) else None

    @property
    def is_interim(self) -> bool:
        """True if the day goes on after it."""
        return _CLOSING not in self._told
