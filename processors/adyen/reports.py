"""Adyen's settlement details report: a file for each batch that it pays out."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import requests

from processors.adyen import money
from processors.adyen.about import API_KEY, REPORT_KEY
from processors.adyen.client import client
from processors.models import ToldEvent
from processors.protocols.accounts import RailAccount
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.settlements import LineKind, ReportedLine

AVAILABLE: Final = "REPORT_AVAILABLE"
_NAME: Final = re.compile(r"settlement_detail_report_[A-Za-z0-9_.\-]{1,150}\.csv")
# Source: the journal types of the report.
_KINDS: Final = {
    "Settled": LineKind.CHARGE,
    "Refunded": LineKind.REFUND,
    "RefundedReversed": LineKind.REFUND_FAILED,
    "Chargeback": LineKind.DISPUTE,
    "SecondChargeback": LineKind.DISPUTE,
    "ChargebackReversed": LineKind.DISPUTE,
    "MerchantPayout": LineKind.SETTLEMENT,
}
# What Adyen calls a zone in summer, and otherwise than the table of zones.
_ZONES: Final = {
    "CEST": "CET", "BST": "Europe/London", "EDT": "America/New_York", "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles", "CST": "America/Chicago", "CDT": "America/Chicago",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "SGT": "Asia/Singapore",
}  # fmt: skip

_TIMEOUT_SECONDS: Final = (5.0, 60.0)
_MOST_BYTES: Final = 64_000_000

Row = Mapping[str, str]


def lines(account: RailAccount, *, since: datetime) -> Iterator[ReportedLine]:
    """Read the reports of which Adyen told since a moment, which it does once they are closed.

    Raises:
        ProcessorUnavailable: If one cannot be had.
    """
    rows = ToldEvent.objects.filter(
        processor=account.name, kind=AVAILABLE, is_success=True, told_at__gte=since
    )
    for name in rows.order_by("told_at").values_list("reference", flat=True):
        if _NAME.fullmatch(name):
            yield from parse(account, _download(account, name))


def parse(account: RailAccount, text: str) -> Iterator[ReportedLine]:
    """Read a report, line by line.

    Raises:
        ProcessorUnavailable: If it is no such report.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    for number, row in enumerate(rows, start=1):
        try:
            yield _line(account, row, number)
        except (KeyError, ValueError, ArithmeticError) as error:
            raise ProcessorUnavailable(
                f"Line {number} of a report is not understood: {type(error).__name__} {error}"
            ) from error


def _line(account: RailAccount, row: Row, number: int) -> ReportedLine:
    kind = _KINDS.get(row["Type"], LineKind.OTHER)
    currency = row["Net Currency"].lower()
    net = _amount(row, "Net", "NC", currency)
    amount = net
    is_converted = row["Gross Currency"].lower() not in ("", currency)
    if row["Gross Currency"] and not is_converted:
        amount = _amount(row, "Gross", "GC", currency)
    elif is_converted:
        # What moved on the account is in its own currency, before what Adyen took of it.
        amount = net + sum(money.from_text(row.get(name, ""), currency) for name in _COSTS)
    charge, _, refund = _about(row, kind).partition(".")
    is_payment = kind in (LineKind.CHARGE, LineKind.REFUND, LineKind.REFUND_FAILED)
    return ReportedLine(
        reference=f"batch_{row['Batch Number']}_{number}",
        kind=kind,
        amount=amount,
        fee=amount - net,
        currency=currency,
        livemode=account.livemode,
        at=_moment(row),
        key=(charge if kind is LineKind.CHARGE else refund) if is_payment else "",
        charge_key=charge if is_payment else "",
        about=_dispute(row) if kind is LineKind.DISPUTE else row["Modification Reference"],
        description=f"{row['Type']}: {row['Modification Reference']}"[:500],
    )


_COSTS: Final = ("Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)")


def _about(row: Row, kind: LineKind) -> str:
    """Return what a line is about, as Adyen was told: `told.reference`."""
    if kind is LineKind.CHARGE:
        return row["Merchant Reference"]
    own = row.get("Modification Merchant Reference") or ""
    # One that was made by hand has the payment's, or none.
    return own if "." in own else row["Merchant Reference"]


def _dispute(row: Row) -> str:
    """Return the dispute: money that is taken a second time is one of its own here."""
    again = ":2" if row["Type"] == "SecondChargeback" else ""
    return row["Modification Reference"] + again


def _amount(row: Row, what: str, unit: str, currency: str) -> int:
    credit = money.from_text(row[f"{what} Credit ({unit})"], currency)
    return credit - money.from_text(row[f"{what} Debit ({unit})"], currency)


def _moment(row: Row) -> datetime:
    name = row["TimeZone"]
    try:
        zone = ZoneInfo(_ZONES.get(name, name))
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return datetime.fromisoformat(row["Creation Date"]).replace(tzinfo=zone).astimezone(UTC)


def _download(account: RailAccount, name: str) -> str:
    """Return a report's text.

    The address is made of the name alone: the one in a notice is signed by nobody.

    Raises:
        ProcessorUnavailable: If it cannot be had.
    """
    key = account.credentials.get(REPORT_KEY) or account.credentials.get(API_KEY, "")
    there = client(account)
    url = f"{there.files_url}/reports/download/MerchantAccount/{there.merchant}/{name}"
    headers = {"x-api-key": key}
    try:
        with requests.get(
            url, headers=headers, timeout=_TIMEOUT_SECONDS, stream=True, allow_redirects=False
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise ProcessorUnavailable(f"{name} is answered with {answer.status_code}.")
            content = io.BytesIO()
            for piece in answer.iter_content(1 << 16):
                content.write(piece)
                if content.tell() > _MOST_BYTES:
                    raise ProcessorUnavailable(f"{name} is longer than a report ever is.")
    except requests.RequestException as error:
        raise ProcessorUnavailable(f"{type(error).__name__}: {error}"[:500]) from error
    return content.getvalue().decode("utf-8", "replace")
