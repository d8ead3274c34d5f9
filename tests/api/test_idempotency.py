import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, timedelta

import orjson
import pytest
from django.db import connection, transaction
from django.utils import timezone

from api import idempotency, tasks
from api.models import IdempotencyKey
from core.errors import IdempotencyInUse
from core.tenant import Tenant
from tests.api.room import Trouble, outcomes
from tests.factories import as_owner

BODY = "amount=100&currency=usd"


def test_a_repeated_request_is_answered_as_before_and_runs_once(post):
    first = post(idempotency_key="k")
    second = post(idempotency_key="k")

    assert second.content == first.content
    assert second.status_code == 200
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert first["Request-Id"] != second["Request-Id"]
    assert len(outcomes.runs) == 1


def test_without_a_key_every_request_runs(post):
    post()
    post()

    assert len(outcomes.runs) == 2
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.parametrize("outcome", ["declined", "invalid", "missing", "bug", "integrity"])
def test_a_failure_of_the_operation_is_kept(post, outcome):
    first = post(f"{BODY}&outcome={outcome}", idempotency_key="k")
    second = post(f"{BODY}&outcome={outcome}", idempotency_key="k")

    assert second.status_code == first.status_code >= 400
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"
    assert len(outcomes.runs) == 1


@pytest.mark.parametrize("outcome", ["busy", "away", "lost"])
def test_a_failure_that_may_pass_is_tried_again_with_the_same_ids(post, outcome):
    post(f"{BODY}&outcome={outcome}", idempotency_key="k")
    post(f"{BODY}&outcome={outcome}", idempotency_key="k")

    first, second = outcomes.runs
    assert first["id"] == second["id"]
    assert (first["is_recovery"], second["is_recovery"]) == (False, True)


def test_a_request_that_is_refused_before_it_begins_leaves_its_key_free(post):
    assert post("amount=abc&currency=usd", idempotency_key="k").status_code == 400
    assert post("amount=1&currency=usd&nope=1", idempotency_key="k").status_code == 400

    assert post(idempotency_key="k").status_code == 200
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize(
    "second",
    [
        {"body": "amount=101&currency=usd"},
        {"body": BODY + "&expand[]=nothing"},
        {"to": "/v1/widgets?tags[]=x"},
    ],
)
def test_the_same_key_with_another_request_is_refused(post, second):
    post(idempotency_key="k")

    response = post(**second, idempotency_key="k")

    error = orjson.loads(response.content)["error"]
    assert response.status_code == 400
    assert error["type"] == "idempotency_error"
    assert len(outcomes.runs) == 1


