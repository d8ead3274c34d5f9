"""One box finds everything that an operator can name."""

import pytest
from django.contrib.admin.utils import unquote
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from api.models import RequestLog
from checkout.discounts.services import coupons, promotion_codes
from connect.payouts.services import payouts
from console.find.kinds import KINDS
from core.database import finding
from core.ids import new_id
from payments.customers.services import customers
from payments.disputes.services import disputes
from payments.models import Charge, Dispute
from payments.refunds.services import refunds
from processors.protocols.disputes import DisputeReport, DisputeStage
from tests import factories
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller_with, now

pytestmark = pytest.mark.django_db


def ask(client: Client, text: str):
    return client.get(reverse("admin:console_find"), {"q": text})


def list_of(page: str) -> str:
    return reverse(f"admin:{page}_changelist")


def found(client: Client, text: str) -> dict[str, list[str]]:
    """Return title → ids of what is found, also of the one thing whose page is opened."""
    page = ask(client, text)
    if page.status_code == 302:
        address = page["Location"]
        (kind,) = (one for one in KINDS if address.startswith(list_of(one.page)))
        key = address.removeprefix(list_of(kind.page)).partition("/")[0]
        return {kind.title: [unquote(key)]}
    assert page.status_code == 200
    return {
        group["title"]: [row["id"] for row in group["rows"]] for group in page.context["groups"]
    }


def a_promotion_code(tenant, code: str) -> str:
    coupon = coupons.create(tenant=tenant, at=now(), percent_off_bps=20_00)
    return promotion_codes.create(tenant=tenant, at=now(), coupon_id=coupon.public_id, code=code).id


def test_a_whole_id_of_anything_opens_its_page(operator):
    platform = a_platform()
    intent = a_paid_intent(platform, amount=56_56)
    request = RequestLog.objects.create(
        id=new_id("req"),
        method="GET",
        path="/v1/balance",
        status_code=200,
        duration_ms=1,
        created_at=now(),
    )

    for id, page in {
        intent.id: "payments_paymentintent",
        intent.client_secret: "payments_paymentintent",
        intent.latest_charge_id: "payments_charge",
        platform.account_id: "accounts_account",
        request.id: "api_requestlog",
    }.items():
        answer = ask(operator, f" {id} ")
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse(f"admin:{page}_changelist"))
    assert ask(operator, "pi_000000000000000000000000").status_code == 200


def test_the_end_of_an_id_finds_what_it_ends(operator):
    platform = a_platform()
    intent = a_paid_intent(platform, amount=56_56)
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())
    charge = Charge.objects.get()
    report = DisputeReport("out_1", charge.id, DisputeStage.INQUIRY, 90_00, "usd", "fraudulent")
    disputes.record(report, processor="simulator", at=now())
    customer = customers.create(tenant=platform, at=now())

    for title, id in {
        "Payments": intent.id,
        "Charges": charge.id,
        "Refunds": refund.id,
        "Disputes": Dispute.objects.get().id,
        "Customers": customer.id,
        "Accounts": platform.account_id,
    }.items():
        assert id in found(operator, id[-6:])[title]
        assert found(operator, f"…{id[-10:]}") == {title: [id]}
        assert ask(operator, f"…{id[-10:]}").status_code == 302
    assert found(operator, intent.id[-5:]) == {}


@pytest.mark.parametrize("text", ["56.56", "56.56 USD", "$56.56", "56,56"])
def test_an_amount_finds_payments_newest_first_with_state_mode_and_time(operator, text):
    platform = a_platform()
    older, newer = (a_paid_intent(platform, amount=56_56).id for _ in range(2))
    a_paid_intent(platform, amount=56_57)

    page = ask(operator, text)

    (group,) = page.context["groups"]
    assert [row["id"] for row in group["rows"]] == [newer, older]
    words = page.content.decode()
    for word in ("56.56\u00a0USD", "succeeded", "Test", "UTC"):
        assert word in words


def test_a_payout_is_found_by_the_amount_on_a_bank_statement(operator):
    seller = a_seller_with(a_platform(), 50_00)
    a_bank_account(seller)
    payout = payouts.create(tenant=seller, amount=12_34, currency="usd", at=now())

    assert found(operator, "12.34")["Payouts"] == [payout.id]
    assert found(operator, payout.id[-8:])["Payouts"] == [payout.id]


def test_people_are_found_by_address_beginning_of_a_name_and_any_word_of_it(operator):
    platform = a_platform(email="shop@example.com")
    ada = customers.create(tenant=platform, name="Ada Lovelace", email="Ada@Example.com", at=now())

    for text in ("ada@example.com", "ada lov", "ADA", "lovelace"):
        assert found(operator, text) == {"Customers": [ada.id]}, text
    for text in ("SHOP@example.com", "platf"):
        assert found(operator, text) == {"Accounts": [platform.account_id]}, text
    assert found(operator, "love_ace") == {}


