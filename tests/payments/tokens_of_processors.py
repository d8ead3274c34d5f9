"""A processor whose browser library makes tokens of cards, for tests of what becomes of them."""

from contextlib import contextmanager
from dataclasses import replace

from processors import registry
from processors.accounts import snapshot
from processors.accounts.snapshot import Listed
from processors.protocols.accounts import RailAccount
from processors.protocols.base import Enrolment, OutcomeStatus, ProcessorUnavailable
from processors.protocols.instruments import CardFields, ChargedCard
from processors.simulator.rail import Simulator
from tests import rails

TOKEN = "simulator:once_visa"
KEPT = "kept_visa"
CARD = ChargedCard("visa", "4242", 8, 2031, "debit", "DE", "fp_of_the_processor")


class TokenRail(Simulator):
    """A rail that charges `once_...` once, and what it kept of that, `kept_...`, ever again."""

    capabilities = replace(Simulator.capabilities, takes_tokens=True)

    def __init__(self):
        super().__init__()
        self.requests, self.used = [], {}

    def enrolment(self, instrument):
        return Enrolment.BY_RAIL

    def charge(self, request):
        return self._answer(request, super().charge, keeps=request.is_to_be_kept)

    def verify(self, request):
        return self._answer(request, super().verify, keeps=True)

    def capture(self, request):
        return super().capture(replace(request, instrument="visa"))

    def _answer(self, request, call, *, keeps):
        self.requests.append(request)
        how, _, name = request.instrument.rpartition("_")
        if how == "once":
            assert self.used.setdefault(request.instrument, request.key) == request.key
        outcome = call(replace(request, instrument=name))
        if outcome.status is not OutcomeStatus.SUCCEEDED or not how:
            return outcome
        token = f"kept_{name}" if keeps else None
        ntid = f"ntid_{request.key}"
        return replace(outcome, instrument=token, network_transaction_id=ntid, card=CARD)


class DescribingRail(TokenRail):
    """One that says what its tokens stand for, unless it is asked about `once_lost`."""

    def describe(self, instrument):
        if instrument == "once_lost":
            raise ProcessorUnavailable("Nobody answers.")
        return CARD if instrument == "once_visa" else None


def taking_tokens(rail=None):
    """Register a rail that takes tokens."""
    return rails.registered(rail or TokenRail())


class FieldsRail(DescribingRail):
    """One whose own card fields are shown in our pages."""

    def card_fields(self):
        there = ("https://fields.example",)
        settings = {"publishable_key": "pk_of_it"}
        return CardFields("processors/stripe_fields.js", settings, there, there, there)


@contextmanager
def taking_live_tokens(name="live-one", rail=TokenRail):
    """Register a rail that takes tokens for an account of live mode."""
    held = snapshot.current()
    own = Listed(RailAccount(name, name, livemode=True), is_default=True)
    before = registry.register(name, lambda account: rail())
    snapshot.hold(replace(held, accounts={name: own, **held.accounts}, takes_live=True))
    try:
        yield name
    finally:
        snapshot.hold(held)
        registry.register(name, before)
