"""People say what a line of a statement is about, and take back what was not so."""

import json

import pytest

from accounts.models import Account
from connect.models import ExternalAccount, PayoutLine, PayoutSchedule
from connect.payouts.services import payouts
from connect.payouts.services.attempts import bank_files, sending
from core.errors import InvalidRequest, Missing
from ledger.models import JournalEntry
from ledger.queries import account_balance, balance
from processors.models import BankLine, BankPayment
from processors.protocols.base import Outcome, OutcomeStatus
from processors.sepa.formats import text
from processors.sepa.rail import BankFileRail
from processors.sepa.services import queries
from tests import rails
from tests.books import assert_books_balance, usable
from tests.connect.test_bank_payouts import (
    IBANS,
    a_payout,
    a_sent_file,
    booked,
    hear,
    name_of,
    status,
)
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.bank import samples as bank
from webhooks.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]


@pytest.fixture
def platform():
    return a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)


def an_unclear_debit(cents=50_00) -> BankLine:
    hear(bank.notification(bank.entry(-cents, bank.details(-cents, key="X-1"), ref=f"R{cents}")))
    return BankLine.objects.get(amount=-cents)


def assigned(line, payout) -> BankLine:
    key = payout.attempts.get().id
    bank_files.assign(line_id=line.id, key=key, by="ann@example.com", at=now())
    followed()
    return BankLine.objects.get(id=line.id)


def taken_back(line) -> BankLine:
    bank_files.undo_match(line_id=line.id, by="bob@example.com", at=now())
    followed()
    return BankLine.objects.get(id=line.id)


def followed() -> None:
    sending.poll_due(at=now())


def returned(payout, cents=50_00, ref="R-2") -> BankLine:
    back = bank.details(cents, bank.reason("AC04", name="RtrInf"), key=name_of(payout))
    hear(bank.notification(bank.entry(cents, back, ref=ref)))
    return BankLine.objects.get(key__contains=f" {ref} ")


def at_the_bank() -> int:
    return account_balance("bank", "bankfile", "eur")


def test_somebody_says_what_an_unclear_line_is_about(platform):
    payout = a_payout(platform)
    a_sent_file()
    line = an_unclear_debit()
    assert status(payout) == "in_transit"

    line = assigned(line, payout)

    assert (line.matched_by, line.matched_who) == ("person", "ann@example.com")
    assert (status(payout), at_the_bank()) == ("paid", -50_00)
    with pytest.raises(InvalidRequest, match="matched already"):
        assigned(line, payout)
    assert_books_balance()


def test_nobody_can_say_what_cannot_be(platform):
    payout = a_payout(platform)
    a_sent_file()
    line = an_unclear_debit(49_00)

    with pytest.raises(InvalidRequest, match=r"says -49\.00 EUR of"):
        assigned(line, payout)
    with pytest.raises(Missing):
        bank_files.assign(line_id=line.id, key="poa_1", by="ann@example.com", at=now())

    assert (status(payout), BankLine.objects.get().matched_by) == ("in_transit", "")


def test_what_fits_best_is_suggested_first(platform):
    first, second = (a_payout(platform, iban) for iban in IBANS[:2])
    a_sent_file()
    ExternalAccount.objects.update(holder_name="Anna Weber")
    BankPayment.objects.filter(key=second.attempts.get().id).update(payee="Anna Weber ••2606")
    line = an_unclear_debit()
    BankLine.objects.update(counterparty="ANNA  WEBER")
    line.refresh_from_db()

    found = queries.suggestions([line])[line.id]

    assert [(row.key, score) for row, score in found] == [
        (second.attempts.get().id, 80),
        (first.attempts.get().id, 50),
    ]


class TakenBackMeanwhile(BankFileRail):
    """One whose first answer is not yet heard when somebody takes back what it rests on."""

    def __init__(self):
        self.answers = []

    def find(self, inquiry):
        outcome = super().find(inquiry)
        self.answers.append(outcome.status)
        if len(self.answers) == 1:
            line = BankLine.objects.get()
            bank_files.undo_match(line_id=line.id, by="bob@example.com", at=now())
        return outcome


