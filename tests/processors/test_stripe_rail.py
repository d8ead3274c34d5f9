"""What only the stripe rail can do wrong."""

import json
from dataclasses import replace

import pytest
import stripe
from django.test import Client

from core.errors import CardError
from payments.inbound.services import notices
from payments.intents.services import authorizations, cancellation, payment_intents
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, Refund, UnresolvedRequest
from processors import inbox, registry, signing
from processors.accounts import changes, snapshot
from processors.models import InboundNotice, ProcessorAccount
from processors.protocols.accounts import RailAccount
from processors.protocols.base import AccessRefused, Action, ChargeRequest, Inquiry, OutcomeStatus
from processors.stripe.mapping import OUR_KEY
from processors.stripe.rail import StripeRail
from tests import rails
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now
from tests.journeys.receiver import Receiver
from tests.processors.stripe_world import StripeWorld
from tests.processors.test_conformance import LATER, status

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(rialto_server):
    return StripeWorld(rialto_server)


@pytest.fixture
def there(place, db):
    rails.a_stripe_account(secret_key=place.key, base_url=place.server.base_url)
    return place


def use_key(secret_key: str) -> None:
    changes.change(name="stripe", credentials={"secret_key": secret_key}, at=now())


def test_an_event_of_another_account_is_refused_and_says_why(there):
    secret = "whsec_for_tests"
    changes.roll_notice_secret(name="stripe", secret=secret, at=now())
    ours = there.client.v1.accounts.retrieve_current().id

    def post(id: str, **named: str):
        event = {"id": id, "object": "event", "livemode": False, "data": {"object": {}}} | named
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": signing.sign(body, secret, at=now())}
        return Client().post(
            "/inbound/stripe/", body, content_type="application/json", headers=headers
        )

    with there.unreachable():
        assert post("evt_1", account=ours).status_code == 503
    crossed = post("evt_2", account="acct_another")
    kept = [post("evt_1", account=ours), post("evt_3")]

    assert crossed.status_code == 400
    assert crossed.json()["error"] == (
        f"It is an event of the account acct_another, and stripe is {ours}: send events of this "
        "account alone here."
    )
    assert [answer.status_code for answer in kept] == [200, 200]
    assert set(InboundNotice.objects.values_list("outside_id", flat=True)) == {"evt_1", "evt_3"}


# Over there, events wait until every older transaction of the database server has ended.
@pytest.mark.django_db(transaction=True)
def test_its_own_webhooks_are_heard_with_their_own_signatures(there):
    receiver = Receiver()
    endpoint = there.client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["*"]}
    )
    receiver.secrets = [endpoint.secret]
    changes.roll_notice_secret(name="stripe", secret=endpoint.secret, at=now())
    platform = a_platform()
    with there.losing("answers"):
        intent = a_paid_intent(platform)

    # Those of the tests before may still be on their way.
    def is_told() -> bool:
        told = [
            event.to_dict()["data"]["object"] for event in receiver.of("payment_intent.succeeded")
        ]
        return any(one["metadata"].get(OUR_KEY) == intent.latest_charge_id for one in told)

    receiver.wait(is_told)

    for body, signature in receiver.deliveries:
        answer = Client().post(
            "/inbound/stripe/",
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        assert answer.status_code == 200
    notices.sweep(at=now() + LATER)

    assert InboundNotice.objects.count() >= 3
    assert not InboundNotice.objects.filter(applied_at=None).exists()
    assert status(intent) == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()
    there.client.v1.webhook_endpoints.delete(endpoint.id)


def test_without_a_secret_every_notice_is_refused(there):
    body = b'{"id": "evt_1"}'
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), "")

    answer = Client().post(
        "/inbound/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": header},
    )

    assert answer.status_code == 400
    assert not InboundNotice.objects.exists()


def test_without_a_payer_a_card_whose_bank_wants_to_be_asked_is_declined(there):
    with pytest.raises(CardError) as refused:
        a_paid_intent(
            a_platform(),
            payment_method="pm_card_authenticationRequired",
            session=ConfirmationOptions(refuses_actions=True),
        )

    assert refused.value.code in ("authentication_required", "card_declined")
    failure = Charge.objects.get().failure
    assert failure["advice"] == "step_up"
    assert not UnresolvedRequest.objects.exists()
    assert_books_balance()


def test_a_wrong_key_is_unknown_and_not_a_no_since_the_request_may_be_older_than_the_key(
    there,
):
    platform = a_platform()
    with there.losing("answers"):
        intent = a_paid_intent(platform)
    use_key("sk_test_wrong")

    assert payment_intents.repair(at=now() + LATER) == 0
    question = UnresolvedRequest.objects.get()
    assert (question.reason, status(intent)) == ("access_refused", "processing")
    assert "AuthenticationError" in question.message

    use_key(there.key)
    assert payment_intents.repair(at=now() + 3 * LATER) == 1
    assert status(intent) == "succeeded"
    assert there.moved(intent.latest_charge_id) == [10_000]


