"""What applications rely on beside the objects: errors, pages, expansion, repetition."""

import threading
from typing import Any

import pytest
import stripe

from tests.acceptance.sdk import a_client
from tests.acceptance.test_every_action import CARD, Caller

pytestmark = pytest.mark.slow


@pytest.fixture
def our(rialto_server) -> Caller:
    return Caller(rialto_server)


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ],
)
def test_a_declined_card_is_a_card_error(our, token, code, decline_code):
    with pytest.raises(stripe.CardError) as caught:
        our.pay(payment_method=token)

    error = caught.value
    assert error.http_status == 402
    assert error.code == code
    assert error.error.decline_code == (decline_code or error.error.decline_code)
    assert error.user_message
    intent = error.error.payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == code
    charge = our.v1.charges.retrieve(error.error.charge)
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)


def test_a_number_that_is_no_card_is_a_card_error(our):
    with pytest.raises(stripe.CardError) as caught:
        our.v1.payment_methods.create(
            {"type": "card", "card": {**CARD, "number": "4242424242424241"}}
        )

    assert caught.value.code == "incorrect_number"


def test_a_real_card_number_is_refused_and_not_repeated(our):
    with pytest.raises(stripe.StripeError) as caught:
        our.v1.payment_methods.create(
            {"type": "card", "card": {**CARD, "number": "4539578763621486"}}
        )

    assert caught.value.http_status in (400, 402)
    assert "4539578763621486" not in str(caught.value.json_body)


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ({"amount": "many"}, "amount", "parameter_invalid_integer"),
        ({"amount": 10}, "amount", "amount_too_small"),
        (
            {"amount": 10**8, "payment_method_types": ["us_bank_account"]},
            "amount",
            "amount_too_large",
        ),
        ({"currency": "xxx"}, "currency", None),
        ({"amuont": 1}, "amuont", "parameter_unknown"),
        ({"metadata": {"a[b]": "1"}}, None, None),
        ({"customer": "cus_000000000000000000000000"}, "customer", "resource_missing"),
        ({"transfer_data": {"amount": 5}}, "transfer_data[destination]", "parameter_missing"),
    ],
)
def test_a_wrong_parameter_is_named(our, wrong, param, code):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        our.v1.payment_intents.create({"amount": 1_000, "currency": "usd", **wrong})

    assert caught.value.http_status == 400
    assert caught.value.param == (param or caught.value.param)
    assert caught.value.code == (code or caught.value.code)
    assert caught.value.request_id.startswith("req_")


def test_a_missing_object_is_an_invalid_request(our):
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent: 'pi_x'") as e:
        our.v1.payment_intents.retrieve("pi_x")

    assert (e.value.http_status, e.value.code) == (404, "resource_missing")


def test_an_unknown_url_is_an_invalid_request(our):
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as e:
        our.raw.raw_request("get", "/v1/no_such_things")

    assert e.value.http_status == 404


@pytest.mark.parametrize("key", ["sk_test_wrong", "sk_test_rlt_" + "a" * 49, "nonsense"])
def test_an_unknown_key_is_an_authentication_error(rialto_server, key):
    client, _ = a_client(rialto_server, key)

    with pytest.raises(stripe.AuthenticationError) as caught:
        client.v1.balance.retrieve()

    assert caught.value.http_status == 401
    assert key not in str(caught.value) or len(key) < 20


def test_an_account_that_is_not_connected_is_a_permission_error(rialto_server, our):
    other = Caller(rialto_server)

    for account in (other.account, other.seller, "acct_000000000000000000000000"):
        with pytest.raises(stripe.PermissionError) as caught:
            our.v1.balance.retrieve(options={"stripe_account": account})
        # The package hands a code to other errors only.
        assert caught.value.error.code == "account_invalid"


def test_the_same_idempotency_key_is_answered_with_the_first_answer(our):
    params: Any = {
        "amount": 3_000,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": True,
    }
    first = our.v1.payment_intents.create(params, options={"idempotency_key": "order-1"})
    again = our.v1.payment_intents.create(params, options={"idempotency_key": "order-1"})

    assert again.id == first.id
    assert again.last_response.body == first.last_response.body
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.idempotency_key == "order-1"
    assert len(our.v1.charges.list().data) == 1

    with pytest.raises(stripe.IdempotencyError) as caught:
        our.v1.payment_intents.create(
            {**params, "amount": 4_000}, options={"idempotency_key": "order-1"}
        )
    assert caught.value.http_status == 400


def test_a_decline_is_replayed_as_well(our):
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            our.v1.payment_intents.create(
                {
                    "amount": 3_000,
                    "currency": "usd",
                    "confirm": True,
                    "payment_method": "pm_card_chargeDeclined",
                },
                options={"idempotency_key": "declined"},
            )

    assert caught.value.headers["Idempotent-Replayed"] == "true"
    assert len(our.v1.charges.list().data) == 1


