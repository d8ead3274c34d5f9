"""The page on which an operator says who bears what a processor took for itself."""

import pytest
from django.urls import reverse

from ledger.queries import account_balance
from payments.inbound.services import settlements as statements
from processors import settlements
from processors.models import SettlementLine
from processors.protocols.settlements import LineKind, ReportedLine
from tests.books import assert_ledger_balances, total
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db


def told(amount, *, reference="line_1", kind=LineKind.OTHER):
    line = ReportedLine(
        reference, kind, amount, 0, "usd", livemode=False, at=now(), description="stripe_fee: Radar"
    )
    settlements.keep("simulator", [line], at=now())
    return SettlementLine.objects.get(reference=reference)


def test_what_the_processor_took_for_itself_is_borne_once(operator):
    platform = a_platform()
    row = told(-5_00)
    assert statements.sweep(at=now()) == 0
    problem = "No payment of ours is the reason: say who bears or has it."
    assert SettlementLine.objects.get().problem == problem
    page = reverse("admin:payments_bear", args=[row.id])
    shown = operator.get(reverse("admin:processors_settlementline_change", args=[row.id]))
    assert page in shown.content.decode()
    assert "-5.00 USD" in operator.get(page).content.decode()

    form = {"account": platform.account_id, "reason": "Our own price"}
    wrong = operator.post(page, form | {"account": "acct_nobody"})
    first = operator.post(page, form, follow=True).content.decode()
    second = operator.post(page, form).content.decode()

    assert "is decided already" in second
    assert "There is no open account acct_nobody." in wrong.content.decode()
    assert 'value="acct_nobody"' in wrong.content.decode()
    assert "It is decided, and booked." in first
    assert total(platform) == -5_00
    assert account_balance("processor", "simulator", "usd") == -5_00
    assert statements.differences() == []
    row.refresh_from_db()
    assert (row.bearer, row.problem, row.next_at) == (platform.account_id, "", None)
    assert_ledger_balances()


def test_what_it_gave_is_somebodys_too_and_a_payments_line_is_not_given_away(operator):
    platform = a_platform()
    given = told(2_50)
    of_a_payment = told(9_00, reference="line_2", kind=LineKind.CHARGE)
    form = {"account": platform.account_id, "reason": "It is ours"}

    operator.post(reverse("admin:payments_bear", args=[given.id]), form)
    refused = operator.post(reverse("admin:payments_bear", args=[of_a_payment.id]), form)

    assert 'role="alert"' in refused.content.decode()
    assert total(platform) == 2_50
    assert_ledger_balances()
