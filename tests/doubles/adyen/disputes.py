"""How the played Adyen lets payers complain, and merchants answer: its Disputes API."""

import base64
import io
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pypdf import PdfReader

from tests.doubles.adyen.book import Book, Row, psp_reference

# The card holder's name → the network's code of the reason.
CODES = {
    "createDispute": "10.4",
    "createDisputeProductNotReceived": "13.1",
    "createDisputeInquiry": "10.4",
    "rialto_disputeLikeMastercard": "4853",
}
_REQUIRED, _OPTIONAL, _ONE_OR_MORE = "Required", "Optional", "OneOrMore"
# Reason → documents, of what Adyen's reference and its component for disputes show.
_DELIVERY = {"DateMerchandiseShipped": _REQUIRED, "ProofOfGoodsOrServicesProvided": _REQUIRED}
_ANY = {"TIDorInvoice": _OPTIONAL, "DefenseMaterial": _REQUIRED}
OFFERS: dict[str, dict[str, dict[str, str]]] = {
    "10.4": {
        "AdditionalInformation": {"DefenseMaterial": _REQUIRED, "AdditionalInformation": _REQUIRED}
    },
    "13.1": {
        "InvalidChargeback": {"InvalidChargeback": _OPTIONAL},
        "MerchandiseReceived": _DELIVERY,
        "ServicesProvided": {"ProofOfGoodsOrServicesProvided": _REQUIRED},
    },
    "4853": {
        "GoodsNotReturned": {"TIDorInvoice": _OPTIONAL, "GoodsNotReturned": _REQUIRED},
        "GoodsOrServicesProvided": {
            "ProofOfAbilityToProvideServices": _ONE_OR_MORE,
            "ProofOfGoodsOrServicesProvided": _ONE_OR_MORE,
        },
        "GoodsWereAsDescribed": {"GoodsWereAsDescribed": _REQUIRED, "TIDorInvoice": _REQUIRED},
        "SupplyDefenseMaterial": _ANY,
    },
}
_MOST_BYTES = {"application/pdf": 2 << 20, "image/jpeg": 10 << 20}
_ENDS = {
    "won": ["CHARGEBACK_REVERSED", "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"],
    "lost": ["CHARGEBACK_REVERSED", "SECOND_CHARGEBACK"],
    "accepted": ["DISPUTE_DEFENSE_PERIOD_ENDED"],
    "defended": [],
}
_MOVES = {
    "CHARGEBACK_REVERSED": ("ChargebackReversed", 1),
    "SECOND_CHARGEBACK": ("SecondChargeback", -1),
}


class Tells(Protocol):
    """What notes what happens to payments."""

    book: Book

    def tell(
        self, code: str, payment: Row, own: str, *, more: dict[str, Any] | None = None
    ) -> None: ...

    def settle(self, kind: str, payment: Row, own: str, value: int) -> None: ...