def test_the_order_of_the_parameters_does_not_matter(post):
    post("amount=100&currency=usd", idempotency_key="k")

    assert post("currency=usd&amount=100", idempotency_key="k")["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("word", ["x" * 256, "tab\tbed"])
def test_a_key_that_cannot_be_stored_is_refused(post, word):
    assert post(idempotency_key=word).status_code == 400


def test_keys_of_modes_accounts_and_doors_are_apart(db):
    at = timezone.now()
    print = idempotency.fingerprint("POST", "/v1/widgets", {})

    claims = {
        idempotency.claim(tenant, "k", print, at=at, scope=scope).id
        for tenant in (Tenant("acct_a", False), Tenant("acct_a", True), Tenant("acct_b", False))
        for scope in ("", "acct_p", "/public")
    }

    assert len(claims) == 9


def test_an_overtaken_run_cannot_keep_its_answer(db):
    tenant, at = Tenant("acct_a", livemode=False), timezone.now()
    print = idempotency.fingerprint("POST", "/v1/widgets", {})
    first = idempotency.claim(tenant, "k", print, at=at)
    idempotency.release(first)
    second = idempotency.claim(tenant, "k", print, at=at)

    idempotency.finish(first, 200, b'"first"')
    idempotency.finish(second, 200, b'"second"')
    idempotency.finish(first, 200, b'"first"')

    assert second.is_recovery
    assert second.id_suffix == first.id_suffix
    assert idempotency.claim(tenant, "k", print, at=at).answer == (200, b'"second"')


def test_a_claim_is_given_up_when_its_lease_is_over(db):
    tenant, at = Tenant("acct_a", livemode=False), timezone.now()
    print = idempotency.fingerprint("POST", "/v1/widgets", {})
    first = idempotency.claim(tenant, "k", print, at=at)

    with pytest.raises(IdempotencyInUse):
        idempotency.claim(tenant, "k", print, at=at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_idempotencykey SET claimed_at = now() - interval '61 s'")
    second = idempotency.claim(tenant, "k", print, at=at)

    assert second.is_recovery
    assert second.id_suffix == first.id_suffix


def test_a_worker_that_is_stopped_leaves_the_request_to_the_next_try(post):
    with pytest.raises(Trouble):
        post(f"{BODY}&outcome=stopped", idempotency_key="k")
    with pytest.raises(Trouble):
        post(f"{BODY}&outcome=stopped", idempotency_key="k")

    first, second = outcomes.runs
    assert first["id"] == second["id"]
    assert second["is_recovery"]


def test_a_new_request_costs_three_queries(post, django_assert_num_queries):
    with django_assert_num_queries(3):
        post(idempotency_key="k")


def test_a_replay_costs_three_queries(post, django_assert_num_queries):
    post(idempotency_key="k")

    with django_assert_num_queries(3):
        post(idempotency_key="k")


def on_the_day_before(days, key):
    """Let a key be claimed some days earlier, when there was a partition for it."""
    day = timezone.now().astimezone(UTC).date() - timedelta(days=days)
    as_owner(
        f"CREATE TABLE IF NOT EXISTS api_idempotencykey_{day:%Y%m%d} PARTITION OF "
        f"api_idempotencykey FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
    )
    as_owner(f"UPDATE api_idempotencykey SET day = '{day}' WHERE key = '{key}'")


def test_old_keys_are_forgotten_after_a_day_with_their_partition(post):
    for key, days in {"older": 3, "old": 2, "yesterday": 1}.items():
        post(idempotency_key=key)
        on_the_day_before(days, key)
    post(idempotency_key="new")

    tasks.prune()

    assert {row.key for row in IdempotencyKey.objects.all()} == {"yesterday", "new"}


def test_a_key_of_yesterday_is_known_and_one_of_the_day_before_is_free(post):
    for key, days in {"old": 2, "yesterday": 1}.items():
        post(idempotency_key=key)
        on_the_day_before(days, key)
    done = len(outcomes.runs)

    again = post(idempotency_key="yesterday")
    anew = post(idempotency_key="old")

    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in anew
    assert post(idempotency_key="old")["Idempotent-Replayed"] == "true"
    assert len(outcomes.runs) == done + 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_run_once_and_the_second_is_told_to_wait(post):
    outcomes.may_go_on.clear()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_closing(lambda: post(idempotency_key="k")))
        assert outcomes.started.wait(10)
        waiting = post(idempotency_key="k")
        outcomes.may_go_on.set()
        done = running.result(10)
    replayed = post(idempotency_key="k")

    error = orjson.loads(waiting.content)["error"]
    assert (done.status_code, waiting.status_code) == (200, 409)
    assert error["code"] == "idempotency_key_in_use"
    assert waiting["Stripe-Should-Retry"] == "true"
    assert replayed.content == done.content
    assert len(outcomes.runs) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_run_once(post):
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(_closing(lambda: post(idempotency_key="k"))) for _ in range(8)]
        answers = [call.result(20) for call in calls]

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert len(outcomes.runs) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_on_either_side_of_midnight_one_is_told_to_wait(tenant):
    print, at = idempotency.fingerprint("POST", "/v1/widgets", {}), timezone.now()
    idempotency.claim(tenant, "another", print, at=at)
    on_the_day_before(1, "another")
    second = _closing(lambda: idempotency.claim(tenant, "k", print, at=at))

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        idempotency.claim(tenant, "k", print, at=at)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE api_idempotencykey SET day = day - 1 WHERE key = 'k'")
        waiting = pool.submit(second)
        assert not wait([waiting], timeout=0.2).done

    with pytest.raises(IdempotencyInUse):
        waiting.result(10)
    assert IdempotencyKey.objects.filter(key="k").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_claim_of_a_dead_connection_is_taken_over(tenant):
    at = timezone.now()
    print = idempotency.fingerprint("POST", "/v1/widgets", {})
    made = []
    # The thread's connection ends with it, as a killed process's does.
    thread = threading.Thread(
        target=_closing(lambda: made.append(idempotency.claim(tenant, "k", print, at=at)))
    )
    thread.start()
    thread.join()

    claim = _patiently(lambda: idempotency.claim(tenant, "k", print, at=at))

    assert claim.is_recovery
    assert claim.id_suffix == made[0].id_suffix


def _patiently(claim):
    """The server notices a closed connection a moment later."""
    for _ in range(100):
        try:
            return claim()
        except IdempotencyInUse:
            threading.Event().wait(0.05)
    return claim()


def _closing(call):
    def run():
        try:
            return call()
        finally:
            connection.close()

    return run
