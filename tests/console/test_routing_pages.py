"""Operators say where payments go, on forms, and see what that means."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApprovalRequest, ApprovalRule, AuditEvent
from payments.models import Charge
from processors.models import RoutingBreaker, RoutingRuleSet
from tests.factories import a_paid_intent, a_platform, an_operator
from tests.processors import accounts_there
from tests.processors.accounts_there import publish, rule

pytestmark = pytest.mark.django_db
# Whatever the rules are.
_QUERIES = 7
CONDITION = {"field_0": "currency", "operator_0": "is_one_of", "values_0": "USD"}


@pytest.fixture(autouse=True)
def _two_accounts():
    accounts_there.add("second", fee_model=[{"bps": 100}])


def _page(name="routing", **query):
    return reverse(f"admin:console_{name}", query=query)


def _typed(name="dollars", **fields):
    usual = {
        "name": name,
        "kind": "volume_split",
        "least_samples": "50",
        "explored_percent": "5",
        "order_0": "1",
        "share_0": "70",
        "order_1": "2",
        "share_1": "30",
        "operator_1": "is_one_of",
        "operator_2": "is_one_of",
        "operator_3": "is_one_of",
    }
    return usual | CONDITION | fields


def _post(operator, page="routing", **fields):
    answer = operator.post(_page(page), fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_rule_is_made_moved_and_published_on_forms(operator):
    first = _post(operator, "routing_rule", **_typed())
    _post(operator, "routing_rule", **_typed("rest", field_0="", kind="least_cost"))
    moved = _post(operator, do="up", rule="rest")
    refused = _post(operator, do="publish", reason="A second account.")
    _post(operator, do="down", rule="rest")
    done = _post(operator, do="publish", reason="A second account.")

    assert "When the currency is USD, send 70 % to simulator and 30 % to second." in first
    assert moved.index("<strong>rest</strong>") < moved.index("<strong>dollars</strong>")
    assert "&#x27;dollars&#x27; is never reached" in refused
    assert "Version 1 counts from now on." in done
    row = RoutingRuleSet.objects.get()
    assert (row.version, row.reason) == (1, "A second account.")
    assert row.author == "operator@example.com"
    (told,) = AuditEvent.objects.filter(action="routing.published")
    assert told.reason == "A second account."
    charge = Charge.objects.get(id=a_paid_intent(a_platform()).latest_charge_id)
    assert charge.routing["r"] == "dollars"


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(operator):
    shown = _post(
        operator,
        "routing_rule",
        **_typed(share_1="20", field_1="amount", operator_1="at_least", values_1="much"),
    )

    assert "they make 90" in shown
    assert 'value="much"' in shown
    assert not RoutingRuleSet.objects.exists()


def test_a_rule_is_shown_as_it_was_typed(operator):
    _post(
        operator,
        "routing_rule",
        **_typed(
            field_1="amount",
            operator_1="at_least",
            values_1="1250.50",
            field_2="metadata",
            values_2="shop = berlin, paris",
        ),
    )

    shown = operator.get(_page("routing_rule", rule="dollars")).content.decode()
    listed = operator.get(_page()).content.decode()

    assert 'value="1,250.50 USD"' in shown
    assert 'value="shop = berlin, paris"' in shown
    assert "the amount is at least 1,250.50 USD" in listed
    assert "metadata &#x27;shop&#x27; is berlin or paris" in listed


def test_an_older_version_is_published_again(operator):
    publish(rule("first", "single", "second"))
    publish()

    done = _post(operator, do="again", version="1", reason="Back.")

    assert "Version 3 counts from now on." in done
    assert RoutingRuleSet.objects.get(version=3).again_of == 1
    assert "3, as 1" in done


def test_a_draft_is_forgotten(operator):
    _post(operator, "routing_rule", **_typed())

    shown = _post(operator, do="discard")

    assert "dollars" not in shown
    assert not RoutingRuleSet.objects.exists()


def test_an_account_is_forced_open_with_a_reason(operator):
    forced = {"do": "force", "processor": "second", "method": "card", "forced": "open"}
    without = _post(operator, **forced)

    shown = _post(operator, **forced, reason="It double charges.")

    assert "because somebody said so" not in without
    assert "because somebody said so" in shown
    row = RoutingBreaker.objects.get()
    assert (row.forced, row.reason) == ("open", "It double charges.")


def test_rules_may_need_another_person(operator):
    ApprovalRule.objects.create(action="routing.publish", in_test_mode=True)
    an_operator("second@example.com")
    _post(operator, "routing_rule", **_typed())

    shown = _post(operator, do="publish", reason="A second account.")

    assert "Somebody else must approve it" in shown
    assert ApprovalRequest.objects.get().action == "routing.publish"
    assert not RoutingRuleSet.objects.filter(is_draft=False).exists()


def test_a_replay_tells_what_the_draft_would_have_changed(operator):
    platform = a_platform()
    for _ in range(3):
        a_paid_intent(platform)
    _post(operator, "routing_rule", **_typed(kind="single", order_0="", share_0="", share_1=""))

    shown = operator.get(_page("routing_replay", days="7")).content.decode()

    assert "3 payments were looked at; 3 would have gone elsewhere." in shown
    assert "Of 3 no fee is known" in shown
    assert "Nothing can be claimed of approvals" in shown


def test_more_rules_take_no_more_queries(operator, django_assert_num_queries):
    publish(rule("a", "single", "second"))
    operator.get(_page())
    with django_assert_num_queries(_QUERIES):
        operator.get(_page())
    conditions = [{"field": "brand", "operator": "is_one_of", "values": ["visa"]}]
    publish(
        *[
            rule(
                f"r{n}",
                "single",
                "second",
                conditions=[
                    {"field": "account", "operator": "is_one_of", "values": [f"acct_{n}"]},
                    *conditions,
                ],
            )
            for n in range(30)
        ]
    )

    operator.get(_page())
    with django_assert_num_queries(_QUERIES):
        operator.get(_page())


def test_whoever_only_looks_has_no_buttons(operator):
    auditor = Client()
    auditor.force_login(an_operator("auditor@example.com", role="auditor"))

    shown = auditor.get(_page()).content.decode()

    assert "Add a rule" not in shown
    assert auditor.post(_page(), {"do": "discard"}).status_code == 403
