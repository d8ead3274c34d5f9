"""Lists and searches go by the time at which things were made, and an index serves any of it."""

import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from api.lists import bounds, pagination, search
from connect.payouts import queries as payout_queries
from connect.transfers import queries as transfer_queries
from connect.transfers.services import transfers
from ledger import queries as ledger_queries
from payments import queries, search_fields
from payments.customers.services import customers
from payments.intents.services import payment_intents
from payments.models import Charge, Customer
from payments.setups.services import setup_intents
from tests.databases import address_in_use
from tests.factories import a_key, a_paid_intent, a_platform, a_seller_with, now
from tests.tenancy.asking import ask
from webhooks import queries as webhook_queries

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
# Not in the order of their ids; two are of one moment.
HOURS = (3, 1, 4, 1, 5)


@pytest.fixture
def platform():
    return a_platform()


def some_intents(platform):
    """Return ids, newest first."""
    made = [
        (
            hour,
            payment_intents.create(
                tenant=platform, amount=2000, currency="usd", at=NOON + timedelta(hours=hour)
            ).id,
        )
        for hour in HOURS
    ]
    return [id for _, id in sorted(made, reverse=True)]


def some_customers(platform):
    made = [
        (hour, customers.create(tenant=platform, name="Ada", at=NOON + timedelta(hours=hour)).id)
        for hour in HOURS
    ]
    return [id for _, id in sorted(made, reverse=True)]


def walked(key, path, start, cursor, **params):
    met, has_more = [], True
    while has_more:
        answer = ask(key, "GET", path, limit=2, **start, **params).json()
        page = [row["id"] for row in answer["data"]]
        met = met + page if cursor == "starting_after" else page + met
        has_more = answer["has_more"]
        start = {cursor: page[-1] if cursor == "starting_after" else page[0]} if page else {}
    return met


def test_pages_in_both_directions_go_by_time(platform):
    ids, key = some_intents(platform), a_key(platform)

    assert walked(key, "payment_intents", {}, "starting_after") == ids
    assert walked(key, "payment_intents", {"ending_before": ids[-1]}, "ending_before") == ids[:-1]
    until = int((NOON + timedelta(hours=3)).timestamp())
    params = {"created[lte]": until}
    assert walked(key, "payment_intents", {}, "starting_after", **params) == ids[2:]


def test_lists_of_what_payments_leave_behind_go_by_time_too(platform):
    key, day = a_key(platform), now() - timedelta(days=1)
    for hour in HOURS:
        at = day + timedelta(hours=hour)
        setup_intents.create(tenant=platform, at=at)
        card = {"payment_method": "pm_card_visa", "confirm": True}
        payment_intents.create(tenant=platform, amount=2000, currency="usd", **card, at=at)

    for path, type in (
        ("setup_intents", {}),
        ("balance_transactions", {"type": "charge"}),
        ("events", {"type": "charge.succeeded"}),
    ):
        rows = ask(key, "GET", path, limit=100, **type).json()["data"]
        order = [(row["created"], row["id"]) for row in rows]
        ids = [id for _, id in order]
        assert len(ids) == len(HOURS), path
        assert order == sorted(order, reverse=True), path
        assert walked(key, path, {}, "starting_after", **type) == ids
        assert walked(key, path, {"ending_before": ids[-1]}, "ending_before", **type) == ids[:-1]


def test_pages_of_a_search_go_by_time(platform):
    ids, key = some_customers(platform), a_key(platform)

    met, page = [], {}
    while page is not None:
        answer = ask(key, "GET", "customers/search", query="name:'ada'", limit=2, **page).json()
        met += [row["id"] for row in answer["data"]]
        page = {"page": answer["next_page"]} if answer["has_more"] else None

    assert met == ids


def test_charges_and_what_sellers_got_are_one_list_by_time(platform):
    seller = a_seller_with(platform, 50_00)
    own = [a_paid_intent(seller).latest_charge_id for _ in range(2)]
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    transfers.create(
        tenant=platform, amount=5_00, currency="usd", destination=seller.account_id, at=now()
    )
    got = list(transfer_queries.payments_of(seller).order_by("created_at").values_list("pk"))
    ids = [got[1][0], *own[::-1], got[0][0]]

    assert walked(a_key(seller), "charges", {}, "starting_after") == ids
    back = walked(a_key(seller), "charges", {"ending_before": ids[-1]}, "ending_before")
    assert back == ids[:-1]


