"""The choice of an account asks the database for nothing, and knows what others publish."""

from dataclasses import replace

import pytest
from django.test import Client

from core.database import configuration
from processors.accounts import snapshot
from processors.router import choosing
from processors.routing.facts import PaymentFacts
from tests.factories import a_key, a_platform, now
from tests.processors import accounts_there
from tests.processors.accounts_there import rule
from tests.processors.routing_facts import a_payment, a_price

pytestmark = pytest.mark.django_db


def _chosen(payment: PaymentFacts) -> str:
    return choosing.choose(payment, at=now()).account


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("single", {"accounts": ["second"]}),
        ("priority", {"accounts": ["second", "simulator"]}),
        ("volume_split", {"shares": [1, 99]}),
        ("least_cost", {}),
        ("success_rate", {"least_samples": 1}),
    ],
)
def test_a_choice_asks_for_nothing_by_any_strategy(kind, more, django_assert_num_queries):
    accounts_there.add("second")
    names = ("simulator", "second")
    accounts_there.publish(rule("all", kind, *names, strategy={"accounts": names, **more}))
    held = snapshot.current()
    priced = {name: replace(one, prices=a_price(290, 30)) for name, one in held.accounts.items()}
    snapshot.hold(replace(held, accounts=priced))

    with django_assert_num_queries(0):
        routed = choosing.choose(a_payment(), at=now())

    assert routed.trace is not None
    assert routed.trace["k"] == kind


def test_rules_that_another_process_publishes_count_from_the_next_payment_on(
    django_assert_num_queries,
):
    headers = {"Authorization": f"Bearer {a_key(a_platform())}"}
    accounts_there.add("second")
    held = snapshot.current()
    accounts_there.publish(rule("all", "single", "second"))
    # As in another process, which has not heard of the change.
    snapshot.hold(held)
    configuration.hear(held.version)
    with django_assert_num_queries(0):
        assert _chosen(a_payment()) == "simulator"

    Client().get("/v1/customers", headers=headers)

    assert _chosen(a_payment()) == "second"
    with django_assert_num_queries(0):
        assert _chosen(a_payment()) == "second"
