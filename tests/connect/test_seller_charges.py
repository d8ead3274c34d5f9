"""What a seller got of its platform is among its charges, and what went back among its refunds."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from connect.models import SellerPayment, Transfer, TransferReversal
from connect.transfers.services import reversals, transfers
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    platform = a_platform()
    a_paid_intent(platform, amount=1_000_00, payment_method="pm_card_bypassPending")
    return platform


@pytest.fixture
def seller(platform):
    return a_seller(platform)


@pytest.fixture
def ask(seller):
    headers = {"Authorization": f"Bearer {a_key(seller)}"}

    def asking(path, params=None, status=200, **query):
        more = {"data": params, "content_type": "application/json"} if params is not None else {}
        send = Client().get if params is None else Client().post
        answer = send(f"/v1/{path}", headers=headers, query_params=query, **more)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    return asking


def give(platform, seller, amount=10_00, **more) -> Transfer:
    return transfers.create(
        tenant=platform,
        amount=amount,
        currency="usd",
        destination=seller.account_id,
        at=now(),
        **more,
    )


def ids(listed) -> list[str]:
    return [each["id"] for each in listed["data"]]


def a_mixed_list(platform, seller) -> list[str]:
    """Payments of the platform and charges of the seller's own, in turns; newest first."""
    made = []
    for _ in range(3):
        made.append(give(platform, seller).destination_payment_id)
        made.append(a_paid_intent(seller).latest_charge_id)
    return made[::-1]


def test_payments_and_own_charges_are_one_list(platform, seller, ask):
    made = a_mixed_list(platform, seller)

    listed = ask("charges")

    assert ids(listed) == made
    assert {each["object"] for each in listed["data"]} == {"charge"}


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_its_pages_leave_nothing_out_in_either_direction(platform, seller, ask, limit):
    made = a_mixed_list(platform, seller)

    forth, page = [], ask("charges", limit=limit)
    while forth.extend(ids(page)) or page["has_more"]:
        page = ask("charges", limit=limit, starting_after=forth[-1])
    assert forth == made

    back, page = [made[-1]], {"has_more": True}
    while page["has_more"]:
        page = ask("charges", limit=limit, ending_before=back[0])
        back = ids(page) + back
    assert back == made


def test_filters_hold_for_payments_too(platform, seller, ask):
    a_mixed_list(platform, seller)
    of_order = give(platform, seller, transfer_group="ORDER-1").destination_payment_id
    intent = a_paid_intent(seller)

    assert ids(ask("charges", transfer_group="ORDER-1")) == [of_order]
    assert ids(ask("charges", payment_intent=intent.id)) == [intent.latest_charge_id]
    assert ids(ask("charges", customer="cus_nobody")) == []
    assert ids(ask("charges", **{"created[gt]": 4_000_000_000})) == []


def test_anothers_payment_is_no_cursor(platform, seller, ask):
    theirs = give(platform, a_seller(platform)).destination_payment_id
    for cursor in (theirs, "py_nothing", "tr_nothing"):
        refused = ask("charges", status=400, starting_after=cursor)["error"]
        assert refused["param"] == "starting_after"


def test_many_payments_take_no_more_queries_than_few(platform, seller, ask):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask("charges")
        return len(queries)

    give(platform, seller)
    few = count()
    for _ in range(5):
        give(platform, seller)

    assert count() == few


def test_a_seller_describes_a_payment(platform, seller, ask):
    id = give(platform, seller).destination_payment_id

    ask(f"charges/{id}", {"metadata": {"order": "7", "note": "x"}})
    shown = ask(f"charges/{id}", {"description": "Bread", "metadata": {"note": ""}})

    assert (shown["description"], shown["metadata"]) == ("Bread", {"order": "7"})
    assert ask(f"charges/{id}") == shown
    events = Event.objects.filter(type="charge.updated", account_id=seller.account_id)
    told = json.loads(events.latest("id").data)
    assert told["object"]["description"] == "Bread"
    assert set(told["previous_attributes"]) == {"description", "metadata"}


def test_nothing_else_of_a_payment_is_changed(platform, seller, ask):
    id = give(platform, seller).destination_payment_id

    refused = ask(f"charges/{id}", {"description": "Bread", "transfer_group": "G"}, 400)

    assert refused["error"]["param"] == "transfer_group"
    assert SellerPayment.objects.get().description is None


def test_anothers_payment_is_missing(platform, seller, ask):
    theirs = give(platform, a_seller(platform)).destination_payment_id

    assert ask(f"charges/{theirs}", {"description": "Mine"}, 404)
    assert ask("refunds", status=404, charge=theirs)
    assert SellerPayment.objects.get().description is None


def test_what_went_back_of_a_payment_is_listed_by_it(platform, seller, ask):
    one, other = give(platform, seller), give(platform, seller)
    for transfer, amount in ((one, 1_00), (other, 2_00), (one, 3_00)):
        reversals.create(tenant=platform, transfer_id=transfer.id, amount=amount, at=now())
    back = TransferReversal.objects.filter(transfer=one).order_by("-id")

    listed = ask("refunds", charge=one.destination_payment_id)

    assert ids(listed) == [each.destination_payment_refund_id for each in back]
    assert [each["amount"] for each in listed["data"]] == [3_00, 1_00]
    page = ask("refunds", charge=one.destination_payment_id, limit=1)
    assert (len(page["data"]), page["has_more"], page["url"]) == (1, True, "/v1/refunds")
    rest = ask("refunds", charge=one.destination_payment_id, starting_after=ids(page)[0])
    assert ids(rest) == ids(listed)[1:]
    assert ids(ask("refunds", charge=one.destination_payment_id, **{"created[lt]": 1})) == []
