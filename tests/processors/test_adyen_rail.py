"""What only the Adyen rail can do wrong."""

import json
from dataclasses import replace

import pytest
from django.test import Client

from core.errors import CardError
from payments.inbound.services import notices
from payments.intents.services import authorizations, cancellation, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, UnresolvedRequest
from payments.refunds.services import refunds
from processors import gateway
from processors.adyen import cards, money, refusals
from processors.adyen.notices import sign
from processors.adyen.rail import AdyenRail
from processors.models import InboundNotice, ToldEvent
from processors.protocols.base import AccessRefused, ChargeRequest, FollowUp, OutcomeStatus
from processors.protocols.notices import NoticeRefused
from tests import rails
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.adyen_world import HMAC_KEY, AdyenWorld
from tests.processors.test_conformance import LATER, carried_out, hear, status

pytestmark = pytest.mark.django_db

OTHER_KEY = "00" * 32


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    world = AdyenWorld(tmp_path_factory.mktemp("adyen"))
    yield world
    world.there.close()


@pytest.fixture
def there(place, db):
    with place.installed():
        yield place
    place.assert_it_agrees()


def post(body: bytes):
    return Client().post("/inbound/adyen/", body, content_type="application/json")


def test_an_account_is_checked_by_asking_what_it_takes(there):
    rail = gateway.registry.find("adyen")

    opened, methods, disputes = rail.check_account()

    assert (opened.is_good, methods.is_good, disputes.is_good) == (True, True, True)
    assert methods.text == "It takes Cards."
    assert disputes.text == "The key may answer disputes."
    credentials = dict(rail.account.credentials) | {"merchant_account": "Nobody"}
    with pytest.raises(AccessRefused, match="Invalid Merchant Account"):
        AdyenRail(replace(rail.account, credentials=credentials, name="other")).check_account()


# Notices


def test_a_batch_is_kept_item_by_item_and_acknowledged_in_adyens_words(there):
    platform = a_platform()
    paid = a_paid_intent(platform)
    refund = refunds.create(tenant=platform, intent_id=paid.id, amount=40_00, at=now())
    body = there.there.batch(*there.there.book.take())

    first, again = post(body), post(body)

    assert first.content == again.content == b"[accepted]"
    assert first.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert InboundNotice.objects.count() == 2
    notices.sweep(at=now() + LATER)
    assert status(refund) == "succeeded"
    assert total(platform) == 56_80
    assert_books_balance()


def test_a_batch_with_one_forged_item_is_refused_whole(there):
    platform = a_platform()
    a_paid_intent(platform)
    a_paid_intent(platform)
    whole = json.loads(there.there.batch(*there.there.book.take()))
    whole["notificationItems"][1]["NotificationRequestItem"]["amount"]["value"] += 1

    assert post(json.dumps(whole).encode()).status_code == 400
    assert not InboundNotice.objects.exists()


def test_two_keys_are_good_while_one_replaces_the_other_and_none_is_no_key(there):
    a_paid_intent(a_platform())
    ((body, headers),) = there.outstanding(at=now())

    both = AdyenRail(replace(there.account, notice_secrets=(OTHER_KEY, HMAC_KEY)))
    assert both.authenticate(body, headers, at=now()).startswith("AUTHORISATION:")
    for account in (
        replace(there.account, notice_secrets=(OTHER_KEY,)),
        replace(there.account, notice_secrets=()),
        replace(there.account, notice_secrets=("no hexadecimal digits",)),
        replace(there.account, livemode=True),
        replace(there.account, credentials={"merchant_account": "Another"}),
    ):
        with pytest.raises(NoticeRefused):
            AdyenRail(account).authenticate(body, headers, at=now())


def test_the_signature_is_that_of_adyens_own_example():
    # From Adyen's page about HMAC signatures.
    item = {
        "pspReference": "7914073381342284",
        "merchantAccountCode": "TestMerchant",
        "merchantReference": "TestPayment-1407325143704",
        "amount": {"value": 1130, "currency": "EUR"},
        "eventCode": "AUTHORISATION",
        "success": "true",
    }

    assert sign(item, HMAC_KEY) == b"coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="


def test_what_a_notice_says_without_signing_it_is_not_believed(there):
    with there.losing("answers"):
        intent = a_paid_intent(a_platform())
    ((body, headers),) = there.outstanding(at=now())
    whole = json.loads(body)
    more = whole["notificationItems"][0]["NotificationRequestItem"]["additionalData"]
    more |= {
        "tokenization.storedPaymentMethodId": "SOMEBODYELSESCARD",
        "tokenization.shopperReference": "cus_another",
        "networkTxReference": "forged",
    }

    hear(there, [(json.dumps(whole).encode(), headers)])

    assert status(intent) == "succeeded"
    assert ToldEvent.objects.get(kind="AUTHORISATION").more == {}