def test_a_payment_is_found_by_order_number_under_any_key_and_by_the_last_digits(operator):
    platform = a_platform()
    paid = a_paid_intent(platform, metadata={"order_id": "A-6735", "cart": 'x"y'})
    a_paid_intent(platform, metadata={"order_id": "A-6736"}, payment_method="pm_card_mastercard")

    for text in ("A-6735", "order_id=A-6735", "order_id: A-6735", 'x"y'):
        assert found(operator, text) == {"Payments": [paid.id]}, text
        assert ask(operator, text).status_code == 302
    # Another card may end with the same digits: it is listed.
    assert ask(operator, "4242").status_code == 200
    assert found(operator, "4242") == {"Payments": [paid.id]}
    customers.create(tenant=platform, name="Ada", metadata={"order_id": "A-6735"}, at=now())
    assert ask(operator, "A-6735").status_code == ask(operator, "Ada").status_code == 200
    assert found(operator, "cart=A-6735") == {}
    assert found(operator, "A-673") == {}


def test_a_guest_is_found_by_the_address_of_the_receipt_or_of_the_bill(operator):
    platform = a_platform()
    receipt = a_paid_intent(platform, receipt_email="Ada@example.com")
    billed = a_paid_intent(platform)
    Charge.objects.filter(payment_intent=billed).update(
        billing_details={"email": "bob@Example.com"}
    )

    assert found(operator, "ada@example.com") == {"Payments": [receipt.id]}
    assert found(operator, "bob@example.com") == {"Payments": [billed.id]}
    # Another guest may have the address: it is listed.
    assert ask(operator, "ada@example.com").status_code == 200


def test_a_guest_is_found_by_the_beginning_of_the_whole_or_the_last_name_on_the_bill(operator):
    platform = a_platform()
    paid = a_paid_intent(platform)
    a_paid_intent(platform)
    Charge.objects.filter(payment_intent=paid).update(
        billing_details={"name": "Ada de Lövelace ", "email": None}
    )
    charge = Charge.objects.get(payment_intent=paid)

    for text in ("ada de l", "ADA", "lövel", "Lövelace"):
        assert found(operator, text) == {"Charges": [charge.id]}, text
    page = ask(operator, "lövelace")
    # Another guest may have the name: it is listed.
    assert page.status_code == 200
    assert "Ada de Lövelace" in page.content.decode()
    assert found(operator, "de l") == found(operator, "velace") == {}
    Charge.objects.update(billing_details={})
    assert found(operator, "ada") == {}


def test_a_promotion_code_is_found_by_what_payers_type_and_by_its_beginning(operator):
    platform, other = a_platform(), a_platform()
    codes = [a_promotion_code(tenant, "Summer20") for tenant in (platform, other)]
    ten = a_promotion_code(platform, "10OFF")

    for text in ("SUMMER20", "summer", "su"):
        assert found(operator, text) == {"Promotion codes": codes[::-1]}, text
    assert found(operator, "10off") == {"Promotion codes": [ten]}
    # Another code may begin so tomorrow: it is listed.
    page = ask(operator, "10off")
    assert (page.status_code, "10OFF" in page.content.decode()) == (200, True)
    assert found(operator, "mmer20") == found(operator, "s") == {}
    assert found(operator, "code=summer20") == {}


def test_of_what_very_many_have_the_newest_are_shown_and_that_there_are_more(operator):
    platform = a_platform()
    ids = [a_paid_intent(platform, amount=20_00).id for _ in range(12)]

    (group,) = ask(operator, "20.00").context["groups"]

    assert [row["id"] for row in group["rows"]] == ids[:1:-1]
    assert group["has_more"]


def test_finding_takes_as_many_queries_whatever_there_is(operator):
    platform = a_platform()
    a_paid_intent(platform, amount=20_00)
    with CaptureQueriesContext(connection) as few:
        ask(operator, "20.00")
    for _ in range(11):
        a_paid_intent(platform, amount=20_00)
    with CaptureQueriesContext(connection) as many:
        ask(operator, "20.00")

    assert len(few) == len(many) <= 14


