"""What becomes known of an account by asking it: that it answers, fails, or refuses our key."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEvent, Letter
from api import request_log
from payments.intents.services import payment_intents
from payments.models import Charge, UnresolvedRequest
from processors import signing
from processors.accounts import changes, health, observed
from processors.models import InboundNotice, ProcessorAccount
from processors.protocols.base import AccessRefused, ProcessorUnavailable
from tests import rails
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, an_operator, now

pytestmark = pytest.mark.django_db

BEGIN = "2026-11-30T12:00:00Z"


@pytest.fixture(autouse=True)
def _nothing_seen():
    observed._written.clear()
    observed._waiting.clear()


def the_account() -> ProcessorAccount:
    request_log.flush()
    return ProcessorAccount.objects.get(name="simulator")


def test_an_account_that_fails_and_answers_again_is_shown_so():
    with time_machine.travel(BEGIN, tick=False) as clock:
        platform = a_platform()
        with rails.simulator_with(charge=rails.raising(ProcessorUnavailable("Gone."))):
            a_paid_intent(platform)
        failing = the_account()
        assert (health.describe(failing).word, failing.last_failure) == ("failing", "Gone.")

        clock.shift(5)
        a_paid_intent(platform)

        answers = the_account()
        assert (health.describe(answers).word, answers.failing_since) == ("answers", None)
        assert answers.last_answer_at - failing.failing_since == timedelta(seconds=5)


def test_an_account_that_does_as_before_is_written_once_a_minute():
    with time_machine.travel(BEGIN, tick=False) as clock:
        platform = a_platform()
        for seconds, writes in ((0, 1), (1, 0), (60, 1)):
            clock.shift(seconds)
            a_paid_intent(platform)
            assert observed.write() == writes


def test_an_account_that_refuses_our_key_is_left_alone_told_of_and_taken_up_again():
    an_operator("owner@example.com")
    asked = []

    def refuse(self, request):
        asked.append(request)
        raise AccessRefused("The key has ended.")

    with time_machine.travel(BEGIN, tick=False) as clock:
        platform = a_platform()
        with rails.simulator_with(charge=refuse, find=refuse):
            intent = a_paid_intent(platform)
            a_paid_intent(platform)
            assert len(asked) == 1
            row = the_account()
            assert health.describe(row).word == "refuses our credentials"
            assert {one.reason for one in UnresolvedRequest.objects.all()} == {"access_refused"}
            clock.shift(11)
            payment_intents.repair(at=row.quiet_until + timedelta(minutes=2))
            assert len(asked) == 2
            assert the_account().quiet_until - row.quiet_until > timedelta(seconds=10)
        clock.shift(60)

        payment_intents.repair(at=row.quiet_until + timedelta(hours=2))

        intent.refresh_from_db()
        assert intent.status == "succeeded"
        again = the_account()
        assert (again.refused_since, again.quiet_until, again.refused_count) == (None, None, 0)
    assert Charge.objects.filter(status="succeeded").count() == 2
    assert total(platform) == 2 * 96_80
    told = AuditEvent.objects.filter(target_id="simulator").order_by("id")
    assert [one.action for one in told] == [
        "processor_account.refused",
        "processor_account.taken_again",
    ]
    letter = Letter.objects.get()
    assert letter.email == "owner@example.com"
    assert "refuses the credentials that Rialto has for it" in letter.body
    assert_books_balance()


def test_a_notice_counts_for_the_account_whose_secret_signed_it_and_for_no_other():
    for name in ("stripe-eu", "stripe-us"):
        changes.add(
            name=name,
            kind="stripe",
            livemode=False,
            credentials={"secret_key": "sk_test_x"},
            notice_secret=f"whsec_{name}",
            at=now(),
        )
    body = b'{"id": "evt_1", "livemode": false, "data": {"object": {}}}'
    signed = {"Stripe-Signature": signing.sign(body, "whsec_stripe-us", at=now())}

    answers = {
        name: Client()
        .post(f"/inbound/{name}/", body, content_type="application/json", headers=signed)
        .status_code
        for name in ("stripe-eu", "stripe-us")
    }

    assert answers == {"stripe-eu": 400, "stripe-us": 200}
    heard = ProcessorAccount.objects.filter(last_notice_at__isnull=False)
    assert list(heard.values_list("name", flat=True)) == ["stripe-us"]
    assert InboundNotice.objects.get().processor == "stripe-us"