def test_a_request_that_repeats_itself_while_it_runs_pays_once(our):
    answers: list[stripe.PaymentIntent] = []

    def pay() -> None:
        answers.append(
            our.v1.payment_intents.create(
                {
                    "amount": 3_000,
                    "currency": "usd",
                    "confirm": True,
                    "payment_method": "pm_card_visa",
                },
                options={"idempotency_key": "at-once", "max_network_retries": 5},
            )
        )

    threads = [threading.Thread(target=pay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 4
    assert len({answer.id for answer in answers}) == 1
    assert len(our.v1.charges.list().data) == 1


def test_metadata_cannot_grow_beyond_its_limit_key_by_key(our):
    customer = our.v1.customers.create({"metadata": {str(i): "x" for i in range(50)}})

    with pytest.raises(stripe.InvalidRequestError) as caught:
        our.v1.customers.update(customer.id, {"metadata": {"one more": "x"}})
    assert caught.value.param == "metadata"

    swapped = our.v1.customers.update(customer.id, {"metadata": {"0": "", "one more": "x"}})
    assert len(swapped.metadata.to_dict()) == 50


def test_pages_follow_each_other(our):
    made = [our.v1.customers.create({"name": str(i)}).id for i in range(7)]

    listed = our.v1.customers.list({"limit": 3})
    assert [c.id for c in listed.data] == made[:3:-1]
    assert listed.has_more
    assert [c.id for c in listed.auto_paging_iter()] == made[::-1]

    backwards = our.v1.customers.list({"limit": 3, "ending_before": made[0]})
    assert [c.id for c in backwards.data] == made[3:0:-1]
    assert [c.id for c in backwards.auto_paging_iter()] == made[1:]

    with pytest.raises(stripe.InvalidRequestError) as caught:
        our.v1.customers.list({"starting_after": "cus_000000000000000000000000"})
    assert caught.value.param == "starting_after"


def test_expansion_reaches_four_levels(our):
    customer = our.v1.customers.create({"name": "Ada"})
    paid = our.pay(customer=customer.id)

    intent = our.v1.payment_intents.retrieve(
        paid.id, {"expand": ["customer", "latest_charge.balance_transaction.source.customer"]}
    )
    assert isinstance(intent.customer, stripe.Customer)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    line = charge.balance_transaction
    assert isinstance(line, stripe.BalanceTransaction)
    assert isinstance(line.source, stripe.Charge)
    assert line.source.customer.name == "Ada"

    (listed,) = our.v1.payment_intents.list({"expand": ["data.customer"]}).data
    assert listed.customer.name == "Ada"

    for path in ("amount", "nothing", "a.b.c.d.e"):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            our.v1.payment_intents.retrieve(paid.id, {"expand": [path]})
        assert caught.value.http_status == 400


def test_acting_for_a_seller_sees_the_sellers_side(our):
    our.pay(transfer_data={"destination": our.seller}, application_fee_amount=1_000)
    as_seller: Any = {"stripe_account": our.seller}

    (line, *_) = our.v1.balance_transactions.list(options=as_seller).data
    assert line.net == 9_000
    balance = our.v1.balance.retrieve(options=as_seller)
    assert balance.last_response.headers["Stripe-Account"] == our.seller
    assert balance.pending[0].amount + balance.available[0].amount == 9_000
    assert our.v1.charges.retrieve(str(line.source), options=as_seller).amount == 10_000


def test_the_older_style_of_the_package_works_too(rialto_server, our, monkeypatch):
    monkeypatch.setattr(stripe, "api_key", our.key)
    monkeypatch.setattr(stripe, "api_base", rialto_server.base_url)
    monkeypatch.setattr(stripe, "default_http_client", None)

    customer = stripe.Customer.create(name="Ada", metadata={"a": "1"})
    customer = stripe.Customer.modify(customer.id, metadata={"a": "", "b": "2"})
    assert customer.metadata.to_dict() == {"b": "2"}
    method = stripe.PaymentMethod.create(type="card", card=CARD)
    method.attach(customer=customer.id)
    intent = stripe.PaymentIntent.create(
        amount=2_000,
        currency="usd",
        customer=customer.id,
        payment_method=method.id,
        capture_method="manual",
    )
    intent.confirm()
    assert intent.status == "requires_capture"
    intent.capture()
    assert intent.status == "succeeded"
    refund = stripe.Refund.create(payment_intent=intent.id, amount=500)
    assert refund.status == "succeeded"
    assert stripe.Charge.retrieve(intent.latest_charge).amount_refunded == 500
    assert [c.id for c in stripe.Customer.list().auto_paging_iter()] == [customer.id]
    stripe.PaymentIntent.create(
        amount=5_000, currency="usd", confirm=True, payment_method="pm_card_bypassPending"
    )
    transfer = stripe.Transfer.create(amount=100, currency="usd", destination=our.seller)
    assert stripe.Transfer.create_reversal(transfer.id, amount=50).amount == 50
    assert stripe.Balance.retrieve(stripe_account=our.seller).available is not None
    assert stripe.Account.retrieve().id == our.account
    with pytest.raises(stripe.CardError):
        stripe.PaymentIntent.create(
            amount=1_000, currency="usd", confirm=True, payment_method="pm_card_chargeDeclined"
        )
    assert customer.delete().deleted