def test_a_modification_is_known_by_adyens_reference_if_its_notice_names_only_the_payment(there):
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")
    authorizations.capture(tenant=platform, intent_id=held.id, at=now())
    told = [item | {"merchantReference": held.latest_charge_id} for item in there.there.book.take()]

    hear(there, [(there.there.batch(item), {}) for item in told])

    assert status(held) == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_capture_that_adyen_took_on_and_did_not_carry_out_moves_nothing(there):
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")
    payment = there.there.book.payment(Charge.objects.get().processor_reference)
    # The bank lets the authorisation go before it is asked for.
    there.there.book.save(payment | {"authorised": 0})

    authorizations.capture(tenant=platform, intent_id=held.id, at=now())
    carried_out(there)

    assert status(held) == "requires_capture"
    assert total(platform) == 0
    assert_books_balance()


@pytest.mark.parametrize("how", ["capture", "void"])
def test_what_adyen_did_not_carry_out_is_asked_for_anew_and_done_once(there, how):
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")
    charge = Charge.objects.get()
    payment = there.there.book.payment(charge.processor_reference)
    refusing = {"capture": {"authorised": 0}, "void": {"captured": 1}}[how]

    def ask():
        if how == "capture":
            authorizations.capture(tenant=platform, intent_id=held.id, at=now())
        else:
            cancellation.cancel(tenant=platform, intent_id=held.id, at=now())

    there.there.book.save(payment | refusing)
    ask()
    told = there.outstanding(at=now())
    hear(there, told)
    assert status(held) == "requires_capture"
    there.there.book.save(payment)

    # The second request is lost, and the first one's refusal is told again, before it is settled.
    with there.losing("answers"):
        ask()
    hear(there, told)
    assert status(held) == "processing"
    assert UnresolvedRequest.objects.get().key == f"{charge.id}_{how}_2"
    payment_intents.repair(at=now() + 3 * LATER)
    carried_out(there)

    assert status(held) == ("succeeded" if how == "capture" else "canceled")
    assert there.moved(charge.id) == [100_00 if how == "capture" else 0]
    assert total(platform) == (96_80 if how == "capture" else 0)
    assert_books_balance()


@pytest.mark.parametrize("how", ["automatic", "manual"])
def test_money_that_was_captured_and_will_not_come_waits_for_an_operator(there, how):
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method=how)
    key = intent.latest_charge_id
    if how == "manual":
        authorizations.capture(tenant=platform, intent_id=intent.id, at=now())
        carried_out(there)
        key = f"{key}.{key}_capture"
    payment = there.there.book.payment(Charge.objects.get().processor_reference)
    with there.there.book.together():
        there.there.payments.tell("CAPTURE_FAILED", payment, "F" * 16, {"reference": key})

    for notice in there.outstanding(at=now()):
        assert post(notice[0]).status_code == 200
    notices.sweep(at=now() + LATER)

    (waiting,) = InboundNotice.objects.exclude(problem="")
    assert "Adyen will not get its money" in waiting.problem
    assert (status(intent), total(platform)) == ("succeeded", 96_80)
    assert_books_balance()


def test_a_refund_that_adyen_took_on_and_refused_gives_the_money_back(there):
    platform = a_platform()
    paid = a_paid_intent(platform)
    payment = there.there.book.payment(Charge.objects.get().processor_reference)
    there.there.book.save(payment | {"captured": 0})

    refund = refunds.create(tenant=platform, intent_id=paid.id, amount=40_00, at=now())
    assert status(refund) == "pending"
    carried_out(there)

    assert status(refund) == "failed"
    assert total(platform) == 96_80
    there.there.book.save(payment)
    assert_books_balance()


# Answers


def test_a_request_that_is_being_worked_on_is_unknown_and_a_wrong_one_an_error(there):
    request = ChargeRequest("ch_twice", 50_00, "usd", "visa")
    there.there.failures = ["in progress", "wrong"]

    assert gateway.charge("adyen", request).status is OutcomeStatus.UNKNOWN
    refused = gateway.charge("adyen", request)

    assert refused.status is OutcomeStatus.ERRORED
    assert "Invalid" in refused.decline.for_operator
    assert gateway.charge("adyen", request).status is OutcomeStatus.SUCCEEDED
    assert there.moved("ch_twice") == [50_00]


@pytest.mark.parametrize(
    ("credentials", "why"),
    [
        ({"merchant_account": "RialtoTests", "api_key": "wrong"}, "401"),
        ({"merchant_account": "Another", "api_key": "AQE_for_tests"}, "403"),
        ({"merchant_account": "RialtoTests"}, "has no api_key"),
        ({}, "has no merchant_account"),
    ],
)
def test_without_the_right_credentials_nobody_can_say_what_happened(there, credentials, why):
    rail = AdyenRail(replace(there.account, credentials=credentials))
    with rails.registered(rail, name="adyen"):
        assert status(a_paid_intent(a_platform())) == "processing"

    assert why in UnresolvedRequest.objects.get().message
    assert payment_intents.repair(at=now() + LATER) == 1


