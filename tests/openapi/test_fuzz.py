"""Whatever is sent to an endpoint, the server answers, in the shape that the document says."""

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings

from connect.models import ApplicationFee, ApplicationFeeRefund, Transfer, TransferReversal
from connect.transfers.services import application_fees, reversals
from core.tenant import Tenant
from ledger.models import BalanceTransaction
from payments.customers.services import customers
from payments.intents.services import payment_intents
from payments.methods.services import payment_methods
from payments.models import Charge, Refund
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from tests.openapi import fuzzing
from tests.soak import times
from webhooks.models import Endpoint, Event
from webhooks.services import endpoints

pytestmark = pytest.mark.slow

OPERATIONS = fuzzing.operations()
# Nobody would hear of them, and deliveries in vain would keep other tests' waiting.
QUIET = ["account.application.authorized"]
# In all: a thousand with every change, twenty thousand with `make soak`.
EACH = -(-times(1_000) // len(OPERATIONS))


@pytest.fixture(scope="module")
def merchant(rialto_server):
    with rialto_server.using_its_database():
        platform = a_platform()
        key = a_key(platform)
        ids = a_business(platform)
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {key}"
    yield session, ids
    session.close()
    with rialto_server.using_its_database():
        Endpoint.objects.filter(account_id=platform.account_id).update(deleted_at=now())
        assert_books_balance()


def a_business(platform: Tenant) -> dict[str, list[str]]:
    """Return ids of some objects of every kind, in several states."""
    sellers = [a_seller(platform).account_id for _ in range(4)]
    for seller in sellers[:3]:
        sold(platform, seller)
    fresh = [
        payment_intents.create(tenant=platform, amount=500, currency="usd", at=now(), **more)
        for more in ({}, {}, {"payment_method": "pm_card_visa"})
    ]
    paid = [a_paid_intent(platform, payment_method="pm_card_bypassPending") for _ in range(5)]
    held = [a_paid_intent(platform, capture_method="manual") for _ in range(5)]
    for intent in paid[:3]:
        refunds.create(tenant=platform, intent_id=intent.id, amount=5_00, at=now())
    card = {"token": "tok_visa"}
    methods = [payment_methods.create(tenant=platform, card=card, at=now()) for _ in range(9)]
    for _ in range(9):
        endpoints.create(tenant=platform, url="http://127.0.0.1:9/", enabled_events=QUIET, at=now())
    mine = {"account_id": platform.account_id}
    return {
        "payment_intent": [intent.id for intent in (*fresh, *paid, *held)],
        "payment_method": [*(method.id for method in methods), "pm_card_visa"],
        "customer": [customers.create(tenant=platform, at=now()).id for _ in range(20)],
        "account": sellers,
        "webhook_endpoint": _ids(Endpoint.objects.filter(**mine)),
        "charge": _ids(Charge.objects.filter(**mine)),
        "refund": _ids(Refund.objects.filter(**mine)),
        "transfer": _ids(Transfer.objects.filter(**mine)),
        "reversal": _ids(TransferReversal.objects.filter(transfer__account_id=platform.account_id)),
        "application_fee": _ids(ApplicationFee.objects.filter(**mine)),
        "application_fees/refund": _ids(
            ApplicationFeeRefund.objects.filter(fee__account_id=platform.account_id)
        ),
        "balance_transaction": _ids(BalanceTransaction.objects.filter(**mine)),
        "event": _ids(Event.objects.filter(**mine)),
    }


def sold(platform: Tenant, seller: str) -> None:
    """Make a payment for a seller, of which a little is taken back again."""
    a_paid_intent(
        platform,
        transfer_destination=seller,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )
    transfer = Transfer.objects.filter(destination_id=seller)[0]
    fee = ApplicationFee.objects.filter(seller_id=seller)[0]
    reversals.create(tenant=platform, transfer_id=transfer.id, amount=1_00, at=now())
    application_fees.refund(tenant=platform, fee_id=fee.id, amount=1_00, at=now())


def _ids(rows) -> list[str]:
    return list(rows.values_list("id", flat=True)[:20])


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_by_chance_breaks_an_endpoint(rialto_server, merchant, label):
    session, ids = merchant

    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=fuzzing.requests_for(OPERATIONS[label], ids))
    def ask(case):
        fuzzing.ask(case, session, rialto_server.base_url)

    ask()