class Disputes:
    """The disputes of a merchant's payments."""

    def __init__(self, payments: Tells) -> None:
        self.payments, self.book = payments, payments.book

    def complain(self, payment: Row) -> None:
        """Let the payer's bank complain, if the card is one of those."""
        holder, dispute = payment["holder"], psp_reference()
        until = (datetime.now(UTC) + timedelta(days=30)).isoformat(timespec="seconds")
        if holder == "createIssuerFraudRecord":
            more = {"nofReasonCode": "6"}
            self.payments.tell("NOTIFICATION_OF_FRAUD", payment, dispute, more=more)
        if holder not in CODES:
            return
        code = CODES[holder]
        if holder == "createDisputeInquiry":
            more = {"rfiReasonCode": code, "defensePeriodEndsAt": until}
            self.payments.tell("REQUEST_FOR_INFORMATION", payment, dispute, more=more)
        else:
            more = {"chargebackReasonCode": code, "defensePeriodEndsAt": until}
            self.payments.tell("NOTIFICATION_OF_CHARGEBACK", payment, dispute, more=more)
            self.payments.tell("CHARGEBACK", payment, dispute, more=more)
            self.payments.settle("Chargeback", payment, dispute, -payment["value"])
        row = {"psp": dispute, "payment": payment["psp"], "state": "open", "code": code}
        self.book.save_dispute(row | {"documents": {}, "defenses": []})

    def end(self, dispute: str, how: str) -> None:
        """Let the merchant's people answer it on Adyen's pages, and the bank decide."""
        row = self.book.dispute(dispute)
        assert row is not None
        payment = self.book.payment(row["payment"])
        assert payment is not None
        if how != "accepted":
            self.payments.tell("INFORMATION_SUPPLIED", payment, dispute)
        for code in _ENDS[how]:
            self.payments.tell(code, payment, dispute)
            if code in _MOVES:
                kind, sign = _MOVES[code]
                self.payments.settle(kind, payment, dispute, sign * payment["value"])
        self.book.save_dispute(row | {"state": how})

    def carry_out(self, what: str, body: Row) -> Row | None:
        """Carry out a request of the merchant's; None for what there is not."""
        do = {
            "acceptDispute": self._accept,
            "retrieveApplicableDefenseReasons": self._offer,
            "supplyDefenseDocument": self._supply,
            "defendDispute": self._defend,
        }.get(what)
        if do is None:
            return None
        dispute = self.book.dispute(body["disputePspReference"])
        if dispute is None:
            return _no("Dispute not found.")
        if dispute["state"] != "open":
            return _no("The dispute is not in a state in which that is possible.")
        return do(dispute, body)

    def _accept(self, dispute: Row, body: Row) -> Row:
        self.end(dispute["psp"], "accepted")
        return _yes()

    def _offer(self, dispute: Row, body: Row) -> Row:
        there = dispute["documents"]
        reasons = [
            {
                "defenseReasonCode": reason,
                "satisfied": not _lacking(documents, there),
                "defenseDocumentTypes": [
                    {
                        "defenseDocumentTypeCode": code,
                        "requirementLevel": level,
                        "available": code in there,
                    }
                    for code, level in documents.items()
                ],
            }
            for reason, documents in OFFERS[dispute["code"]].items()
        ]
        return _yes() | {"defenseReasons": reasons}

    def _supply(self, dispute: Row, body: Row) -> Row:
        known = {code for one in OFFERS[dispute["code"]].values() for code in one}
        for document in body["defenseDocuments"]:
            code, kind = document["defenseDocumentTypeCode"], document["contentType"]
            if code not in known:
                return _no(f"Unknown document type {code}.")
            content = base64.b64decode(document["content"], validate=True)
            if len(content) > _MOST_BYTES.get(kind, 0):
                return _no("The document is too large, or of a kind that is not taken.")
            dispute["documents"][code] = _read(kind, content)
        self.book.save_dispute(dispute)
        return _yes()

    def _defend(self, dispute: Row, body: Row) -> Row:
        reason = body["defenseReasonCode"]
        documents = OFFERS[dispute["code"]].get(reason)
        if documents is None:
            return _no("Not a reason by which this dispute can be defended.")
        if lacking := _lacking(documents, dispute["documents"]):
            return _no(f"Required defense documents are missing: {', '.join(lacking)}.")
        self.book.save_dispute(dispute | {"defenses": [*dispute["defenses"], reason]})
        words = " ".join(dispute["documents"].values())
        how = "won" if "winning_evidence" in words else "defended"
        self.end(dispute["psp"], "lost" if "losing_evidence" in words else how)
        return _yes()


def _lacking(documents: dict[str, str], there: Row) -> list[str]:
    lacking = [c for c, level in documents.items() if level == _REQUIRED and c not in there]
    either = [c for c, level in documents.items() if level == _ONE_OR_MORE]
    return lacking + (either if either and not set(either) & there.keys() else [])


def _read(kind: str, content: bytes) -> str:
    """Read a document as somebody at the bank would; of a picture, its length."""
    if kind == "image/jpeg":
        return f"a picture of {len(content)} bytes"
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def _yes() -> Row:
    return {"disputeServiceResult": {"success": True}}


def _no(why: str) -> Row:
    return {"disputeServiceResult": {"success": False, "errorMessage": why}}
