"""The payments inside of an entry on a bank statement."""

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from processors.sepa.formats import reading
from processors.sepa.formats.reading import NOT_PROVIDED, BadFile

_DIRECTIONS: Final = ("CRDT", "DBIT")
# Source: ISO 20022 external code set, bank transaction subfamilies: reversals of a payment that was
# returned, rejected or canceled.
_RETURN_SUBFAMILIES: Final = frozenset({"RRTN", "RPCR"})
# Source: SWIFT's types of transactions (returned item), and the German banks' business transaction
# codes (GVC): 159 is a credit transfer that came back. They stand as `NRTI+159+00931`.
RETURN_WORDS: Final = frozenset({"NRTI", "FRTI", "SRTI", "159"})


@dataclass(frozen=True, slots=True)
class Detail:
    """One payment of an entry.

    Args:
        position: From 1, in the order of the entry.
        amount: What this payment moved on the account, in minor units of the entry's currency:
            of what came in, charges are taken off.
        currency: Lower-case ISO code; the entry's.
        is_credit: True if money came in.
        end_to_end_id: What the one who paid called it; None if not told.
        file_id: The `MsgId` of the file that it was sent in; None if not told.
        batch_id: The `PmtInfId`; None if not told.
        reference: The bank's own (`AcctSvcrRef`); None if not told.
        sent_amount: What was once sent (`InstdAmt`), in minor units of `sent_currency`; None if
            not told. A payment that comes back with `amount` below it came back short.
        sent_currency: The currency that was sent; None if not told, or not known.
        charges: What banks kept of it, in minor units of the entry's currency.
        is_return: True if the bank says that it is an earlier payment that comes back: by
            `RtrInf`, by its own or its entry's transaction code, or as a reversal.
        return_code: Why, as ISO or the bank codes it, such as `"AC04"`; None if not told.
        return_words: Why, in the bank's words; empty if there are none.
        counterparty: The other side's name; None if not told.
        counterparty_iban: The counterparty IBAN; None if not told.
        text: Remittance text, parts joined by a space; empty if there is none.
        info: What the bank adds in words (`AddtlTxInf`); empty if nothing.
    """

    position: int
    amount: int
    currency: str
    is_credit: bool
    end_to_end_id: str | None
    file_id: str | None
    batch_id: str | None
    reference: str | None
    sent_amount: int | None
    sent_currency: str | None
    charges: int
    is_return: bool
    return_code: str | None
    return_words: str
    counterparty: str | None
    counterparty_iban: str | None
    text: str
    info: str

    @property
    def signed(self) -> int:
        """The amount in minor units, negative if money went out."""
        return self.amount if self.is_credit else -self.amount


@dataclass(frozen=True, slots=True)
class Moved:
    """The movement of an entry.

    Args:
        amount: Minor units.
        currency: Lower-case ISO code.
        is_credit: True if money came in.
        is_return: True if the entry says that it brings an earlier payment back.
    """

    amount: int
    currency: str
    is_credit: bool
    is_return: bool

    @property
    def signed(self) -> int:
        """The amount in minor units, negative if money went out."""
        return self.amount if self.is_credit else -self.amount


def read_movement(element: Element, what: str) -> Moved:
    """Read what an entry moved.

    Raises:
        BadFile: If the file does not say it.
    """
    amount, currency = reading.amount(element, "Amt", what)
    back = is_reversal(element) or _is_return(element)
    return Moved(amount, currency, is_credit(element, what), back)


def is_reversal(element: Element) -> bool:
    """Return whether an entry takes an earlier one back."""
    return reading.text(element, "RvslInd") in ("true", "1")


def is_credit(element: Element, what: str) -> bool:
    """Return whether money came in.

    Raises:
        BadFile: If the file does not say it.
    """
    text = reading.require(element, "CdtDbtInd", what)
    if text not in _DIRECTIONS:
        raise BadFile(f"{what} is neither credit nor debit, but {text[:40]!r}.")
    return text == "CRDT"