# Enough rows for the planner to tell a table from an index, of which each says something else.
COPIES = """
    INSERT INTO {table} SELECT copy.*
    FROM (SELECT * FROM {table} LIMIT 1) t, generate_series(1, 1000) n,
        lpad(n::text, 23, '0') number,
        jsonb_populate_record(NULL::{table}, to_jsonb(t) || jsonb_build_object(
            'id', split_part(t.id, '_', 1) || '_0' || number,
            'payment_intent_id', 'pi_0' || number, 'amount', 3000 + n, 'name', 'Name ' || n,
            'metadata', jsonb_build_object('order', 'B-' || n),
            'receipt_email', n || '@example.com',
            'billing_details', jsonb_build_object(
                'email', n || '@example.com', 'name', 'Payer Number ' || chr(65 + n % 26) || n
            ),
            'code', 'CODE' || n,
            'card', jsonb_build_object('last4', right(number, 4)))) copy
"""
COPIED = (
    "payments_paymentintent", "payments_charge", "payments_customer", "payments_refund",
    "accounts_account", "checkout_promotioncode",
)  # fmt: skip


OF_RESULTS = ("Subquery Scan", "Bitmap Heap Scan", "CTE Scan")


def scans_of(plan: dict) -> list[dict]:
    nodes = [plan] if "Scan" in plan["Node Type"] else []
    return nodes + [scan for part in plan.get("Plans", []) for scan in scans_of(part)]


@pytest.mark.parametrize(
    "text",
    ["20.00", "4242", "order=A-6735", "A-6735", "ada@example.com", "Ada", "Payer", "aB3dE9xY"],
)
def test_no_table_is_read_from_one_end_to_the_other(operator, text):
    platform = a_platform()
    intent = a_paid_intent(platform, amount=20_00, metadata={"order": "A-6735"})
    refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())
    customers.create(tenant=platform, name="Ada", at=now())
    a_promotion_code(platform, "ADA20")
    for table in COPIED:
        factories.as_owner(COPIES.format(table=table))
        factories.as_owner(f"ANALYZE {table}")
    with CaptureQueriesContext(connection) as asked:
        ask(operator, text)
    searches = [
        query["sql"]
        for query in asked
        if "UNION" in query["sql"] and any(f'FROM "{table}"' in query["sql"] for table in COPIED)
    ]
    assert searches

    with finding.by_indexes_alone(), connection.cursor() as cursor:
        for sql in searches:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            ((((top,),),)) = cursor.fetchall()
            for scan in scans_of(top["Plan"]):
                assert scan["Node Type"] != "Seq Scan", sql
                is_newest = scan.get("Scan Direction") == "Backward"
                is_of_result = scan["Node Type"] in OF_RESULTS
                assert is_newest or is_of_result or "Index Cond" in scan, str(scan)


def test_whoever_may_see_one_kind_finds_that_kind_alone():
    platform = a_platform()
    intent = a_paid_intent(platform, amount=20_00)
    clerk = Client()
    clerk.force_login(factories.an_operator(role="developer"))

    assert ask(clerk, "20.00").context["groups"] == []
    assert ask(clerk, intent.id).status_code == 200
    assert ask(Client(), "20.00").status_code == 302


@pytest.mark.parametrize(
    "text", ["", "%", "\x00", "'; --", "\\", "a" * 300, "99999999999999999999"]
)
def test_what_is_odd_finds_nothing_and_says_what_can_be_found(operator, text):
    page = ask(operator, text)

    assert page.status_code == 200
    assert "What can be found" in page.content.decode()


def test_the_box_is_on_every_page_and_works_without_a_script(operator):
    page = operator.get(reverse("admin:payments_charge_changelist")).content.decode()

    assert f'action="{reverse("admin:console_find")}" method="get"' in page
    assert 'name="q"' in page


def test_a_search_finds_what_the_pages_show(operator):
    platform, other = a_platform(), a_platform()
    intent, foreign = (a_paid_intent(tenant, amount=56_56) for tenant in (platform, other))
    member = factories.an_operator("member@example.com", role="")
    Membership.objects.create(user=member, account_id=platform.account_id, role="support")
    client = Client()
    client.force_login(member)

    assert set(found(operator, "56.56")["Payments"]) == {intent.id, foreign.id}
    assert found(client, "56.56")["Payments"] == [intent.id]
    assert ask(client, intent.id).status_code == 302
    assert ask(client, foreign.id).status_code == 200
    assert foreign.id not in str(found(client, foreign.id[-6:]))
    operator.post("/admin/mode/", {"livemode": "true"})
    assert "Payments" not in found(operator, "56.56")
    # A whole id leads to its page, which offers to switch; another's leads nowhere.
    client.post("/admin/mode/", {"livemode": "true"})
    offer = client.get(ask(client, intent.id)["Location"])
    assert (offer.status_code, "is test data" in offer.content.decode()) == (404, True)
    assert ask(client, foreign.id).status_code == 200
