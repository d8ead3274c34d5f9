"""Cards that are set up at a processor which asks the payer: sent there, back, never believed."""

from datetime import timedelta

import pytest
from django.test import Client

from payments import pages, resources
from payments.models import PayerAction, SetupAttempt
from payments.setups.services import setup_intents
from tests.factories import a_platform, now
from tests.payments.challenging import BACK
from tests.payments.stepping import (
    FORM,
    REDIRECT,
    again,
    asking,
    attempt_of,
    come_back,
    onward,
    path_of,
)
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(hours=2)


def set_up(platform, **details):
    wanted = {"payment_method": "pm_card_visa", "return_url": BACK.return_url} | details
    return setup_intents.create(tenant=platform, confirm=True, at=now(), **wanted)


def test_a_payer_goes_to_the_processor_and_comes_back_and_the_card_is_set_up():
    with asking(REDIRECT, FORM) as rail:
        intent = set_up(a_platform())
        key = attempt_of(intent)
        shown = resources.setup_intent(intent)["next_action"]["redirect_to_url"]

        assert (intent.status, intent.latest_attempt_id) == ("requires_action", key)
        assert shown == {"return_url": BACK.return_url, "url": pages.action_address(key)}
        assert rail.requests[key][0].return_url == pages.return_address(key)
        assert Client().get(path_of(key))["Location"] == REDIRECT.url
        early = come_back(key).content.decode()
        assert "You are not done yet" in early
        assert again(intent).status == "requires_action"
        rail.act(key)
        assert onward(come_back(key, r="1")) == path_of(key)
        assert '<form id="onward"' in Client().get(path_of(key)).content.decode()
        rail.act(key)
        back = onward(come_back(key, r="2"))

        assert f"setup_intent={intent.id}" in back
        assert "redirect_status=succeeded" in back
        assert onward(come_back(key, r="2")) == back
        assert "Your card can be kept" in Client().get(path_of(key)).content.decode()

    done = again(intent)
    assert (done.status, done.next_action) == ("succeeded", None)
    assert SetupAttempt.objects.get().status == "succeeded"
    assert PayerAction.objects.get().next_poll_at is None
    assert Event.objects.filter(type="setup_intent.requires_action").count() == 2
    assert Event.objects.filter(type="setup_intent.succeeded").count() == 1


@pytest.mark.parametrize(
    ("fails", "status"), [(False, "succeeded"), (True, "requires_payment_method")]
)
def test_a_browser_that_is_lost_is_made_up_for_by_polling(fails, status):
    with asking() as rail:
        intent = set_up(a_platform())
        assert setup_intents.repair(at=now() + LATER) == 0
        rail.act(attempt_of(intent), fails=fails)

        assert setup_intents.repair(at=now() + 2 * LATER) == 1
        assert setup_intents.repair(at=now() + 3 * LATER) == 0

    ended = again(intent)
    assert (ended.status, ended.next_action) == (status, None)
    assert PayerAction.objects.get().next_poll_at is None


def test_a_payer_who_never_comes_back_ends_the_attempt():
    with asking() as rail:
        intent = set_up(a_platform())
        key = attempt_of(intent)
        assert setup_intents.repair(at=now() + timedelta(hours=23)) == 0
        assert again(intent).status == "requires_action"

        assert setup_intents.repair(at=now() + timedelta(hours=24, minutes=1)) == 1

        rail.act(key)
        assert onward(come_back(key)) is not None
    ended = again(intent)
    assert (ended.status, ended.next_action) == ("requires_payment_method", None)
    assert ended.last_setup_error["code"] == "setup_intent_setup_attempt_expired"
    assert SetupAttempt.objects.get().status == "failed"
    assert PayerAction.objects.get().next_poll_at is None


def test_an_answer_that_is_lost_when_the_payer_is_back_is_asked_for_again():
    with asking() as rail:
        intent = set_up(a_platform())
        key = attempt_of(intent)
        rail.act(key)
        rail.is_deaf = True
        come_back(key, r="1")
        assert again(intent).status == "processing"
        rail.is_deaf = False

        assert setup_intents.repair(at=now() + timedelta(minutes=1)) == 1

    assert again(intent).status == "succeeded"
    assert rail.completed[-1][2] == {"r": "1"}


def test_a_processor_that_still_thinks_leaves_the_payer_nothing_to_do():
    with asking() as rail:
        intent = set_up(a_platform())
        rail.act(attempt_of(intent))
        rail.is_slow = True
        assert setup_intents.repair(at=now() + LATER) == 1
        assert (again(intent).status, again(intent).next_action) == ("processing", None)
        rail.is_slow = False

        assert setup_intents.repair(at=now() + 2 * LATER) == 1

    assert again(intent).status == "succeeded"


def test_another_card_or_a_cancelation_ends_the_wait():
    platform = a_platform()
    with asking() as rail:
        intent, other = set_up(platform), set_up(platform)
        key = attempt_of(intent)
        setup_intents.cancel(tenant=platform, intent_id=other.id, at=now())
        confirmed = setup_intents.confirm(
            tenant=platform, intent_id=intent.id, payment_method="pm_card_mastercard", at=now()
        )
        rail.act(key)
        come_back(key)

        assert attempt_of(confirmed) not in (None, key)
        assert again(intent).status == "requires_action"
        rail.act(attempt_of(confirmed))
        come_back(attempt_of(confirmed))

    assert (again(intent).status, again(other).status) == ("succeeded", "canceled")
    assert SetupAttempt.objects.get(id=key).status == "abandoned"
