"""What the database checks against is what the code says."""

import pytest

from ledger import rules
from ledger.chart import CHART, OWED, Side
from ledger.models import Kind, LedgerAccount
from tests.factories import a_paid_intent, a_platform

pytestmark = pytest.mark.django_db


def test_the_registry_of_kinds_is_the_page_of_rules():
    stored = {
        (k.kind, k.number, tuple(k.debits), tuple(k.credits), k.may_overdraw)
        for k in Kind.objects.all()
    }

    assert stored == {
        (r.kind, r.number, tuple(r.debits), tuple(r.credits), r.may_overdraw) for r in rules.RULES
    }


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
