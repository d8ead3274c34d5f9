"""What a bank made of a file of payments: pain.002 status reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element

from processors.sepa.formats import reading
from processors.sepa.formats.reading import NOT_PROVIDED, BadFile, Records

MESSAGES: Final = ("pain.002.001.03", "pain.002.001.10")
_ROOT: Final = "CstmrPmtStsRpt"
_BATCH: Final = f"{_ROOT}/OrgnlPmtInfAndSts"
_PARTS: Final = ("OrgnlPmtInfId", "PmtInfSts", "StsRsnInf", "TxInfAndSts")
_WANTED: Final = frozenset(
    [f"{_ROOT}/GrpHdr", f"{_ROOT}/OrgnlGrpInfAndSts", *(f"{_BATCH}/{part}" for part in _PARTS)]
)


class Verdict(StrEnum):
    """The verdict of a status."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PENDING = "pending"
    SETTLED = "settled"


# Source: ISO 20022 external code set, payment transaction status and payment group status.
# Whatever is not here is pending: a word that nobody knows is no rejection.
_VERDICTS: Final = {
    "RJCT": Verdict.REJECTED,
    "CANC": Verdict.REJECTED,
    "ACSC": Verdict.SETTLED,
    "ACCC": Verdict.SETTLED,
    "ACTC": Verdict.ACCEPTED,
    "ACCP": Verdict.ACCEPTED,
    "ACSP": Verdict.ACCEPTED,
    "ACWC": Verdict.ACCEPTED,
    "ACWP": Verdict.ACCEPTED,
    "ACFC": Verdict.ACCEPTED,
}
# Only some of the payments, and the file says which.
PARTIAL: Final = "PART"


