"""A processor that has something to ask the payer, for tests of what a payer does there."""

import html
import re
from dataclasses import replace
from urllib.parse import urlsplit

from django.test import Client

from payments import pages
from payments.inbound.services import delayed_polling
from payments.models import Charge, PaymentIntent, SetupIntent
from processors.protocols.base import (
    Action,
    Enrolment,
    Outcome,
    OutcomeStatus,
    ProcessorUnavailable,
)
from processors.protocols.declines import Decline
from processors.protocols.next_actions import ActionKind, NextAction
from processors.simulator.rail import Simulator
from tests import rails
from tests.factories import a_paid_intent, now
from tests.payments.challenging import BACK
from webhooks.models import Event

# 100.00 without 2.9 % and 30 cents.
NET = 100_00 - 3_20

BANK = "https://bank.example/challenge"
_REFRESH = re.compile(r'<meta http-equiv="refresh" content="0;url=([^"]*)">')
SECRET = "paymentData-that-no-browser-sees"
REDIRECT = NextAction(ActionKind.REDIRECT, f"{BANK}?id=1", state={"data": SECRET})
FORM = NextAction(
    ActionKind.REDIRECT, BANK, "POST", {"MD": 'm"1', "PaReq": "<r>"}, state={"data": f"{SECRET}-2"}
)


def form_to(url):
    """Return a step that is a form to somewhere."""
    return replace(FORM, url=url)


_FAILED = Decline(
    "payment_intent_authentication_failure", "The payer's bank did not confirm the payer."
)
_CANCELED = Decline("canceled", "It was withdrawn before the payer was done.")


class AskingRail(Simulator):
    """A rail whose processor asks each payer who is there, step by step.

    Args:
        steps: What it asks, one after the other.
    """

    def __init__(self, *steps):
        super().__init__()
        self.steps = steps
        self.requests, self.passed, self.failed = {}, {}, {}
        self.completed = []
        self.is_deaf = self.is_slow = self.loses_cancelations = False
        # As of a processor that knows an attempt only once its payer has acted.
        self.cannot_be_asked = False
        # Whose payer pays just before it is canceled.
        self.paid_when_canceled = ""

    def enrolment(self, instrument):
        return Enrolment.BY_RAIL

    def charge(self, request):
        return self._begin(request, super().charge)

    def verify(self, request):
        return self._begin(request, super().verify)

    def find(self, inquiry):
        if self.cannot_be_asked:
            return None
        if inquiry.action in (Action.CHARGE, Action.VERIFY, Action.CANCEL):
            if inquiry.charge_key in self.requests:
                return self._stand(inquiry.charge_key)
        return super().find(inquiry)

    def complete(self, request, state, returned):
        self.completed.append((request.key, dict(state), dict(returned)))
        outcome = self._stand(request.key)
        if self.is_deaf:
            raise ProcessorUnavailable("The answer was lost.")
        return outcome

    def cancel_charge(self, request):
        if self.loses_cancelations:
            raise ProcessorUnavailable("The request was lost.")
        if request.charge_key == self.paid_when_canceled:
            self.passed[request.charge_key] = len(self.steps)
        if self.passed[request.charge_key] < len(self.steps):
            self.failed.setdefault(request.charge_key, _CANCELED)
        return self._stand(request.charge_key)

    def act(self, key, *, fails=False):
        """Let the payer do at the processor what is to be done."""
        if fails:
            self.failed.setdefault(key, _FAILED)
        self.passed[key] += 1

    def _begin(self, request, call):
        if request.return_url is None:
            return call(request)
        self.requests.setdefault(request.key, (request, call))
        self.passed.setdefault(request.key, 0)
        return self._stand(request.key)

    def _stand(self, key):
        request, call = self.requests[key]
        amount, currency = getattr(request, "amount", 0), getattr(request, "currency", "xxx")
        if key in self.failed:
            status = OutcomeStatus.DECLINED
            return Outcome(status, f"asked_{key}", 0, currency, decline=self.failed[key])
        if self.passed[key] < len(self.steps):
            step = self.steps[self.passed[key]]
            status = OutcomeStatus.ACTION_REQUIRED
            return Outcome(status, f"asked_{key}", amount, currency, next_action=step)
        if self.is_slow:
            return Outcome(OutcomeStatus.PENDING, f"asked_{key}", amount, currency)
        return replace(call(request), network_transaction_id=f"ntid_{key}")


def asking(*steps):
    """Register a rail that asks."""
    return rails.registered(AskingRail(*steps or (REDIRECT,)))


def asked(platform, **details):
    """Begin a payment whose payer is sent to the processor."""
    return a_paid_intent(platform, session=details.pop("session", BACK), **details)


def attempt_of(intent):
    return pages.attempt_of(again(intent).next_action)


def path_of(attempt_id):
    return urlsplit(pages.action_address(attempt_id)).path


def come_back(attempt_id, **brought):
    """Let the processor send the browser back."""
    return Client().get(f"{path_of(attempt_id)}/return", brought)


def onward(answer):
    """Return where a page sends the browser; None if it stays."""
    assert answer.status_code == 200
    found = _REFRESH.search(answer.content.decode())
    return html.unescape(found[1]) if found else None


def again(intent):
    model = SetupIntent if intent.id.startswith("seti_") else PaymentIntent
    return model.objects.get(id=intent.id)


def told(type):
    return Event.objects.filter(type=type).count()


def polled():
    Charge.objects.filter(next_poll_at__isnull=False).update(next_poll_at=now())
    return delayed_polling.poll_due(at=now())
