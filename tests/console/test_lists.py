"""Lists go on after a row, are filtered by their columns, and say what people can read."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.operator_pages import filters, lists
from payments.models import Charge, Customer, PaymentIntent, Refund
from payments.refunds.services import refunds
from tests import factories
from tests.factories import a_paid_intent, a_platform, a_seller, moment, now

pytestmark = pytest.mark.django_db
CUSTOMERS = "admin:payments_customer_changelist"
PAYMENTS = "admin:payments_paymentintent_changelist"


def some_customers(count: int) -> list[str]:
    """Make customers; return their ids, newest first."""
    platform = a_platform()
    ids = [f"cus_{number:024}" for number in range(count)]
    Customer.objects.bulk_create(
        Customer(id=id, account_id=platform.account_id, livemode=False, created_at=now())
        for id in ids
    )
    return ids[::-1]


def listed(operator, page: str = PAYMENTS, **params: str) -> list[str]:
    return [row.pk for row in operator.get(reverse(page), params).context["cl"].result_list]


def test_a_list_goes_on_after_its_last_row_and_back_without_counting_past_rows(operator):
    ids = some_customers(120)
    with CaptureQueriesContext(connection) as asked:
        first = operator.get(reverse(CUSTOMERS)).context["cl"]
        second = operator.get(reverse(CUSTOMERS) + first.next_address).context["cl"]
        third = operator.get(reverse(CUSTOMERS) + second.next_address).context["cl"]
        back = operator.get(reverse(CUSTOMERS) + third.previous_address).context["cl"]

    shown = [[row.pk for row in page.result_list] for page in (first, second, third, back)]
    assert shown == [ids[:50], ids[50:100], ids[100:], ids[50:100]]
    assert (first.previous_address, third.next_address) == ("", "")
    assert first.size == "120 customers"
    assert not [query for query in asked if "OFFSET" in query["sql"] or "COUNT(" in query["sql"]]


def test_what_is_new_meanwhile_moves_no_row_to_another_page(operator):
    ids = some_customers(60)
    first = operator.get(reverse(CUSTOMERS)).context["cl"]
    Customer.objects.create(
        id="cus_z", account_id=a_platform().account_id, livemode=False, created_at=now()
    )

    second = operator.get(reverse(CUSTOMERS) + first.next_address).context["cl"]

    assert [row.pk for row in second.result_list] == ids[50:]


def test_of_many_rows_of_a_mode_a_bound_is_told(operator):
    some_customers(lists.MOST_COUNTED + 300)
    factories.as_owner("ANALYZE payments_customer")

    # The table's size, of which an estimate is known, is that of both modes.
    assert operator.get(reverse(CUSTOMERS)).context["cl"].size == "More than 2,000 customers"
    filtered = operator.get(reverse(CUSTOMERS), {"livemode": "0"}).context["cl"]
    assert filtered.size == "More than 2,000 customers"
    assert "livemode=0" in filtered.next_address
    # What is known of the table's size outlives the test.
    factories.as_owner("DELETE FROM payments_customer")
    factories.as_owner("ANALYZE payments_customer")


@pytest.mark.parametrize("place", ["after", "before"])
@pytest.mark.parametrize("key", ["\x00", "a" * 300, "%", "1e9", "99999999999999999999999"])
@pytest.mark.parametrize("page", [CUSTOMERS, "admin:ledger_ledgeraccount_changelist"])
def test_a_place_that_is_none_is_no_error(operator, page, place, key):
    assert operator.get(reverse(page), {place: key}).status_code in (200, 302)


def test_payments_are_filtered_by_state_amount_day_currency_mode_account_seller_and_method(
    operator,
):
    platform = a_platform()
    euro = a_paid_intent(platform, amount=56_56, currency="eur").id
    yen = a_paid_intent(platform, amount=5_000, currency="jpy").id
    other = a_paid_intent(a_platform(), amount=20_00).id
    seller = a_seller(platform).account_id
    PaymentIntent.objects.filter(id=euro).update(transfer_destination=seller)
    PaymentIntent.objects.filter(id=yen).update(created_at=moment("2026-01-31T23:59:00Z"))

    for params, ids in (
        ({"status": "succeeded"}, [other, yen, euro]),
        ({"status": "canceled"}, []),
        ({"amount_from": "56,56", "amount_to": "100"}, [euro]),
        ({"amount_from": "1000"}, [yen]),
        ({"amount_to": "56.55"}, [other]),
        ({"created_at_from": "2026-01-31", "created_at_to": "2026-01-31"}, [yen]),
        ({"currency": "EUR"}, [euro]),
        ({"livemode": "1"}, []),
        ({"livemode": "0", "currency": "usd"}, [other]),
        ({"account": platform.account_id}, [yen, euro]),
        ({"transfer_destination": seller}, [euro]),
        ({"method": "card"}, [other, yen, euro]),
        ({"method": "sepa_debit"}, []),
    ):
        assert listed(operator, **params) == ids, params


@pytest.mark.parametrize(
    "params",
    [
        {"amount_from": "x"}, {"amount_to": "1e99"}, {"created_at_from": "yesterday"},
        {"created_at_to": "9999-12-31"},
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_finds_nothing_and_says_how_it_is_written(operator, params):
    a_paid_intent(a_platform())

    page = operator.get(reverse(PAYMENTS), params)

    assert list(page.context["cl"].result_list) == []
    assert "Write it like" in page.content.decode()


def test_a_list_says_amounts_modes_states_and_times_as_people_do(operator):
    intent = a_paid_intent(a_platform(), amount=56_56)

    page = operator.get(reverse(PAYMENTS)).content.decode()

    for words in ("56.56 USD", ">Test<", "succeeded", f"{intent.created_at:%Y-%m-%d}", "\u00a0UTC"):
        assert words in page


def test_people_and_memberships_are_lists_of_the_same_kind(operator):
    for page in ("accounts_user", "accounts_membership"):
        shown = operator.get(reverse(f"admin:{page}_changelist")).context["cl"]
        assert isinstance(shown, lists.KeysetList)


def test_every_list_of_rows_with_a_mode_says_it(operator):
    a_paid_intent(a_platform())

    page = operator.get(reverse("admin:payments_charge_changelist")).content.decode()

    assert 'data-label="mode">Test<' in page


def test_a_list_takes_as_many_queries_for_fifty_rows_and_stays_small(operator):
    platform = a_platform()
    intent = a_paid_intent(platform)
    refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())
    rows = [PaymentIntent.objects.get(), Charge.objects.get(), Refund.objects.get()]
    pages = [f"admin:payments_{row._meta.model_name}_changelist" for row in rows]
    few = [ask_size(operator, page) for page in pages]
    for number in range(49):
        for row in rows:
            row.pk = f"{row.pk[:2]}_{number:024}"
            row._state.adding = True
        rows[1].payment_intent_id = rows[0].pk
        for row in rows:
            row.save(force_insert=True)

    many = [ask_size(operator, page) for page in pages]

    assert [queries for queries, _ in few] == [queries for queries, _ in many]
    assert max(size for _, size in many) <= 120_000


def ask_size(operator, page: str) -> tuple[int, int]:
    """Return how many queries a list takes, and how many bytes it is."""
    with CaptureQueriesContext(connection) as asked:
        answer = operator.get(reverse(page))
    return len(asked), len(answer.content)


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda m: m._meta.label))
def test_every_list_has_filters_of_its_columns_and_all_of_them_work(operator, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    inputs = [
        input
        for spec in operator.get(address).context["cl"].filter_specs
        if isinstance(spec, filters.ColumnFilter)
        for input in spec.choices(None)
    ]

    values = {"date": "2026-11-29", "decimal": "12.50", "select": "1", "text": "1"}
    params = {input["name"]: values[input["type"]] for input in inputs}
    assert operator.get(address, params).status_code == 200


def test_an_empty_list_says_whether_there_is_nothing_or_nothing_fits(operator):
    page = reverse("admin:payments_feeschedule_changelist")

    empty = operator.get(page).content.decode()
    unfit = operator.get(page, {"currency": "usd"}).content.decode()

    assert "There is nothing here yet." in empty
    assert f'href="{reverse("admin:payments_feeschedule_add")}"' in empty
    assert "Nothing fits what you asked for." in unfit
    assert 'href="?"' in unfit