@dataclass(frozen=True, slots=True)
class Status:
    """A status of a payment, a batch or a file.

    Args:
        code: ISO's word, such as `"ACSP"` or `"RJCT"`.
        reason_code: Why, as ISO or the bank codes it, such as `"AC04"`; None if not told.
        reason_words: Why, in the bank's words; empty if there are none.
    """

    code: str
    reason_code: str | None = None
    reason_words: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it comes to. A word that nobody knows, and `PART`, are pending."""
        return _VERDICTS.get(self.code, Verdict.PENDING)


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """The status of one payment.

    Args:
        end_to_end_id: What our file called it.
        status: None if the bank names the payment and says nothing of it: the batch's holds.
        batch_id: The `PmtInfId` of its batch; None if not told.
        amount: Minor units, as the bank repeats it; None if it does not, or is not understood.
        currency: Lower-case ISO code; None if not told, or not known.
    """

    end_to_end_id: str
    status: Status | None
    batch_id: str | None
    amount: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """The status of one batch of a file. Our files have one, named like the file.

    Args:
        batch_id: The `PmtInfId`; None if not told.
        status: The status of all its payments that have no other; None if not told.
    """

    batch_id: str | None
    status: Status | None


@dataclass(frozen=True, slots=True)
class Report:
    """One status report.

    Args:
        message: Which message it came in, such as `"pain.002.001.03"`.
        id: The bank's name of the report.
        file_id: The `MsgId` of our file that it is about.
        status: The status of all payments of the file that have no other; None if not told.
        batches: Those that the report names.
        payments: Those that the report names.
        unnamed: How many payments it speaks of without saying which; what it says of their batch
            holds for them.
    """

    message: str
    id: str
    file_id: str
    status: Status | None
    batches: tuple[BatchStatus, ...]
    payments: tuple[PaymentStatus, ...]
    unnamed: int
    _statuses: Mapping[str, Status] = field(repr=False, compare=False)

    @property
    def all_rejected(self) -> bool:
        """True if the bank refused the file as a whole, whether or not it names payments.

        True also if all it says is that every batch it names was refused; our files have one.
        """
        whole = [self.status] if _says(self.status) else [one.status for one in self.batches]
        others = [one.status for one in self.payments if one.status is not None]
        return bool(whole) and all(
            one is not None and one.verdict is Verdict.REJECTED for one in (*whole, *others)
        )

    def status_of(self, end_to_end_id: str) -> Status | None:
        """Return the status of one payment of a file of ours.

        Its own, or else its batch's, or else the file's. A file has one batch, as ours have.

        Returns:
            None if the report says nothing of it.
        """
        candidates = (self._statuses.get(end_to_end_id), *(one.status for one in self.batches))
        return next((one for one in (*candidates, self.status) if _says(one)), None)


def read(source: BinaryIO, *, most_bytes: int = reading.MOST_BYTES) -> Report:
    """Read a status report.

    Args:
        source: Opened for reading bytes, at its beginning.
        most_bytes: How long the file may be.

    Raises:
        BadFile: If the file is no such message, is broken off or hostile, does not say which file
            it speaks of, or says two things of one payment.
    """
    records = Records(source, messages=MESSAGES, most_bytes=most_bytes)
    report = _Report()
    for path, element in records.ends_of(_WANTED, marks=(_BATCH,)):
        report.take(path, element)
    return report.finish(records.message)


class _Report:
    """What was read of a report so far."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.file_id: str | None = None
        self.status: Status | None = None
        self.batches: list[BatchStatus] = []
        self.payments: list[PaymentStatus] = []
        self.unnamed = 0
        self._begin_batch()

    def _begin_batch(self) -> None:
        self._batch_id: str | None = None
        self._batch_code: str | None = None
        self._batch_reasons: list[tuple[str | None, str]] = []

    def take(self, path: str, element: Element) -> None:
        """Keep what one element says."""
        match path.rpartition("/")[2]:
            case "GrpHdr":
                self.id = reading.require(element, "MsgId", "The report")
            case "OrgnlGrpInfAndSts":
                self.file_id = reading.require(element, "OrgnlMsgId", "The report")
                self.status = _status(element, "GrpSts")
            case "OrgnlPmtInfId":
                self._batch_id = reading.text(element)
            case "PmtInfSts":
                self._batch_code = reading.text(element)
            case "StsRsnInf":
                self._batch_reasons.append(_reason(element))
            case "TxInfAndSts":
                self._take_payment(element)
            case _:
                self._end_batch()

    def _take_payment(self, element: Element) -> None:
        key = reading.text(element, "OrgnlEndToEndId")
        if key is None or key == NOT_PROVIDED:
            self.unnamed += 1
            if reading.text(element, "TxSts") == self._batch_code and not self._batch_reasons:
                self._batch_reasons = [_reason(one) for one in element.findall("StsRsnInf")]
        else:
            self.payments.append(_payment(element, key, self._batch_id))

    def _end_batch(self) -> None:
        status = None if self._batch_code is None else _with(self._batch_code, self._batch_reasons)
        self.batches.append(BatchStatus(self._batch_id, status))
        self._begin_batch()

    def finish(self, message: str) -> Report:
        """Return the report, once it was read to its end."""
        if self.id is None or self.file_id is None:
            raise BadFile("The report does not say of which file it is (OrgnlMsgId).")
        return Report(
            message=message,
            id=self.id,
            file_id=self.file_id,
            status=self.status,
            batches=tuple(self.batches),
            payments=tuple(self.payments),
            unnamed=self.unnamed,
            _statuses=self._statuses(),
        )

    def _statuses(self) -> dict[str, Status]:
        own: dict[str, Status] = {}
        for one in self.payments:
            if one.status is None:
                continue
            if own.setdefault(one.end_to_end_id, one.status) != one.status:
                raise BadFile(f"The report has two statuses of payment {one.end_to_end_id}.")
        return own


def _payment(element: Element, key: str, batch_id: str | None) -> PaymentStatus:
    amount, currency = reading.optional_amount(element, "OrgnlTxRef/Amt/InstdAmt")
    return PaymentStatus(key, _status(element, "TxSts"), batch_id, amount, currency)


def _status(element: Element, path: str) -> Status | None:
    code = reading.text(element, path)
    if code is None:
        return None
    return _with(code, [_reason(one) for one in element.findall("StsRsnInf")])


def _reason(element: Element) -> tuple[str | None, str]:
    words = (reading.text(one) for one in element.findall("AddtlInf"))
    return reading.word(element, "Rsn"), " ".join(word for word in words if word)


def _with(code: str, reasons: Sequence[tuple[str | None, str]]) -> Status:
    """Join a status and its reasons: the first code, and every word."""
    codes = [code for code, _ in reasons if code]
    words = " ".join(words for _, words in reasons if words)
    return Status(code, codes[0] if codes else None, words)


def _says(status: Status | None) -> bool:
    return status is not None and status.code != PARTIAL
