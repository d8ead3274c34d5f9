from datetime import UTC, datetime, timedelta

import orjson
import pytest

from api.models import RequestLog
from core.ids import new_id

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def some_rows(tenant, count, *, livemode=False):
    """Rows of the request log stand for widgets: they belong to a tenant and sort by id."""
    rows = [
        RequestLog(
            id=new_id("req"),
            account_id=tenant.account_id,
            livemode=livemode,
            method="GET",
            path="/",
            status_code=200,
            duration_ms=1,
            created_at=NOON + timedelta(seconds=i, milliseconds=500),
        )
        for i in range(count)
    ]
    RequestLog.objects.bulk_create(rows)
    return [row.id for row in rows][::-1]


def page(get, query=""):
    answer = orjson.loads(get(f"/v1/widgets{query}").content)
    return [row["id"] for row in answer["data"]], answer["has_more"]


def test_a_list_is_newest_first_and_ten_long(get, tenant):
    ids = some_rows(tenant, 12)

    answer = orjson.loads(get("/v1/widgets").content)

    assert answer["object"] == "list"
    assert answer["url"] == "/v1/widgets"
    assert answer["has_more"] is True
    assert [row["id"] for row in answer["data"]] == ids[:10]


def test_walking_forward_meets_every_row_once(get, tenant):
    ids = some_rows(tenant, 7)

    met, cursor, has_more = [], "", True
    while has_more:
        some, has_more = page(get, f"?limit=3{cursor}")
        met += some
        cursor = f"&starting_after={some[-1]}"

    assert met == ids


def test_walking_back_meets_every_row_once(get, tenant):
    ids = some_rows(tenant, 7)

    met, cursor, has_more = [], ids[-1], True
    while has_more:
        some, has_more = page(get, f"?limit=3&ending_before={cursor}")
        met = some + met
        cursor = some[0]

    assert met == ids[:-1]


def test_the_last_page_has_no_more_and_an_empty_one_is_empty(get, tenant):
    ids = some_rows(tenant, 3)

    assert page(get, "?limit=3") == (ids, False)
    assert page(get, f"?starting_after={ids[-1]}") == ([], False)
    assert page(get, f"?ending_before={ids[0]}") == ([], False)


def test_a_page_costs_one_query_and_its_cursor_another(get, tenant, django_assert_num_queries):
    ids = some_rows(tenant, 3)

    with django_assert_num_queries(2):
        page(get)
    with django_assert_num_queries(3):
        page(get, f"?starting_after={ids[0]}")


@pytest.mark.parametrize("param", ["starting_after", "ending_before"])
def test_a_cursor_of_nobody_or_of_another_tenant_is_refused(get, tenant, param):
    stranger = type(tenant)(new_id("acct"), livemode=False)
    [foreign] = some_rows(stranger, 1)
    [other_mode] = some_rows(tenant, 1, livemode=True)

    answers = [get(f"/v1/widgets?{param}={id}") for id in (foreign, other_mode, "x", "ch_1")]

    for answer in answers:
        error = orjson.loads(answer.content)["error"]
        assert answer.status_code == 400
        assert (error["code"], error["param"]) == ("resource_missing", param)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "limit=", "starting_after=a&ending_before=b", "size=3"],
)
def test_a_list_takes_no_other_limits_or_words(get, query):
    assert get(f"/v1/widgets?{query}").status_code == 400


@pytest.mark.parametrize(
    ("query", "seconds"),
    [
        ("created[gt]={}", [3, 4]),
        ("created[gte]={}", [2, 3, 4]),
        ("created[lt]={}", [0, 1]),
        ("created[lte]={}", [0, 1, 2]),
        ("created={}", [2]),
        ("created[gte]={0}&created[lt]={0}", []),
    ],
)
def test_moments_are_compared_in_whole_seconds(get, tenant, query, seconds):
    ids = some_rows(tenant, 5)[::-1]
    moment = int((NOON + timedelta(seconds=2)).timestamp())

    met, _ = page(get, f"?{query.format(moment)}")

    assert met == [ids[i] for i in reversed(seconds)]