def test_an_answer_from_before_a_line_was_taken_back_is_not_believed(platform):
    payout = a_payout(platform)
    a_sent_file()
    bank_files.import_file(
        content=booked(payout).encode(), name="a", livemode=False, by="ann@example.com", at=now()
    )

    with rails.registered(TakenBackMeanwhile(), name="bankfile") as rail:
        followed()

        assert (rail.answers, status(payout), at_the_bank()) == (["succeeded"], "in_transit", 0)
        followed()
        assert (rail.answers[1:], status(payout)) == (["pending"], "in_transit")
    assert_books_balance()


def test_of_two_answers_that_crossed_none_is_lost(platform):
    payout = a_payout(platform)
    a_sent_file()
    attempt = payout.attempts.get()
    attempt.tries = 10
    attempt.save(update_fields=["tries"])
    pending = Outcome(OutcomeStatus.PENDING, reference=None, amount=50_00, currency="eur")
    paid = Outcome(OutcomeStatus.SUCCEEDED, reference="R-1", amount=50_00, currency="eur")

    # Both asked at the same time; the older answer is written first.
    for outcome in (pending, paid):
        sending.settle(attempt.id, outcome, at=now(), due=attempt.next_poll_at)

    attempt.refresh_from_db()
    assert status(payout) == "in_transit"
    assert attempt.next_poll_at <= now(), "asked again by the next round, and not in a day"


def test_a_debit_is_taken_back_by_an_entry_that_names_it_and_may_be_told_again(platform):
    payout = a_payout(platform)
    a_sent_file()
    hear(booked(payout))
    line = BankLine.objects.get()

    line = taken_back(line)

    assert (line.matched_by, line.undone_who, line.payment) == ("", "bob@example.com", None)
    assert (status(payout), at_the_bank()) == ("in_transit", 0)
    correction = JournalEntry.objects.get(kind="correction")
    assert correction.reverses.kind == "payout_confirmed"
    told = json.loads(Event.objects.filter(type="payout.updated").latest("id").data)
    assert told["previous_attributes"]["status"] == "paid"
    assert told["previous_attributes"].keys() == {"status", "trace_id"}
    assert_books_balance()
    with pytest.raises(InvalidRequest, match="matched with nothing"):
        taken_back(line)

    for _ in range(2):
        assigned(line, payout)
        assert (status(payout), at_the_bank()) == ("paid", -50_00)
        assert_books_balance()
        taken_back(line)
    assert (status(payout), at_the_bank()) == ("in_transit", 0)
    assert_books_balance()


def test_a_debit_of_a_whole_file_is_taken_back_as_a_whole(platform):
    paid = [a_payout(platform, iban) for iban in IBANS]
    file = a_sent_file()
    batch = bank.tag("Btch", bank.tag("MsgId", text.reference(file.id)))
    hear(bank.statement(bank.entry(-150_00, batch=batch), opening=1_000_00, closing=850_00))
    assert {status(payout) for payout in paid} == {"paid"}

    taken_back(BankLine.objects.get())

    assert ({status(payout) for payout in paid}, at_the_bank()) == ({"in_transit"}, 0)
    assert_books_balance()


def test_a_return_is_taken_back_and_another_one_is_believed(platform):
    payout = a_payout(platform)
    a_sent_file()
    hear(booked(payout))
    debit = BankLine.objects.get()
    line = returned(payout)
    assert status(payout) == "failed"
    with pytest.raises(InvalidRequest, match="came back afterwards"):
        taken_back(debit)

    taken_back(line)

    payout.refresh_from_db()
    assert (payout.status, payout.failure_code, at_the_bank()) == ("paid", None, -50_00)
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 0
    assert PayoutSchedule.objects.get(account=payout.account_id).paused_at is None
    assert ExternalAccount.objects.get().status == "new"
    assert [line.is_released for line in PayoutLine.objects.all()] == [False]
    assert_books_balance()

    returned(payout, 47_50, ref="R-3")

    assert (status(payout), at_the_bank()) == ("failed", -2_50)
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 47_50
    assert_books_balance()


