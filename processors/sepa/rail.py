"""The rail that pays out by files: a payout waits for the next one, and for the bank's word."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.security import encryption
from processors.models import BankPayment
from processors.protocols.base import Capabilities, Inquiry, Outcome, OutcomeStatus, PayerChecks
from processors.protocols.declines import Decline
from processors.protocols.payouts import PayoutRequest
from processors.sepa.formats import pain001, reasons, text
from processors.states import BankPaymentStatus

PURPOSE: Final = "payees of bank files"
# Source: SEPA credit transfer rulebook: returns come within three banking days, and recalls for
# fraud are answered within ten more; a little is added for holidays.
MAY_COME_BACK: Final = timedelta(days=20)
_REFUSED: Final = (BankPaymentStatus.REJECTED, BankPaymentStatus.RETURNED)


class BankFileRail:
    """Pays out in euros to IBANs. Takes no payments."""

    name = "bankfile"
    capabilities = Capabilities(
        methods=frozenset(),
        currencies=frozenset({"eur"}),
        captures_later=False,
        verifies=False,
        pays_from_bank=True,
        captures_parts=False,
        refunds=False,
        checks_payers=PayerChecks.NONE,
    )

    def payout(self, request: PayoutRequest) -> Outcome:
        """Keep a payout for the next file. The same key is kept once."""
        known = BankPayment.objects.filter(key=request.key).first()
        if known is not None:
            return _outcome(known)
        row = BankPayment(
            key=request.key,
            reference=text.reference(request.key),
            livemode=request.livemode,
            amount=request.amount,
            currency=request.currency,
            payee=f"{request.payee.name or 'Payee'} ••{request.payee.number[-4:]}",
            text=text.latin(request.text)[: pain001.TEXT_LENGTH],
            created_at=timezone.now(),
        )
        party = pain001.Party(
            _name(request), request.payee.number.replace(" ", ""), request.payee.routing
        )
        payment = pain001.Payment(row.reference, row.amount, party, row.text, row.currency)
        try:
            pain001.check(payment)
        except pain001.Unwritable as error:
            return _refusal(request, str(error))
        row.sealed_payee = seal(party, row=row.key)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            # Somebody else has just kept it.
            row = BankPayment.objects.get(key=request.key)
        return _outcome(row)

    def find(self, inquiry: Inquiry) -> Outcome | None:
        """Return a payout's outcome as the bank's files tell it; None if it was never queued."""
        row = BankPayment.objects.filter(key=inquiry.key).first()
        return None if row is None else _outcome(row)


def seal(party: pain001.Party, *, row: str) -> bytes:
    """Encrypt where a payment goes, for its row."""
    plain = json.dumps([party.name, party.iban, party.bic])
    return encryption.encrypt(plain, purpose=PURPOSE, row=row)


def payment(row: BankPayment) -> pain001.Payment:
    """Return a payment as files have it. Not for people's eyes."""
    plain = encryption.decrypt(row.sealed_payee, purpose=PURPOSE, row=row.key)
    return pain001.Payment(
        row.reference, row.amount, pain001.Party(*json.loads(plain)), row.text, row.currency
    )


def _name(request: PayoutRequest) -> str:
    return text.latin(request.payee.name or "Payee")[: pain001.NAME_LENGTH].strip("/ ") or "Payee"


def _outcome(row: BankPayment) -> Outcome:
    pending = Outcome(OutcomeStatus.PENDING, row.key, row.amount, row.currency, is_final=False)
    if row.status in _REFUSED:
        return replace(
            pending,
            status=OutcomeStatus.DECLINED,
            decline=reasons.decline(row.reason_code, row.reason_words),
            settled_amount=row.returned_amount,
            is_final=True,
        )
    if row.status == BankPaymentStatus.BOOKED and row.booked_on is not None:
        is_final = row.booked_on + MAY_COME_BACK < timezone.now().date()
        return replace(pending, status=OutcomeStatus.SUCCEEDED, is_final=is_final)
    return pending


def _refusal(request: PayoutRequest, why: str) -> Outcome:
    decline = Decline(
        "could_not_process", "The bank could not process this payout.", for_operator=why
    )
    return Outcome(OutcomeStatus.DECLINED, "", request.amount, request.currency, decline=decline)
