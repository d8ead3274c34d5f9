"""Adyen as a rail: its Checkout API, by its own package. Our ids are its references and keys."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_noop

from core.database.transactions import forbid_transaction
from core.types import JsonObject
from processors.adyen import (
    about,
    disputes,
    mapping,
    money,
    notices,
    reports,
    returning,
    told,
    wishes,
)
from processors.adyen.about import CAPABILITIES
from processors.adyen.cards import Unusable
from processors.adyen.client import Client, Refused, client
from processors.adyen.defending import answers
from processors.protocols.accounts import RailAccount
from processors.protocols.base import (
    ChargeRequest,
    Enrolment,
    FollowUp,
    Inquiry,
    Outcome,
    ProcessorUnavailable,
    VerifyRequest,
)
from processors.protocols.disputes import DisputeReport, Paper
from processors.protocols.instruments import CardFields
from processors.protocols.kinds import CheckLine
from processors.protocols.notices import Fact
from processors.protocols.settlements import ReportedLine


class AdyenRail:
    """A payment there is a charge here; captures, voids and refunds are told of later."""

    name = "adyen"
    capabilities = CAPABILITIES
    acknowledgement = notices.ACKNOWLEDGEMENT

    def __init__(self, account: RailAccount) -> None:
        """Make the rail of one account there."""
        self.account = account

    def card_fields(self) -> CardFields | None:
        """Return what shows Adyen's card fields in a frame of ours."""
        return about.card_fields(self.account)

    @property
    def _client(self) -> Client:
        return client(self.account)

    def enrolment(self, instrument: str) -> Enrolment:
        """Leave 3-D Secure to Adyen."""
        return Enrolment.BY_RAIL

    def check_account(self) -> Sequence[CheckLine]:
        """Ask which methods the merchant account takes: no money moves."""
        forbid_transaction()
        there, name = self._client, self._client.merchant
        try:
            answer = there.send(there.payments.payment_methods, {})
        except Refused as error:
            words = gettext_noop("Adyen does not take it: %(error)s")
            return (CheckLine("credentials", words, is_good=False, values={"error": str(error)}),)
        names = [str(one.get("name")) for one in answer.get("paymentMethods", [])]
        of_name = {"name": name}
        words = gettext_noop("The key opens %(name)s.")
        opened = CheckLine("credentials", words, is_good=True, values=of_name)
        answers_disputes = answers.check_access(self.account)
        if not names:
            words = gettext_noop(
                "%(name)s takes no payment method yet: add cards in the Customer Area."
            )
            methods = CheckLine("methods", words, is_good=False, values=of_name)
            return opened, methods, answers_disputes
        words = gettext_noop("It takes %(methods)s.")
        methods = CheckLine("methods", words, is_good=True, values={"methods": ", ".join(names)})
        return opened, methods, answers_disputes

    def verify(self, request: VerifyRequest) -> Outcome:
        """Verify a card with a payment of nothing, and let Adyen keep it."""
        return self._pay(
            lambda: wishes.verify(request, livemode=self.account.livemode),
            request.key,
            mapping.NO_MONEY,
            has_payer=request.return_url is not None,
        )

    def charge(self, request: ChargeRequest) -> Outcome:
        """Charge a card, or authorise the amount."""
        return self._pay(
            lambda: wishes.charge(request, livemode=self.account.livemode),
            request.key,
            request.currency,
            has_payer=request.return_url is not None,
        )

    def complete(
        self, request: FollowUp, state: Mapping[str, str], returned: Mapping[str, str]
    ) -> Outcome:
        """Pass on what a payer's browser brought back, and return what Adyen says of it."""
        forbid_transaction()
        return returning.complete(self.account, request, state, returned)

    def cancel_charge(self, request: FollowUp) -> Outcome:
        """Stop a payment that waits for its payer."""
        forbid_transaction()
        return returning.stop(self.account, request)

    def capture(self, request: FollowUp) -> Outcome:
        """Ask for a capture of a part or all of what was authorised."""
        call = self._client.modifications.capture_authorised_payment
        return replace(self._modify(call, request), reference=request.charge_reference or "")

    def void(self, request: FollowUp) -> Outcome:
        """Ask for an authorisation to be let go."""
        call = self._client.modifications.cancel_authorised_payment_by_psp_reference
        return replace(self._modify(call, request), reference=request.charge_reference or "")

    def refund(self, request: FollowUp) -> Outcome:
        """Ask for a refund of a part or all of a charge."""
        call = self._client.modifications.refund_captured_payment
        return self._modify(call, request)

    def find(self, inquiry: Inquiry) -> Outcome | None:
        """Return what Adyen told of a request.

        It cannot be asked. What it did not tell is None, to be sent again with its key: then it
        answers as it did the first time.
        """
        forbid_transaction()
        return told.find(self.account.name, inquiry)

    def split(self, body: bytes) -> Sequence[bytes]:
        """Return the items of a batch of notices."""
        return notices.split(body)

    def authenticate(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> str:
        """Return an item's own id, if Adyen signed it."""
        return notices.authenticate(self.account, body, headers, at=at)

    def translate(self, body: str) -> Fact | None:
        """Keep what an item tells, and return where to look."""
        return notices.translate(self.account, body)

    def check_evidence(
        self, reference: str, evidence: Mapping[str, str], papers: Mapping[str, Callable[[], Paper]]
    ) -> None:
        """Ask for which reasons a dispute can be defended, and whether one fits."""
        forbid_transaction()
        answers.check(self.account, disputes.own(reference), evidence, papers)

    def submit_evidence(
        self, reference: str, evidence: Mapping[str, str], papers: Mapping[str, Callable[[], Paper]]
    ) -> None:
        """Defend a dispute."""
        forbid_transaction()
        answers.submit(self.account, disputes.own(reference), evidence, papers)

    def accept_dispute(self, reference: str) -> DisputeReport:
        """Accept a dispute, and return how it stands."""
        forbid_transaction()
        return disputes.accept(self.account, reference)

    def lines(self, *, since: datetime) -> Iterable[ReportedLine]:
        """Return the lines of the reports that were told of since a moment."""
        forbid_transaction()
        return list(reports.lines(self.account, since=since))

    def _pay(
        self, make: Callable[[], JsonObject], key: str, currency: str, *, has_payer: bool
    ) -> Outcome:
        forbid_transaction()
        there = self._client
        try:
            answer = there.send(there.payments.payments, make(), key=key)
        except (Unusable, money.TooFine, Refused) as error:
            return mapping.refused(error)
        outcome = mapping.payment(answer, currency)
        return outcome if has_payer else mapping.without_payer(outcome)

    def _modify(self, call: Callable[..., object], request: FollowUp) -> Outcome:
        forbid_transaction()
        if not request.charge_reference:
            raise ProcessorUnavailable("The payment's own id there is not known yet.")
        try:
            wish = wishes.modification(request)
            answer = self._client.send(call, wish, request.charge_reference, key=request.key)
        except (money.TooFine, Refused) as error:
            return mapping.refused(error)
        key = told.reference(request.charge_key, request.key)
        told.keep(self.account.name, told.RECEIVED, answer, key=key)
        return mapping.received(answer)