class AskingForAnother(StripeRail):
    """One that names a method which is not at the processor."""

    def charge(self, request):
        return super().charge(replace(request, instrument="pm_not_there"))


def test_what_is_refused_as_wrong_is_an_error_and_not_a_decline(there):
    with (
        rails.registered(AskingForAnother(registry.find("stripe").account), name="stripe"),
        pytest.raises(CardError) as refused,
    ):
        a_paid_intent(a_platform())

    assert refused.value.code == "processing_error"
    failure = Charge.objects.get().failure
    assert failure["is_error"]
    assert "pm_not_there" in failure["for_operator"]
    assert_books_balance()


def test_without_a_key_nothing_is_sent_and_nothing_is_called_failed(there):
    # As the migration makes it, where the environment says that there is one and has no key.
    ProcessorAccount.objects.filter(name="stripe").update(sealed_credentials=b"")
    snapshot.load()

    intent = a_paid_intent(a_platform())

    assert status(intent) == "processing"
    assert "has no secret_key" in UnresolvedRequest.objects.get().message


def test_what_was_captured_there_by_hand_is_found_captured_here(there):
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")
    reference = Charge.objects.get().processor_reference
    there.client.v1.payment_intents.capture(reference)

    authorizations.capture(tenant=platform, intent_id=intent.id, at=now())

    assert status(intent) == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()


def test_what_was_captured_there_in_part_is_not_believed_to_be_all_of_it(there):
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")
    reference = Charge.objects.get().processor_reference
    there.client.v1.payment_intents.capture(reference, {"amount_to_capture": 5_000})

    authorizations.capture(tenant=platform, intent_id=intent.id, at=now())

    assert status(intent) == "processing"
    assert UnresolvedRequest.objects.get().reason == "amount_differs"
    assert total(platform) == 0


def test_what_was_captured_there_cannot_be_let_go_here(there):
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")
    there.client.v1.payment_intents.capture(Charge.objects.get().processor_reference)

    cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())

    assert status(intent) == "requires_capture"
    assert_books_balance()


def test_a_charge_there_has_the_text_as_its_suffix(there):
    prefix = {"card_payments": {"statement_descriptor_prefix": "Ada"}}
    a_paid_intent(a_platform(settings=prefix), statement_descriptor_suffix="books 7")

    intent = there.client.v1.payment_intents.retrieve(
        Charge.objects.get().processor_reference, {"expand": ["latest_charge"]}
    )

    assert intent.statement_descriptor_suffix == "ADA BOOKS"
    assert intent.latest_charge.calculated_statement_descriptor == "ADA BOOKS"
    assert_books_balance()


def test_what_was_done_there_is_found_though_no_notice_came(there):
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")
    paid = a_paid_intent(platform)
    of = {row.payment_intent_id: row.processor_reference for row in Charge.objects.all()}
    there.client.v1.payment_intents.capture(of[held.id], {"amount_to_capture": 60_00})
    there.client.v1.refunds.create({"payment_intent": of[paid.id], "amount": 30_00})

    assert inbox.find_missed(at=now()) >= 4
    assert inbox.find_missed(at=now()) == 0
    notices.sweep(at=now() + LATER)

    assert not InboundNotice.objects.exclude(problem="").exists()
    assert (status(held), held.amount_received) == ("succeeded", 60_00)
    refund = Refund.objects.get()
    assert (refund.is_outside, refund.amount) == (True, 30_00)
    assert total(platform) == 60_00 - 1_74 - 30 + 96_80 - 30_00
    assert_books_balance()


@pytest.mark.parametrize(("livemode", "key"), [(True, "sk_test_1"), (False, "rk_live_1")])
def test_a_key_of_the_other_mode_sends_nothing(livemode, key):
    account = RailAccount("stripe_x", "stripe", livemode=livemode, credentials={"secret_key": key})

    with pytest.raises(AccessRefused, match=f"is for {'live' if livemode else 'test'} payments"):
        StripeRail(account).find(Inquiry(Action.CHARGE, "ch_1", "ch_1"))


def test_a_test_card_is_no_card_in_live_mode():
    account = RailAccount("s", "stripe", livemode=True, credentials={"secret_key": "sk_live_1"})

    outcome = StripeRail(account).charge(ChargeRequest("ch_1", 10_00, "usd", "visa"))

    assert outcome.status is OutcomeStatus.ERRORED
    assert "is no card at Stripe" in outcome.decline.for_operator
