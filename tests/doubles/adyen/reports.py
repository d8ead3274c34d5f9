"""The played Adyen's settlement details report: closed, told of, and given out."""

from __future__ import annotations

import csv
import io
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from tests.doubles.adyen.book import Row

if TYPE_CHECKING:
    from tests.doubles.adyen.server import Adyen

COLUMNS = (
    "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,"
    "Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),"
    "Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),"
    "Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,"
    "Modification Merchant Reference,Batch Number"
).split(",")


def close(adyen: Adyen, *, pays_out: bool = True) -> str:
    """Close the batch, pay it out, and return the name of its report, of which it tells."""
    rows = adyen.book.batch(None)
    total = sum(row["gross"] - row["fee"] for row in rows)
    if pays_out:
        payout = {
            "type": "MerchantPayout",
            "gross": -total,
            "fee": 0,
            "own": "TX1",
            "currency": "USD",
        }
        adyen.book.settle(payout)
    name = f"settlement_detail_report_batch_{adyen.book.close_batch()}.csv"
    adyen.book.tell(
        {
            "eventCode": "REPORT_AVAILABLE",
            "success": "true",
            "pspReference": name,
            "merchantReference": "",
            "merchantAccountCode": adyen.merchant,
            "amount": {"value": 0, "currency": "EUR"},
            "reason": f"https://elsewhere.example/{name}",
            "additionalData": {},
        }
    )
    return name


def give(adyen: Adyen, merchant: str, number: int, to: BaseHTTPRequestHandler) -> None:
    """Give a report to whoever may read reports."""
    is_allowed = to.headers.get("x-api-key") == adyen.api_key and merchant == adyen.merchant
    body = _text(adyen, number).encode() if is_allowed else b""
    to.send_response(200 if is_allowed else 401)
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    to.wfile.write(body)


def _text(adyen: Adyen, number: int) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="")
    table.writeheader()
    for row in adyen.book.batch(number):
        table.writerow(_row(adyen, number, row))
    return text.getvalue()


def _row(adyen: Adyen, number: int, row: Row) -> dict[str, object]:
    gross, net = row["gross"], row["gross"] - row["fee"]
    # Payouts have no gross amount.
    is_payment = "psp" in row
    return {
        "Company Account": "Rialto",
        "Merchant Account": adyen.merchant,
        "Psp Reference": row.get("psp", ""),
        "Merchant Reference": row.get("reference", ""),
        "Creation Date": "2026-11-30 08:15:00",
        "TimeZone": "CET",
        "Type": row["type"],
        "Modification Reference": row["own"],
        "Gross Currency": row["currency"] if is_payment else "",
        "Gross Debit (GC)": _money(-gross) if is_payment and gross < 0 else "",
        "Gross Credit (GC)": _money(gross) if is_payment and gross > 0 else "",
        "Net Currency": row["currency"],
        "Net Debit (NC)": _money(-net) if net < 0 else "",
        "Net Credit (NC)": _money(net) if net > 0 else "",
        "Commission (NC)": _money(row["fee"]) if row["fee"] else "",
        "Modification Merchant Reference": row.get("own_reference", ""),
        "Batch Number": number,
    }


def _money(value: int) -> str:
    return f"{value // 100}.{value % 100:02}"
