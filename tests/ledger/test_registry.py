"""What the database checks against is what the code says."""

import pytest

from ledger import rules
from ledger.chart import AVAILABLE, CHART, OWED, Side
from ledger.models import ChartCode, Kind, LedgerAccount
from tests.factories import a_paid_intent, a_platform

pytestmark = pytest.mark.django_db


def _flags(rule):
    return rule.may_overdraw, rule.is_fact, rule.moves_between_locations


def test_the_registry_of_kinds_is_the_page_of_rules():
    stored = {
        (k.kind, k.number, tuple(k.debits), tuple(k.credits), *_flags(k))
        for k in Kind.objects.all()
    }

    assert stored == {
        (r.kind, r.number, tuple(r.debits), tuple(r.credits), *_flags(r)) for r in rules.RULES
    }


def test_the_registry_of_accounts_is_the_chart():
    stored = dict(ChartCode.objects.values_list("code", "is_guarded"))

    assert stored == {code: line.is_guarded for code, line in CHART.items()}


def test_a_rule_that_may_not_overdraw_is_no_fact():
    # What has happened outside is booked, so it must be able to leave a balance below zero.
    for rule in rules.RULES:
        if rule.is_fact and AVAILABLE in rule.debits:
            assert rule.may_overdraw


def test_rules_name_codes_of_the_chart():
    for rule in rules.RULES:
        assert {*rule.debits, *rule.credits} <= set(CHART)


def test_the_database_guards_what_the_chart_says_is_guarded():
    a_paid_intent(a_platform())
    a_paid_intent(a_platform(), payment_method="pm_card_bypassPending")

    for account in LedgerAccount.objects.all():
        assert account.is_guarded == CHART[account.code].is_guarded


def test_only_liabilities_are_owed():
    assert all(CHART[code].side is Side.CREDIT for code in OWED)
