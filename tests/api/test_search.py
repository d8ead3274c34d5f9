"""Searching: a query becomes conditions, and never SQL."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.lists import search
from core.errors import InvalidRequest
from payments import queries, resources, search_fields
from payments.customers.services import customers
from payments.models import Customer
from payments.refunds.services import refunds
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


def a_customer(platform, **details):
    return customers.create(tenant=platform, at=now(), **details).id


def find(platform, query, what="customers", **more):
    rows, fields, render = {
        "customers": (queries.customers, search_fields.CUSTOMERS, resources.customer),
        "charges": (queries.charges, search_fields.CHARGES, resources.charge),
        "payment_intents": (
            queries.payment_intents,
            search_fields.PAYMENT_INTENTS,
            resources.payment_intent,
        ),
    }[what]
    params = {"query": query, "limit": 10, **more}
    return search.find(
        rows(platform), params, fields, render, tenant=platform, url=f"/v1/{what}/search"
    )


def ids(platform, query, what="customers"):
    return {wire["id"] for wire in find(platform, query, what)["data"]}


def test_customers_are_found_by_what_is_known_of_them(platform):
    ada = a_customer(
        platform, name="Ada O'Neil", email="Ada@Example.com", metadata={"order": "7", "a b": "x"}
    )
    bob = a_customer(platform, name="Bob", phone="+1 555", metadata={"order": "8"})
    bare = a_customer(platform)
    a_customer(a_platform(), name="Bob", metadata={"order": "7"})

    assert ids(platform, "email:'ada@example.com'") == {ada}
    assert ids(platform, r"name:'ada o\'neil'") == {ada}
    assert ids(platform, 'name:"Ada O\'Neil"') == {ada}
    assert ids(platform, "name~'NEI'") == {ada}
    assert ids(platform, "metadata['order']:'7'") == {ada}
    assert ids(platform, 'metadata["a b"]:"x"') == {ada}
    assert ids(platform, "-metadata['order']:'7'") == {bob, bare}
    assert ids(platform, "metadata['order']:null") == {bare}
    assert ids(platform, "-metadata['order']:null") == {ada, bob}
    assert ids(platform, "email:null AND name:null") == {bare}
    assert ids(platform, "name:'Bob' OR metadata['order']:'7'") == {ada, bob}
    assert ids(platform, "name:'Bob' phone:'+1 555'") == {bob}
    assert ids(platform, "name:'Bob' AND email:'ada@example.com'") == set()
    assert ids(platform, "created>0") == {ada, bob, bare}


def test_a_part_of_metadata_is_found_under_any_key(platform):
    one = a_customer(platform, metadata={"7": "hundred", "contains": "x__y", "a__b": "hundred"})

    for key in ("7", "a__b"):
        assert ids(platform, f"metadata['{key}']~'undr'") == {one}
    assert ids(platform, "metadata['contains']~'x__'") == {one}
    assert ids(platform, "metadata['contains']~'%%%'") == set()


def test_payments_are_found_by_amount_state_card_and_time(platform):
    small = a_paid_intent(platform, amount=1_00, metadata={"order": "1"})
    large = a_paid_intent(platform, amount=99_00, payment_method="pm_card_mastercard")
    held = a_paid_intent(platform, capture_method="manual")
    refunds.create(tenant=platform, intent_id=small.id, at=now())
    second = int(small.created_at.timestamp())

    assert ids(platform, "amount>100", "payment_intents") == {large.id, held.id}
    assert ids(platform, "amount<=100 AND currency:'usd'", "payment_intents") == {small.id}
    assert ids(platform, "status:'requires_capture'", "payment_intents") == {held.id}
    assert small.id in ids(platform, f"created:{second}", "payment_intents")
    assert small.id not in ids(platform, f"created>{second}", "payment_intents")
    assert small.id in ids(platform, f"created<={second}", "payment_intents")
    charge = "payment_method_details.card"
    assert ids(platform, f"{charge}.brand:'mastercard'", "charges") == {large.latest_charge_id}
    assert ids(platform, f"{charge}.last4:4444 AND amount:9900", "charges") == {
        large.latest_charge_id
    }
    assert ids(platform, "refunded:'true'", "charges") == {small.latest_charge_id}
    assert ids(platform, "refunded:'false'", "charges") == set()


def test_a_charge_is_refunded_in_part_or_not_at_all(platform):
    none, part, whole = (a_paid_intent(platform, amount=10_00) for _ in "abc")
    refunds.create(tenant=platform, intent_id=part.id, amount=3_00, at=now())
    refunds.create(tenant=platform, intent_id=whole.id, at=now())

    for query, found in [
        ("refunded:'true'", {whole}),
        ("refunded:'false'", {part}),
        ("refunded:NULL", {none}),
        ("-refunded:null", {part, whole}),
        ("-refunded:'true'", {none, part}),
    ]:
        assert ids(platform, query, "charges") == {one.latest_charge_id for one in found}
    with pytest.raises(InvalidRequest):
        find(platform, "disputed:null", "charges")


def test_nothing_depends_on_capitals(platform):
    ada = a_customer(platform, name="Ada", phone="+1 555")
    bob = a_customer(platform, name="Bob", metadata={"order": "8"})
    paid = a_paid_intent(platform, payment_method="pm_card_mastercard")

    assert ids(platform, "name:'ada' and phone:'+1 555'") == {ada}
    assert ids(platform, "name:'ADA' oR name:'bob'") == {ada, bob}
    assert ids(platform, "-phone:NULL") == ids(platform, "metadata['order']:Null") == {ada}
    assert ids(platform, "currency:'USD' And status:'Succeeded'", "payment_intents") == {paid.id}
    brand = "payment_method_details.card.brand"
    assert ids(platform, f"{brand}:'MasterCard'", "charges") == {paid.latest_charge_id}
    with pytest.raises(InvalidRequest):
        find(platform, "name:'a' and name:'b' or name:'c'")


def test_a_name_is_found_by_words_that_follow_one_another(platform):
    anna = a_customer(platform, name="Anna Maria Smith-O'Neil (Ltd.)")
    a_customer(platform, name="Anna-Lena Mariana Smithson")

    for words in ("anna maria", "Maria  SMITH", "smith", r"o\'neil", "(ltd.)"):
        assert ids(platform, f"name:'{words}'") == {anna}
    for words in ("maria anna", "anna smith", "mar", "anna m", "Anna.*", "%", "a|b"):
        assert ids(platform, f"name:'{words}'") == set()


def test_pages_follow_one_another_and_a_forged_one_is_refused(platform):
    made = {a_customer(platform, name="Same") for _ in range(5)}

    first = find(platform, "name:'Same'", limit=2)
    second = find(platform, "name:'Same'", limit=2, page=first["next_page"])
    third = find(platform, "name:'Same'", limit=2, page=second["next_page"])

    seen = [wire["id"] for page in (first, second, third) for wire in page["data"]]
    assert (set(seen), len(seen), seen) == (made, 5, sorted(made, reverse=True))
    assert (third["has_more"], third["next_page"]) == (False, None)
    with pytest.raises(InvalidRequest) as refused:
        find(platform, "name:'Same'", page="cus_1")
    assert refused.value.param == "page"


@pytest.mark.parametrize(
    "query",
    [
        "", " ", "name", "name:", "name:'x", "name:'x' AND", "AND name:'x'",
        "name:'x' XOR name:'y'",
        "name:'x' AND name:'y' OR name:'z'", "name>'x'", "secret:'x'", "metadata:'x'",
        "name['x']:'y'", "metadata['x']>1", "name~'ab'", "amount:1", "created:'soon'",
        "created>99999999999999", "created:1e5", "name:'x');DROP TABLE payments_customer",
        "name:'x'--", "name:'x'OR name:'y'", " OR ".join(["name:'x'"] * 11), "metadata[x]:'y'",
        "account_id:'acct_1'", "name__startswith:'x'", "a" * 4_999, "-" * 4_999, "'" * 4_999,
        "name:'" + "\\" * 4_001,
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused_and_says_why(platform, query):
    with pytest.raises(InvalidRequest) as refused:
        find(platform, query)

    assert refused.value.param == "query"
    assert refused.value.message.startswith("We were unable to parse your search query: ")


def test_numbers_of_payments_take_whole_numbers_only(platform):
    for query in ("amount:1.5", "amount:99999999999999999999", "amount:'x'", "amount~'123'"):
        with pytest.raises(InvalidRequest):
            find(platform, query, "payment_intents")
    assert ids(platform, "amount:-5", "payment_intents") == set()
    with pytest.raises(InvalidRequest):
        find(platform, "refunded:maybe", "charges")


def test_a_search_is_one_query_and_metadata_has_an_index(platform):
    a_customer(platform, metadata={"order": "7"})

    with CaptureQueriesContext(connection) as spent:
        find(platform, "metadata['order']:'7'")

    assert len(spent) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    params = search.parse("metadata['order']:'7'", search_fields.CUSTOMERS)
    assert "customer_by_any_metadata" in Customer.objects.filter(params).explain()
