"""Payers who have to act at the processor: sent there, back again, and never believed."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from payments import pages, resources
from payments.charges.services.actions import kept_actions
from payments.intents.services import cancellation, payment_intents
from payments.intents.services.attempt_errors import UnexpectedState
from payments.models import Charge, PayerAction
from processors.protocols.next_actions import ActionKind, NextAction
from tests.books import assert_books_balance, at_the_processor, pending, total
from tests.factories import a_platform, now
from tests.payments.challenging import BACK
from tests.payments.stepping import (
    BANK,
    FORM,
    NET,
    REDIRECT,
    SECRET,
    again,
    asked,
    asking,
    attempt_of,
    come_back,
    onward,
    path_of,
    polled,
    told,
)
from tests.truth import assert_the_processor_agrees

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_payer_goes_to_the_processor_and_comes_back_and_it_is_booked_once():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)
        shown = resources.payment_intent(intent)["next_action"]

        assert (intent.status, intent.latest_charge_id) == ("requires_action", charge_id)
        address = pages.action_address(charge_id)
        assert shown == {
            "redirect_to_url": {"return_url": BACK.return_url, "url": address},
            "type": "redirect_to_url",
        }
        request = rail.requests[charge_id][0]
        assert request.return_url == f"{address}/return"
        assert total(platform) == at_the_processor() == 0

        sent = Client().get(urlsplit(address).path)
        assert (sent.status_code, sent["Location"]) == (303, REDIRECT.url)
        assert sent["Referrer-Policy"] == "no-referrer"
        rail.act(charge_id)
        back = come_back(charge_id, redirectResult="r1")

        landed = urlsplit(onward(back))
        assert (landed.netloc, landed.path) == ("shop.example", "/done")
        assert back["Referrer-Policy"] == "no-referrer"
        brought = parse_qs(landed.query)
        assert brought["payment_intent"] == [intent.id]
        assert brought["payment_intent_client_secret"] == [intent.client_secret]
        assert (brought["redirect_status"], brought["order"]) == (["succeeded"], ["7"])
        assert rail.completed == [(charge_id, {"data": SECRET}, {"redirectResult": "r1"})]
        # The browser loads it again, and the page before too.
        assert onward(come_back(charge_id, redirectResult="r1")) == onward(back)
        page = Client().get(path_of(charge_id))
        assert "Your payment is confirmed" in page.content.decode()
        assert len(rail.completed) == 1
        assert_the_processor_agrees()

    paid = again(intent)
    assert (paid.status, paid.next_action, paid.amount_received) == ("succeeded", None, 100_00)
    assert pending(platform) == at_the_processor() == NET
    assert told("payment_intent.requires_action") == told("charge.succeeded") == 1
    assert Charge.objects.get().next_poll_at is None
    assert_books_balance()


def test_a_return_that_was_forged_or_came_too_early_changes_nothing():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)
        path = path_of(charge_id)
        wrong = path[:-1] + ("a" if path[-1] != "a" else "b")

        assert Client().get(f"{wrong}/return").status_code == 404
        assert Client().get(wrong).status_code == 404
        forged = come_back(charge_id, redirect_status="succeeded", redirectResult="forged")

        page = forged.content.decode()
        assert onward(forged) is None
        assert "You are not done yet" in page
        assert f'href="{path}"' in page
        assert again(intent).status == "requires_action"
        assert told("payment_intent.requires_action") == 1
        assert total(platform) == 0
        # The genuine one is asked about all the same.
        rail.act(charge_id)
        assert "redirect_status=succeeded" in onward(come_back(charge_id))

    assert pending(platform) == NET
    assert_books_balance()


def test_one_more_step_is_a_form_that_works_without_a_script():
    platform = a_platform()
    with asking(REDIRECT, FORM) as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)
        rail.act(charge_id)
        first = come_back(charge_id, redirectResult="r1")

        assert onward(first) == path_of(charge_id)
        assert again(intent).status == "requires_action"
        assert told("payment_intent.requires_action") == 2
        answer = Client().get(path_of(charge_id))
        page, policy = answer.content.decode(), answer["Content-Security-Policy"]
        assert f'<form id="onward" method="post" action="{BANK}">' in page
        assert 'value="m&quot;1"' in page
        assert 'value="&lt;r&gt;"' in page
        assert "<button" in page
        assert SECRET not in page
        assert "form-action https://bank.example https:;" in policy
        assert "script-src 'nonce-" in policy
        # The first return, loaded again, is not taken for the second one.
        come_back(charge_id, redirectResult="r1")
        assert [brought for _, _, brought in rail.completed] == [{"redirectResult": "r1"}]
        rail.act(charge_id)
        back = Client().post(f"{path_of(charge_id)}/return", {"PaRes": "p", "MD": "m"})

        assert "redirect_status=succeeded" in onward(back)
        expected = (charge_id, {"data": f"{SECRET}-2"}, {"PaRes": "p", "MD": "m"})
        assert rail.completed[-1] == expected

    assert pending(platform) == NET
    assert SECRET not in PayerAction.objects.get().sealed
    assert_books_balance()


def test_a_code_that_a_rail_wants_scanned_is_shown_until_the_processor_says_what_came_of_it():
    platform = a_platform()
    code = NextAction(
        ActionKind.SHOW_CODE, fields={"code": "wallet://pay/7"}, state={"data": SECRET}
    )
    with asking(code) as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)
        answer = Client().get(path_of(charge_id))
        page = answer.content.decode()
        drawn = Client().get(f"{path_of(charge_id)}/code.svg")

        assert f'<img src="{path_of(charge_id)}/code.svg"' in page
        assert f'href="{path_of(charge_id)}/return"' in page
        assert SECRET not in page
        assert "img-src 'self';" in answer["Content-Security-Policy"]
        assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/svg+xml")
        assert drawn.content.startswith(b"<?xml")
        # Who has not scanned it is shown it again.
        early = come_back(charge_id).content.decode()
        assert "You are not done yet" in early
        assert f'href="{path_of(charge_id)}"' in early
        rail.act(charge_id)
        assert "redirect_status=succeeded" in onward(come_back(charge_id))
        assert Client().get(f"{path_of(charge_id)}/code.svg").status_code == 404

    assert pending(platform) == NET
    assert_books_balance()


def test_the_processors_own_picture_of_a_code_is_shown_from_its_place():
    code = NextAction(ActionKind.SHOW_CODE, url="https://codes.example/7.png")
    with asking(code):
        charge_id = attempt_of(asked(a_platform()))
        answer = Client().get(path_of(charge_id))

        assert '<img src="https://codes.example/7.png"' in answer.content.decode()
        assert "img-src https://codes.example;" in answer["Content-Security-Policy"]
        assert Client().get(f"{path_of(charge_id)}/code.svg").status_code == 404


def test_what_fails_at_the_processor_leads_back_to_the_start():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)
        rail.act(charge_id, fails=True)

        back = come_back(charge_id)

        assert "redirect_status=failed" in onward(back)
        failed = again(intent)
        assert (failed.status, failed.next_action) == ("requires_payment_method", None)
        assert failed.last_payment_error["code"] == "payment_intent_authentication_failure"
        assert told("payment_intent.payment_failed") == told("charge.failed") == 1
        retried = payment_intents.confirm(
            tenant=platform, intent_id=intent.id, payment_method="pm_card_visa", at=now()
        )
        assert attempt_of(retried) not in (None, charge_id)
        # The old address leads nowhere any more.
        assert "Nothing more to do here" in Client().get(path_of(charge_id)).content.decode()

    assert total(platform) == 0
    assert_books_balance()


def test_an_authorisation_is_held_after_the_step():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform, capture_method="manual")
        rail.act(attempt_of(intent))
        come_back(attempt_of(intent))

    held = again(intent)
    assert (held.status, held.amount_capturable) == ("requires_capture", 100_00)
    assert held.next_action is None
    assert total(platform) == 0
    assert_books_balance()


@pytest.mark.parametrize(
    ("fails", "status"), [(False, "succeeded"), (True, "requires_payment_method")]
)
def test_a_browser_that_is_lost_is_made_up_for_by_polling(fails, status):
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        assert polled() == 0
        assert again(intent).status == "requires_action"
        rail.act(attempt_of(intent), fails=fails)

        assert polled() == 1

    assert again(intent).status == status
    assert told("payment_intent.requires_action") == 1
    assert pending(platform) == (0 if fails else NET)
    assert_books_balance()


def test_an_answer_that_is_lost_when_the_payer_is_back_is_asked_for_again():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)
        rail.act(charge_id)
        rail.is_deaf = True

        assert "payment_intent=" in onward(come_back(charge_id, redirectResult="r1"))

        assert again(intent).status == "processing"
        assert pending(platform) == 0
        rail.is_deaf = False
        assert payment_intents.repair(at=now() + timedelta(minutes=1)) == 1
        assert {brought["redirectResult"] for _, _, brought in rail.completed} == {"r1"}

    assert again(intent).status == "succeeded"
    assert pending(platform) == NET
    assert_books_balance()


def test_a_processor_that_still_thinks_leaves_the_payer_nothing_to_do():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        rail.act(attempt_of(intent))
        rail.is_slow = True

        assert polled() == 1

        thinking = again(intent)
        assert (thinking.status, thinking.next_action) == ("processing", None)
        rail.is_slow = False
        assert payment_intents.repair(at=now() + timedelta(minutes=1)) == 1

    assert again(intent).status == "succeeded"
    assert pending(platform) == NET
    assert_books_balance()


def test_confirming_again_shows_the_same_step_and_another_card_begins_anew():
    platform = a_platform()
    with asking() as rail:
        intent = asked(platform)
        charge_id = attempt_of(intent)

        same = payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now())
        assert attempt_of(same) == charge_id
        other = payment_intents.confirm(
            tenant=platform, intent_id=intent.id, payment_method="pm_card_mastercard", at=now()
        )

        assert attempt_of(other) not in (None, charge_id)
        assert Charge.objects.get(id=charge_id).status == "failed"
        assert charge_id in rail.failed
        # Whoever finishes the old step has not paid.
        rail.act(charge_id)
        come_back(charge_id)
        assert again(intent).status == "requires_action"
        rail.act(attempt_of(other))
        come_back(attempt_of(other))

    assert again(intent).status == "succeeded"
    assert pending(platform) == NET
    assert_books_balance()


def test_a_payer_who_was_faster_than_the_cancelation_has_paid():
    platform = a_platform()
    with asking() as rail:
        canceled, paid = asked(platform), asked(platform)
        rail.act(attempt_of(paid))
        charge_id = attempt_of(paid)

        cancellation.cancel(tenant=platform, intent_id=canceled.id, at=now())
        with pytest.raises(UnexpectedState, match="succeeded"):
            cancellation.cancel(tenant=platform, intent_id=paid.id, at=now())

        assert again(canceled).status == "canceled"
        assert "Nothing more" in Client().get(path_of(canceled.latest_charge_id)).content.decode()
        assert "redirect_status=succeeded" in onward(come_back(charge_id))

    assert again(paid).status == "succeeded"
    assert pending(platform) == NET
    assert_books_balance()


def test_nobody_is_sent_anywhere_who_is_not_there():
    platform = a_platform()
    with asking() as rail:
        asked(platform, session=type(BACK)(is_off=True))
        asked(platform, session=type(BACK)(refuses_actions=True))

    assert rail.requests == {}
    assert told("payment_intent.succeeded") == 2
    assert_books_balance()


def test_what_payers_had_to_do_is_forgotten_once_it_is_done_and_old():
    platform = a_platform()
    with asking() as rail:
        done, waiting = asked(platform), asked(platform)
        rail.act(attempt_of(done))
        come_back(attempt_of(done))

    kept_actions.forget(before=now() - timedelta(minutes=1))
    assert PayerAction.objects.count() == 2
    kept_actions.forget(before=now() + timedelta(minutes=1))

    assert PayerAction.objects.get().attempt_id == waiting.latest_charge_id
    assert Client().get(path_of(done.latest_charge_id)).status_code == 404