def parse_count(text: str | None) -> int | None:
    """Return a whole number of at most 18 digits, which informs; None if it is none."""
    is_one = text is not None and text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if text is not None and is_one else None


def kind(element: Element) -> str | None:
    """Return ISO's code of what an entry is, or the bank's own; None if there is none."""
    domain = reading.find(element, "BkTxCd/Domn")
    if domain is None:
        return reading.text(element, "BkTxCd/Prtry/Cd")
    codes = (reading.text(domain, path) for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd"))
    return "-".join(code for code in codes if code)


def detail(element: Element, position: int, account: str, entry: Moved) -> Detail:
    """Read one payment, with the amount and direction of its entry for those that it does not tell.

    Args:
        element: The `TxDtls`.
        position: From 1.
        account: Whose statement it is, to tell the other side from it.
        entry: What the whole entry moved.
    """
    sent, sent_currency = reading.optional_amount(element, "AmtDtls/InstdAmt/Amt")
    direction = reading.text(element, "CdtDbtInd")
    came_in = direction == "CRDT" if direction in _DIRECTIONS else entry.is_credit
    returned = reading.find(element, "RtrInf")
    is_return = returned is not None or entry.is_return or _is_return(element)
    name, iban = _other_side(element, account, is_payer=came_in and not is_return)
    return Detail(
        position=position,
        amount=entry.amount,
        currency=entry.currency,
        is_credit=came_in,
        end_to_end_id=_known_text(element, "Refs/EndToEndId"),
        file_id=_known_text(element, "Refs/MsgId"),
        batch_id=_known_text(element, "Refs/PmtInfId"),
        reference=_known_text(element, "Refs/AcctSvcrRef"),
        sent_amount=sent,
        sent_currency=sent_currency,
        charges=0,
        is_return=is_return,
        return_code=reading.word(returned, "Rsn"),
        return_words=_join(returned, "AddtlInf"),
        counterparty=name,
        counterparty_iban=iban,
        text=_remittance(element),
        info=_join(element, "AddtlTxInf"),
    )


def _is_return(element: Element) -> bool:
    """Return whether a transaction code says that a payment came back."""
    if reading.text(element, "BkTxCd/Domn/Fmly/SubFmlyCd") in _RETURN_SUBFAMILIES:
        return True
    own = reading.text(element, "BkTxCd/Prtry/Cd") or ""
    return not RETURN_WORDS.isdisjoint(own.split("+"))


def _other_side(element: Element, account: str, *, is_payer: bool) -> tuple[str | None, str | None]:
    """Return name and IBAN of the side that is not ours.

    A payment that comes back mostly keeps the roles of the one that was sent, but not at every
    bank: the side that has our own account is never the other one, nor is one of which nothing is
    told.
    """
    sides = [
        (
            reading.text(element, f"RltdPties/{role}/Pty/Nm")
            or reading.text(element, f"RltdPties/{role}/Nm"),
            reading.text(element, f"RltdPties/{role}Acct/Id/IBAN"),
        )
        for role in (("Dbtr", "Cdtr") if is_payer else ("Cdtr", "Dbtr"))
    ]
    is_untold = sides[0] == (None, None) and sides[1][1] not in (None, account)
    return sides[1] if sides[0][1] == account or is_untold else sides[0]


def _known_text(element: Element, path: str) -> str | None:
    text = reading.text(element, path)
    return None if text == NOT_PROVIDED else text


def _remittance(element: Element) -> str:
    """Return what a payment is for: its free text, and then its references, each once."""
    free = _join(element, "RmtInf/Ustrd")
    found = [free]
    for path in ("CdtrRefInf/Ref", "RfrdDocInf/Nb", "AddtlRmtInf"):
        for one in element.findall(f"RmtInf/Strd/{path}"):
            text = reading.text(one)
            if text and text not in found and "".join(text.split()) not in "".join(free.split()):
                found.append(text)
    return " ".join(one for one in found if one)


def _join(element: Element | None, path: str) -> str:
    found = [] if element is None else element.findall(path)
    return " ".join(text for one in found if (text := reading.text(one)))