def test_what_the_platform_made_good_of_a_return_comes_back_to_it(platform):
    a_paid_intent(platform, currency="eur", payment_method="pm_card_bypassPending")
    payout = a_payout(platform)
    Account.objects.filter(id=payout.account_id).update(
        controller={"fees": {"payer": "application"}}
    )
    a_sent_file()
    hear(booked(payout))
    had = usable(platform, "eur")
    line = returned(payout, 47_50)
    assert (usable(platform, "eur"), usable(payout.tenant, "eur")) == (had - 2_50, 50_00)

    taken_back(line)

    assert (usable(platform, "eur"), usable(payout.tenant, "eur")) == (had, 0)
    assert_books_balance()


def test_a_return_whose_debit_was_never_told_takes_both_back(platform):
    payout = a_payout(platform)
    a_sent_file()
    line = returned(payout)
    assert status(payout) == "failed"

    taken_back(line)

    assert (status(payout), at_the_bank()) == ("in_transit", 0)
    assert BankPayment.objects.get().status == "sent"
    assert_books_balance()


def test_a_return_is_taken_back_though_a_canceled_payout_has_split_its_money(platform):
    payout = a_payout(platform)
    a_sent_file()
    hear(booked(payout))
    line = returned(payout)
    ExternalAccount.objects.update(status="new")
    for amount in (20_00, 13_00):
        other = payouts.create(tenant=payout.tenant, amount=amount, currency="eur", at=now())
        payouts.cancel(tenant=payout.tenant, payout_id=other.id, at=now())
    assert PayoutLine.objects.filter(payout=None).count() > 1

    taken_back(line)

    assert (status(payout), usable(payout.tenant, "eur")) == ("paid", 0)
    assert not PayoutLine.objects.filter(payout=None).exists()
    assert [one.amount for one in payout.lines.filter(is_released=False)] == [50_00]
    assert_books_balance()


def test_what_waits_beside_a_return_that_is_taken_back_goes_on_waiting(platform):
    payout = a_payout(platform, amount=50_00)
    a_sent_file()
    hear(booked(payout))
    seller = payout.tenant
    a_paid_intent(
        platform,
        amount=30_00,
        currency="eur",
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
    )
    line = returned(payout)
    ExternalAccount.objects.update(status="new")
    gone = payouts.create(tenant=seller, amount=70_00, currency="eur", at=now())

    with pytest.raises(InvalidRequest, match="has been paid out again"):
        taken_back(line)
    assert payout.lines.filter(is_released=False).count() == 0, "nothing was written"
    payouts.cancel(tenant=seller, payout_id=gone.id, at=now())
    taken_back(line)

    waiting = PayoutLine.objects.filter(payout=None).values_list("amount", flat=True)
    assert (status(payout), sum(waiting), usable(seller, "eur")) == ("paid", 30_00, 30_00)
    assert_books_balance()


def test_a_return_that_a_person_assigns_keeps_the_banks_reason(platform):
    payout = a_payout(platform)
    a_sent_file()
    hear(booked(payout))
    back = bank.details(50_00, bank.reason("AC04", name="RtrInf"), key="NOTPROVIDED")
    hear(bank.notification(bank.entry(50_00, back, ref="R-2")))
    line = BankLine.objects.get(amount=50_00)
    assert line.matched_by == ""

    assigned(line, payout)

    payout.refresh_from_db()
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert ExternalAccount.objects.get().status == "errored"
    assert_books_balance()


def test_a_return_of_money_that_was_paid_out_again_stays(platform):
    payout = a_payout(platform)
    a_sent_file()
    hear(booked(payout))
    line = returned(payout)
    ExternalAccount.objects.update(status="new")
    payouts.create(tenant=payout.tenant, amount=50_00, currency="eur", at=now())

    with pytest.raises(InvalidRequest, match="has been paid out again"):
        taken_back(line)

    assert (status(payout), BankPayment.objects.get(key=payout.attempts.get().id).status) == (
        "failed",
        "returned",
    )
    assert_books_balance()
