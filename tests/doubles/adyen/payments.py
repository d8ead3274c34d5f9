"""How the played Adyen carries payments out, and what is done with them afterwards."""

from datetime import UTC, datetime
from typing import Any

from tests.doubles.adyen import fields
from tests.doubles.adyen.book import Book, Row, psp_reference
from tests.doubles.adyen.disputes import Disputes

ASKS = "test_4212345678910006"
# As the published table names the codes; those that are not here are refused in the same way.
REASONS = {
    "2": "Refused", "4": "Acquirer Error", "5": "Blocked Card", "6": "Expired Card",
    "12": "Not enough balance", "20": "FRAUD", "24": "CVC Declined",
    "28": "Withdrawal amount exceeded", "38": "Authentication required",
    "42": "3D Secure Authentication Error",
}  # fmt: skip
RAW = {"2": "05 : Do not honor", "12": "51 : Insufficient funds", "6": "54 : Expired card"}


class Invalid(Exception):
    """A request that is answered with an error, after which nothing was done."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        kind = "validation" if status == 422 else "security"
        self.body = {"status": status, "errorCode": code, "message": message, "errorType": kind}


class Payments:
    """The merchant's payments."""

    def __init__(self, book: Book, merchant: str, base_url: str) -> None:
        self.book, self.merchant, self.base_url = book, merchant, base_url
        self.fee_bps = 150
        # More of a card than its network is shown by accounts alone that are set up to.
        self.shows_cards = True
        self.disputes = Disputes(self)

    def pay(self, body: Row) -> Row:
        """Authorise, refuse, or send the payer away to be asked."""
        for name in ("amount", "reference", "paymentMethod"):
            if not body.get(name):
                raise Invalid(422, "130", f"Required field '{name}' is not provided.")
        method = self._method(body)
        more = body.get("additionalData") or {}
        payment: Row = {
            "psp": psp_reference(),
            "reference": body["reference"],
            "value": body["amount"]["value"],
            "currency": body["amount"]["currency"],
            "method": method,
            "holder": method.get("holderName", ""),
            "code": more.get("RequestedTestAcquirerResponseCode"),
            "is_manual": more.get("manualCapture") == "true",
            "is_off_session": body.get("shopperInteraction") == "ContAuth",
            "network": body.get("additionalData", {}).get("networkTxReference"),
            "shopper": body.get("shopperReference"),
            "keeps": bool(body.get("storePaymentMethod")),
            "return_url": body.get("returnUrl"),
            "state": "new",
            "authorised": 0,
            "captured": 0,
            "refunded": 0,
        }
        how = body.get("authenticationData") or {}
        is_kept = bool(body["paymentMethod"].get("storedPaymentMethodId"))
        if method.get("encryptedCardNumber") == ASKS and not is_kept:
            if how.get("attemptAuthentication") == "never" or payment["is_off_session"]:
                return self._refuse(payment, "38")
            if not payment["return_url"]:
                raise Invalid(422, "14_004", "Missing returnUrl")
            return self._send_away(payment)
        if payment["holder"] == "rialto_timeoutAfterCharge":
            self._authorise(payment, is_late=True)
            return self._answer(payment, "Pending")
        return self.decide(payment)

    def _method(self, body: Row) -> Row:
        method = dict(body["paymentMethod"])
        token = method.get("storedPaymentMethodId")
        if token:
            kept = self.book.card(token, body.get("shopperReference") or "")
            if kept is None:
                raise Invalid(422, "803", "PaymentDetail not found")
            return kept
        for name in [name for name in method if name.startswith("encrypted")]:
            method[name] = fields.unseal(str(method[name]))
        if not str(method.get("encryptedCardNumber", "")).startswith("test_"):
            raise Invalid(422, "101", "Invalid card number")
        return method

    def decide(self, payment: Row) -> Row:
        """Let the payer's bank say yes or no."""
        if payment["code"]:
            return self._refuse(payment, payment["code"])
        self._authorise(payment)
        return self._answer(payment, "Authorised")

    def _send_away(self, payment: Row) -> Row:
        payment["state"] = "waiting"
        self.book.save(payment)
        answer = self._answer(payment, "RedirectShopper")
        # Nothing is authorised yet: there is no reference of a payment.
        del answer["pspReference"]
        url = f"{self.base_url}/redirect/{payment['psp']}"
        answer["action"] = {
            "type": "redirect",
            "method": "GET",
            "paymentMethodType": "scheme",
            "url": url,
        }
        return answer

    def go_on(self, body: Row) -> Row:
        """Go on with a payment whose payer is back from the bank's page."""
        result = str((body.get("details") or {}).get("redirectResult", ""))
        payment = self.book.payment(result.removeprefix("X!")) if result.startswith("X!") else None
        if payment is None or "said" not in payment:
            raise Invalid(422, "14_0365", "Invalid redirectResult")
        if payment["state"] == "authorised":
            return self._answer(payment, "Authorised")
        if payment["state"] != "waiting":
            return self._refuse(payment, "15")
        return self.decide(payment) if payment["said"] == "yes" else self._refuse(payment, "11")

    def cancel_by_reference(self, body: Row) -> Row:
        """Cancel whatever there is with a reference of the merchant's."""
        own = psp_reference()
        for payment in self.book.payments(body["paymentReference"]):
            is_held = payment["state"] == "authorised"
            if payment["state"] in ("authorised", "waiting"):
                payment |= {"state": "cancelled", "authorised": 0, "captured": 0}
                self.book.save(payment)
            self.tell("TECHNICAL_CANCEL", payment, own, body, is_success=is_held)
        return {
            "merchantAccount": self.merchant,
            "paymentReference": body["paymentReference"],
            "pspReference": own,
            "reference": body.get("reference"),
            "status": "received",
        }

    def _authorise(self, payment: Row, *, is_late: bool = False) -> None:
        payment["state"] = "authorised"
        payment["authorised"] = payment["value"]
        payment["network"] = payment["network"] or psp_reference()[:15]
        if payment["keeps"] and payment["shopper"] and not payment.get("token"):
            payment["token"] = psp_reference()
            self.book.keep_card(payment["token"], payment["shopper"], payment["method"])
        if not payment["is_manual"]:
            payment["captured"] = payment["value"]
            self.settle("Settled", payment, payment["psp"], payment["value"])
        self.book.save(payment)
        self.tell("AUTHORISATION", payment, payment["psp"], is_late=is_late)
        if payment["captured"]:
            self.disputes.complain(payment)

    def _refuse(self, payment: Row, code: str) -> Row:
        payment["state"] = "refused"
        self.book.save(payment)
        reason = REASONS.get(code, "Refused")
        self.tell("AUTHORISATION", payment, payment["psp"], is_success=False, reason=reason)
        answer = self._answer(payment, "Error" if code == "4" else "Refused")
        answer |= {"refusalReason": reason, "refusalReasonCode": code}
        answer["additionalData"]["refusalReasonRaw"] = RAW.get(code, "")
        return answer

    def _answer(self, payment: Row, result: str) -> Row:
        more: Row = {}
        brand = ""
        if result == "Authorised":
            more["networkTxReference"] = payment["network"]
            number = str(payment["method"].get("encryptedCardNumber") or "")
            brand = "mc" if number.startswith("test_5") else "visa"
            if number and self.shows_cards:
                # As an account shows it that is set up to.
                more |= {"cardSummary": number[-4:], "expiryDate": "3/2030"}
                more |= {"paymentMethod": brand, "fundingSource": "CREDIT"}
                more["cardIssuingCountry"] = "NL"
            if payment.get("token"):
                more["tokenization.storedPaymentMethodId"] = payment["token"]
                more["tokenization.shopperReference"] = payment["shopper"]
        shown = {"paymentMethod": {"brand": brand, "type": "scheme"}} if brand else {}
        return shown | {
            "pspReference": payment["psp"],
            "resultCode": result,
            "merchantReference": payment["reference"],
            "amount": {"value": payment["value"], "currency": payment["currency"]},
            "additionalData": more,
        }

    def modify(self, kind: str, psp: str, body: Row) -> Row:
        """Take a capture, a cancellation or a refund on, and carry it out."""
        payment = self.book.payment(psp)
        if payment is None or payment["state"] not in ("authorised", "cancelled"):
            raise Invalid(422, "167", "Original pspReference required for this operation")
        own = psp_reference()
        carry_out = {"captures": self._capture, "cancels": self._cancel, "refunds": self._refund}
        carry_out[kind](payment, own, body)
        self.book.save(payment)
        answer = {
            "merchantAccount": self.merchant,
            "paymentPspReference": psp,
            "pspReference": own,
            "reference": body.get("reference"),
            "status": "received",
        }
        return answer | ({"amount": body["amount"]} if "amount" in body else {})

    def _capture(self, payment: Row, own: str, body: Row) -> None:
        value = body["amount"]["value"]
        is_enough = payment["captured"] + value <= payment["authorised"]
        if is_enough and payment["state"] == "authorised":
            payment["captured"] += value
            self.settle("Settled", payment, own, value, body)
            self.tell("CAPTURE", payment, own, body)
        else:
            reason = "Insufficient balance on payment"
            self.tell("CAPTURE", payment, own, body, is_success=False, reason=reason)

    def _cancel(self, payment: Row, own: str, body: Row) -> None:
        if payment["captured"] or payment["state"] != "authorised":
            reason = "Transaction is already captured"
            self.tell("CANCELLATION", payment, own, body, is_success=False, reason=reason)
            return
        payment["state"], payment["authorised"] = "cancelled", 0
        self.tell("CANCELLATION", payment, own, body)

    def _refund(self, payment: Row, own: str, body: Row) -> None:
        value = body["amount"]["value"]
        if payment["refunded"] + value > payment["captured"]:
            reason = "Insufficient balance on payment"
            self.tell("REFUND", payment, own, body, is_success=False, reason=reason)
            return
        payment["refunded"] += value
        self.settle("Refunded", payment, own, -value, body)
        self.tell("REFUND", payment, own, body, is_late=payment["holder"] == "pendingRefund")
        if payment["holder"] == "refundFail":
            payment["refunded"] -= value
            self.settle("RefundedReversed", payment, own, value, body)
            reason = "The card account is closed"
            self.tell("REFUND_FAILED", payment, own, body, is_late=True, reason=reason)

    def settle(
        self, kind: str, payment: Row, own: str, value: int, body: Row | None = None
    ) -> None:
        """Note what moves on the merchant's account."""
        self.book.settle(
            {
                "type": kind,
                "psp": payment["psp"],
                "reference": payment["reference"],
                "own": own,
                "own_reference": (body or {}).get("reference") or "",
                "currency": payment["currency"],
                "gross": value,
                "fee": value * self.fee_bps // 10_000 if kind == "Settled" else 0,
            }
        )

    def tell(
        self,
        code: str,
        payment: Row,
        own: str,
        body: Row | None = None,
        *,
        is_success: bool = True,
        is_late: bool = False,
        reason: str = "",
        more: dict[str, Any] | None = None,
    ) -> None:
        """Note an event about a payment."""
        default = {"value": payment["value"], "currency": payment["currency"]}
        item: Row = {
            "eventCode": code,
            "success": "true" if is_success else "false",
            "pspReference": own,
            "merchantReference": (body or {}).get("reference") or payment["reference"],
            "merchantAccountCode": self.merchant,
            "amount": (body or {}).get("amount") or default,
            "eventDate": datetime.now(UTC).isoformat(timespec="seconds"),
            "paymentMethod": "visa",
            "reason": reason,
            "additionalData": dict(more or {}),
        }
        if own != payment["psp"]:
            item["originalReference"] = payment["psp"]
        self.book.tell(item, is_late=is_late)