def test_a_live_account_takes_no_name_of_a_test_card_and_no_plain_number(there):
    for instrument in ("visa", "4111111111111111"):
        with pytest.raises(cards.Unusable):
            cards.read(instrument, livemode=True)
    for method in ({"number": "4111111111111111"}, {"encryptedCardNumber": "x", "number": "4"}):
        with pytest.raises(cards.Unusable):
            cards.read(json.dumps({"paymentMethod": method}), livemode=True)


def test_the_same_result_of_another_payment_completes_nothing(there):
    first, second = (
        ChargeRequest(key, 50_00, "usd", "authenticationRequired", return_url="https://r.example/")
        for key in ("ch_first", "ch_second")
    )
    asked, other = gateway.charge("adyen", first), gateway.charge("adyen", second)
    brought = there.perform(asked.next_action)

    swapped = AdyenRail(there.account).complete(
        _about("ch_second"), dict(other.next_action.state), brought
    )

    assert swapped.status is OutcomeStatus.ACTION_REQUIRED
    assert swapped.next_action == other.next_action
    assert there.moved("ch_second") == [0]


def _about(key):
    return FollowUp(key, key, 50_00, "usd", "authenticationRequired")


# Words


@pytest.mark.parametrize(
    ("ours", "currency", "theirs"),
    [
        (10_00, "usd", 10_00),
        (1_000, "jpy", 1_000),
        (10_000, "kwd", 10_000),
        (5_000, "clp", 5_000_00),
        (10_00, "cve", 10),
        (150_000_00, "idr", 150_000),
        (1_000_00, "isk", 1_000_00),
        (3_000_00, "ugx", 3_000),
    ],
)
def test_amounts_are_told_as_adyen_counts(ours, currency, theirs):
    amount = {"value": theirs, "currency": currency.upper()}

    assert money.to_adyen(ours, currency) == amount
    assert money.from_adyen(amount) == (ours, currency)


def test_an_amount_that_adyen_cannot_say_is_an_error_and_not_rounded(there):
    outcome = gateway.charge("adyen", ChargeRequest("ch_fine", 10_50, "idr", "visa"))

    assert outcome.status is OutcomeStatus.ERRORED
    assert there.moved("ch_fine") == []


@pytest.mark.parametrize(
    ("code", "word", "step"),
    [
        ("2", "generic_decline", "retry_later"),
        ("4", "processing_error", "retry_other"),
        ("5", "restricted_card", "never_retry"),
        ("6", "expired_card", "ask_new_instrument"),
        ("9", "issuer_not_available", "retry_other"),
        ("12", "insufficient_funds", "retry_later"),
        ("20", "fraudulent", "never_retry"),
        ("24", "incorrect_cvc", "ask_new_instrument"),
        ("38", "authentication_required", "step_up"),
        ("999", "generic_decline", "retry_other"),
    ],
)
def test_a_refusal_has_the_words_of_the_wire(code, word, step):
    why = refusals.decline({"refusalReasonCode": code})

    assert (why.decline_code, why.next_step) == (word, step)


def test_what_the_network_advises_counts_more():
    more = {"refusalReasonRaw": "05 : Do not honor", "merchantAdviceCode": "03 : Do not try again"}

    why = refusals.decline({"refusalReasonCode": "2", "additionalData": more})

    assert (why.network_code, why.advice) == ("05", "do_not_try_again")
    assert why.next_step == "never_retry"


def test_a_test_card_that_adyen_has_no_counterpart_for_is_an_error(there):
    with pytest.raises(CardError) as refused:
        a_paid_intent(a_platform(), payment_method="pm_card_unionpay")

    assert refused.value.code == "processing_error"
    assert "has none" in Charge.objects.get().failure["for_operator"]


def test_a_key_without_the_role_for_disputes_is_found_by_the_check(there):
    there.there.may_answer_disputes = False
    try:
        line = gateway.registry.find("adyen").check_account()[-1]
    finally:
        there.there.may_answer_disputes = True

    assert (line.name, line.is_good) == ("disputes", None)
    assert "role API dispute management" in line.text


def test_who_has_a_browser_is_asked_by_redirect_and_who_is_not_there_is_never_asked(there):
    book, here = there.there.book, a_platform()
    before = len(book.requests("/v72/payments"))
    back = ConfirmationOptions(return_url="https://shop.example/")

    asked = a_paid_intent(here, payment_method="pm_card_authenticationRequired", session=back)
    nobody = ChargeRequest(
        "ch_off",
        100_00,
        "usd",
        there.token("authenticationRequired"),
        is_off_session=True,
        return_url="https://a/",
    )
    declined = gateway.charge("adyen", nobody)

    with_browser, without = book.requests("/v72/payments")[before:]
    assert asked.status == "requires_action"
    how = {"threeDSRequestData": {"nativeThreeDS": "disabled"}}
    assert (with_browser["authenticationData"], with_browser["channel"]) == (how, "Web")
    assert without["authenticationData"] == {"attemptAuthentication": "never"}
    assert declined.decline.code == "authentication_required"
