"""What was wrong is taken back by its opposite, once."""

from datetime import timedelta

import pytest

from core.database.transactions import atomic
from core.errors import Missing
from ledger.models import BalanceTransaction, JournalEntry
from ledger.posting import corrections, maturation
from tests.books import assert_ledger_balances, at_the_processor, pending, total, usable
from tests.factories import a_paid_intent, a_platform, a_seller, now
from tests.ledger.entries import a_deposit, a_transfer, post

pytestmark = pytest.mark.django_db


def reverse(kind):
    with atomic():
        entry = JournalEntry.objects.get(kind=kind)
        return corrections.reverse(entry.id, at=now())


def test_a_correction_undoes_an_entry_and_names_it():
    post(a_deposit(100))
    (wrong,) = post(a_transfer(60))

    posted = reverse("transfer")

    correction = JournalEntry.objects.get(id=posted.entry_id)
    assert (correction.reverses_id, correction.group) == (wrong.entry_id, "tr_1")
    nets = BalanceTransaction.objects.filter(entry=correction).values_list("account_id", "net")
    assert dict(nets) == {"acct_a": 60, "acct_b": -60}
    assert_ledger_balances()


def test_an_entry_is_taken_back_once():
    post(a_deposit(100))
    post(a_transfer(60))
    first = reverse("transfer")

    again = reverse("transfer")

    assert (again.entry_id, again.is_new) == (first.entry_id, False)
    assert_ledger_balances()


def test_a_correction_can_be_corrected():
    post(a_deposit(100))
    post(a_transfer(60))
    reverse("transfer")

    posted = reverse("correction")

    assert posted.is_new
    lines = BalanceTransaction.objects.filter(account_id="acct_b").values_list("net", flat=True)
    assert sum(lines) == 60
    assert_ledger_balances()


def test_pending_money_is_taken_from_its_lot():
    platform = a_platform()
    a_paid_intent(platform)

    reverse("processor_fee")

    assert (pending(platform), usable(platform)) == (100_00, 0)
    assert at_the_processor() == 100_00
    assert_ledger_balances()


def test_money_that_has_matured_is_taken_from_what_is_available():
    platform = a_platform()
    a_paid_intent(platform)
    maturation.mature(at=now() + timedelta(days=30))

    reverse("charge_captured")

    assert (pending(platform), usable(platform)) == (0, -3_20)
    assert at_the_processor() == -3_20
    assert_ledger_balances()


def test_a_split_is_taken_back_from_the_seller():
    platform = a_platform()
    seller = a_seller(platform)
    a_paid_intent(platform, transfer_destination=seller.account_id, application_fee_amount=10_00)

    reverse("application_fee")

    assert (total(platform), total(seller)) == (-3_20, 100_00)
    assert_ledger_balances()


def test_a_maturation_is_not_corrected():
    platform = a_platform()
    a_paid_intent(platform)
    maturation.mature(at=now() + timedelta(days=30))

    with pytest.raises(corrections.NotCorrectable):
        reverse("maturation")


def test_an_unknown_entry_is_missing():
    with pytest.raises(Missing), atomic():
        corrections.reverse("je_nobody", at=now())