def indexes(name):
    """Return what an index is called: of a table in partitions, each has one of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            [name],
        )
        return [name, *(row[0] for row in cursor)]


def plan(rows):
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    try:
        return rows.explain()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan")


def events_of_a_month(platform):
    return webhook_queries.events(platform, since=NOON - timedelta(days=30))


def events_of_a_type(platform):
    return events_of_a_month(platform).filter(type="charge.succeeded")


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (queries.payment_intents, "payment_intent_by_time"),
        (queries.charges, "charge_by_time"),
        (queries.refunds, "refund_by_time"),
        (queries.customers, "customer_by_time"),
        (transfer_queries.transfers, "transfer_by_time"),
        (transfer_queries.payments_of, "seller_payment_by_time"),
        (payout_queries.payouts, "payout_by_time"),
        (ledger_queries.balance_transactions, "balance_transaction_by_time"),
        (events_of_a_month, "event_by_time"),
        (events_of_a_type, "event_by_type_and_time"),
        (queries.disputes, "dispute_by_time"),
        (queries.early_fraud_warnings, "fraud_warning_by_time"),
        (queries.setup_intents, "setup_intent_by_time"),
    ],
)
def test_a_span_of_a_list_is_read_from_its_index_in_order(platform, rows, index):
    found = pagination.created_within(rows(platform), {"lt": NOON, "gte": NOON - timedelta(days=1)})
    order = pagination.order_of(found.model)
    found = pagination.after_cursor(found, order, (NOON, "x"), is_older=True)

    read = plan(found.order_by(*(f"-{column}" for column in order))[:11])

    assert order == ("created_at", "pk")
    assert any(name in read for name in indexes(index))
    assert "Sort  (" not in read


@pytest.mark.parametrize(
    ("rows", "fields", "query", "index"),
    [
        (queries.payment_intents, "PAYMENT_INTENTS", "amount:2000", "payment_intent_by_amount"),
        (queries.charges, "CHARGES", "payment_method_details.card.last4:'4242'", "charge_by_last4"),
        (
            queries.charges,
            "CHARGES",
            "payment_method_details.card.fingerprint:'aB1'",
            "charge_by_fingerprint",
        ),
        (queries.customers, "CUSTOMERS", "phone:'+66 2 123'", "customer_phone_in_any_case"),
    ],
)
def test_what_is_searched_often_has_an_index(platform, rows, fields, query, index):
    found = rows(platform).filter(search.parse(query, getattr(search_fields, fields)))

    assert index in plan(found)


def test_amounts_of_charges_have_an_index_too():
    # On an empty table the planner may as well take the next one.
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'charge_by_amount'")
        assert cursor.fetchone()[0].endswith("(account_id, livemode, amount)")


def test_words_of_a_name_have_an_index_and_must_follow_one_another(platform):
    key = a_key(platform)
    names = ("Ada Lovelace-King", "Lovelace, Ada", "Adam Lovelace", "O'Neil & Söhne", "", "  ")
    for name in names:
        customers.create(tenant=platform, name=name or None, at=now())

    def found(query):
        answer = ask(key, "GET", "customers/search", query=query).json()
        return {row["name"] for row in answer["data"]}

    assert found("name:'ada lovelace'") == {"Ada Lovelace-King"}
    assert found("name:'lovelace'") == {"Ada Lovelace-King", "Lovelace, Ada", "Adam Lovelace"}
    assert found("name:'lovelace-king'") == {"Ada Lovelace-King"}
    assert found('name:"o\'neil & söhne"') == {"O'Neil & Söhne"}
    assert "Lovelace, Ada" in found("-name:'ada lovelace'")
    assert None in found("-name:'ada lovelace'")
    condition = search.parse("name:'ada'", search_fields.CUSTOMERS)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
    assert "customer_by_words_of_name" in Customer.objects.filter(condition).explain()


def test_last_digits_are_found_and_their_opposite(platform):
    key = a_key(platform)
    visa = a_paid_intent(platform).latest_charge_id
    other = a_paid_intent(platform, payment_method="pm_card_mastercard").latest_charge_id

    def found(query):
        answer = ask(key, "GET", "charges/search", query=query).json()
        return [row["id"] for row in answer["data"]]

    assert found("payment_method_details.card.last4:4242") == [visa]
    assert found("-payment_method_details.card.last4:4242") == [other]
    assert Charge.objects.count() == 2


def test_a_card_and_a_telephone_number_are_found_and_their_opposite(platform):
    key = a_key(platform)
    visa = a_paid_intent(platform).latest_charge_id
    other = a_paid_intent(platform, payment_method="pm_card_mastercard").latest_charge_id
    ada = customers.create(tenant=platform, phone="+66 2 ext A", at=now()).id
    silent = customers.create(tenant=platform, at=now()).id

    def found(what, query):
        answer = ask(key, "GET", f"{what}/search", query=query).json()
        return [row["id"] for row in answer["data"]]

    shown = ask(key, "GET", f"charges/{visa}").json()["payment_method_details"]["card"]
    name, fingerprint = "payment_method_details.card.fingerprint", shown["fingerprint"]
    query = f"{name}:'{fingerprint}'"
    assert found("charges", query) == [visa]
    assert found("charges", f"-{query}") == [other]
    assert found("charges", f"{name}:'{fingerprint.swapcase()}'") == []
    assert found("customers", "phone:'+66 2 EXT a'") == [ada]
    assert found("customers", "-phone:'+66 2 ext a'") == [silent]
    assert found("customers", "phone:null") == [silent]


def test_a_total_is_counted_only_by_who_has_a_place(platform):
    ids, key = some_intents(platform), a_key(platform)
    told = ask(key, "GET", "payment_intents", include=["total_count"])
    assert told.json()["total_count"] == len(ids)

    with psycopg.connect(address_in_use("rialto_owner")) as counting:
        for number in range(2):
            counting.execute(
                "SELECT pg_advisory_xact_lock(hashtext('api.lists.search'), hashtext(%s))",
                [f"{platform.account_id}:{number}"],
            )
        refused = ask(key, "GET", "payment_intents", include=["total_count"])
        assert ask(key, "GET", "payment_intents").status_code == 200

    assert refused.status_code == 429
    time.sleep(bounds.REFUSED_SECONDS)
    assert ask(key, "GET", "payment_intents", include=["total_count"]).status_code == 200
