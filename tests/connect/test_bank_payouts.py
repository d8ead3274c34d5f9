"""Payouts that go to a bank in files: what the bank says moves them, once, and the books hold."""

from datetime import UTC, datetime, timedelta

import pytest

from connect.models import Payout, PayoutAttempt
from connect.payouts.services import payouts
from connect.payouts.services.attempts import bank_files as bank_desk
from connect.payouts.services.attempts import sending
from core.errors import InvalidRequest
from ledger.queries import account_balance, balance
from processors.models import BankFile, BankLine, BankPayment, BankStatement
from processors.sepa.formats import text
from processors.sepa.services import bank_files
from tests.books import assert_books_balance
from tests.factories import (
    a_bank_account,
    a_paid_intent,
    a_platform,
    a_seller,
    an_operator_named,
    now,
)
from tests.processors.bank import samples as bank

pytestmark = pytest.mark.django_db

IBANS = ("DE89370400440532013000", "FR1420041010050500013M02606", "AT611904300234573201")


@pytest.fixture(autouse=True)
def _bank(settings):
    settings.TEST_PAYOUT_RAIL = "bankfile"
    settings.BANK_NAME = "Märkte GmbH"
    settings.BANK_IBAN = bank.OURS


@pytest.fixture
def platform():
    return a_platform(default_currency="eur", fee_bps=0, fee_fixed_amount=0)


def a_payout(platform, iban=IBANS[0], amount=50_00) -> Payout:
    """A payout that is on its way to the bank, which has not seen it yet."""
    seller = a_seller(platform)
    a_bank_account(seller, iban, country=iban[:2], currency="eur", routing_number=None)
    a_paid_intent(
        platform,
        amount=amount,
        currency="eur",
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
    )
    payout = payouts.create(tenant=seller, amount=amount, currency="eur", at=now())
    return sending.send(payout.id, at=now() + timedelta(hours=1))


def a_sent_file() -> BankFile:
    file = bank_files.make(livemode=False, by=an_operator_named("ann@example.com"), at=now())
    bank_files.approve(file_id=file.id, by=an_operator_named("bob@example.com"), at=now())
    return bank_files.mark_sent(file_id=file.id, by=an_operator_named("bob@example.com"), at=now())


def name_of(payout: Payout) -> str:
    return text.reference(payout.attempts.get().id)


def hear(content: str, name: str = "bank.xml"):
    news = bank_desk.import_file(
        content=content.encode(), name=name, livemode=False, by="ann@example.com", at=now()
    )
    sending.poll_due(at=now())
    return news


def status(payout: Payout) -> str:
    return Payout.objects.get(id=payout.id).status


def booked(*paid: Payout, opening=1_000_00, id="ST-1", ref="R-1") -> str:
    total = sum(payout.amount for payout in paid)
    details = [bank.details(-payout.amount, key=name_of(payout)) for payout in paid]
    entry = bank.entry(-total, *details, ref=ref)
    return bank.statement(entry, opening=opening, closing=opening - total, id=id)


def test_payouts_wait_for_a_file_and_are_paid_when_the_statement_says_so(platform):
    paid = [a_payout(platform, iban) for iban in IBANS[:2]]
    assert [status(payout) for payout in paid] == ["in_transit"] * 2
    sending.poll_due(at=now() + timedelta(days=3))
    assert BankPayment.objects.filter(status="queued").count() == 2

    file = a_sent_file()
    assert (file.payment_count, file.total_amount) == (2, 100_00)
    assert b"Maerkte" in bytes(file.content) or b"Markte" in bytes(file.content)
    news = hear(booked(*paid))

    assert (news.matched, news.unmatched, len(news.keys)) == (2, 0, 2)
    assert [status(payout) for payout in paid] == ["paid"] * 2
    assert account_balance("bank", "bankfile", "eur") == -100_00
    assert account_balance("processor", "bankfile", "eur") == 0
    assert_books_balance()


def test_what_the_bank_refuses_is_back_in_the_balance_with_its_reason(platform):
    good, bad = a_payout(platform), a_payout(platform, IBANS[1])
    file = a_sent_file()

    hear(
        bank.report(
            bank.batch(
                bank.payment(name_of(good), "ACSC"),
                bank.payment(name_of(bad), "RJCT", bank.reason("AC04", "Konto erloschen")),
            ),
            file_id=text.reference(file.id),
        )
    )

    assert status(good) == "in_transit"  # the statement decides
    bad.refresh_from_db()
    assert (bad.status, bad.failure_code) == ("failed", "account_closed")
    seller = balance(owner=bad.account_id, livemode=False)
    assert seller.available["eur"] == 50_00
    file.refresh_from_db()
    assert (file.status, file.acknowledged_at is not None) == ("accepted", True)
    assert_books_balance()


def test_money_that_comes_back_short_is_booked_as_it_came(platform):
    payout = a_payout(platform)
    a_sent_file()
    hear(booked(payout))

    back = bank.details(47_50, bank.reason("AC04", name="RtrInf"), key=name_of(payout))
    hear(
        bank.statement(
            bank.entry(47_50, back, ref="R-2"), opening=950_00, closing=997_50, id="ST-2"
        )
    )

    payout.refresh_from_db()
    assert (payout.status, payout.failure_code) == ("failed", "account_closed")
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 47_50
    assert account_balance("bank", "bankfile", "eur") == -2_50
    assert_books_balance()


def test_what_left_and_came_back_in_one_statement_is_booked_both_ways(platform):
    payout = a_payout(platform)
    a_sent_file()

    out = bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref="R-1")
    returned = bank.details(48_00, bank.reason("AC01", name="RtrInf"), key=name_of(payout))
    back = bank.entry(48_00, returned, ref="R-2")
    hear(bank.statement(out, back, opening=1_000_00, closing=998_00))

    payout.refresh_from_db()
    assert (payout.status, payout.failure_code) == ("failed", "no_account")
    assert balance(owner=payout.account_id, livemode=False).available["eur"] == 48_00
    assert_books_balance()


def test_a_file_that_is_debited_as_one_books_all_its_payments(platform):
    paid = [a_payout(platform, iban) for iban in IBANS]
    file = a_sent_file()
    batch = bank.tag("Btch", bank.tag("MsgId", text.reference(file.id)))

    news = hear(bank.statement(bank.entry(-150_00, batch=batch), opening=1_000_00, closing=850_00))

    assert (news.matched, len(news.keys)) == (1, 3)
    assert {status(payout) for payout in paid} == {"paid"}
    assert_books_balance()


def test_what_was_told_before_is_not_booked_again(platform):
    payout = a_payout(platform)
    a_sent_file()
    entry = bank.entry(-50_00, bank.details(-50_00, key=name_of(payout)), ref="R-1")
    hear(bank.notification(entry))
    assert status(payout) == "paid"

    news = hear(bank.statement(entry, opening=1_000_00, closing=950_00))
    assert (news.known, news.matched, news.keys) == (1, 0, [])
    with pytest.raises(InvalidRequest, match="read before"):
        hear(bank.statement(entry, opening=1_000_00, closing=950_00))

    assert BankLine.objects.count() == 1
    assert_books_balance()


def test_a_statement_that_does_not_follow_the_last_one_changes_nothing(platform):
    payout = a_payout(platform)
    a_sent_file()
    hear(bank.statement(opening=1_000_00, closing=1_000_00, id="ST-1"))

    with pytest.raises(
        InvalidRequest, match=r"begins with 900\.00 EUR, and .* ended with 1,?000\.00 EUR"
    ):
        hear(booked(payout, opening=900_00, id="ST-3"))

    assert status(payout) == "in_transit"
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 0)


def test_a_line_about_another_amount_is_for_a_person(platform):
    payout = a_payout(platform)
    a_sent_file()

    entry = bank.entry(-49_00, bank.details(-49_00, key=name_of(payout)), ref="R-1")
    news = hear(bank.statement(entry, opening=1_000_00, closing=951_00))

    assert (news.unmatched, news.keys) == (1, [])
    assert "says -49.00 EUR of" in news.summary()
    assert status(payout) == "in_transit"


def test_a_file_is_canceled_before_it_is_sent_and_never_after(platform):
    payout = a_payout(platform)
    first = bank_files.make(livemode=False, by=an_operator_named("ann@example.com"), at=now())
    with pytest.raises(InvalidRequest, match="Somebody else must approve"):
        bank_files.approve(file_id=first.id, by=an_operator_named("ann@example.com"), at=now())
    bank_files.cancel(file_id=first.id, by=an_operator_named("bob@example.com"), at=now())
    assert BankPayment.objects.get().status == "queued"

    second = a_sent_file()
    with pytest.raises(InvalidRequest, match="This file is sent"):
        bank_files.cancel(file_id=second.id, by=an_operator_named("bob@example.com"), at=now())

    assert name_of(payout).encode() in bytes(second.content)
    assert (
        bank_files.make(livemode=False, by=an_operator_named("ann@example.com"), at=now()) is None
    )


def test_a_file_made_after_the_cut_off_is_carried_out_on_the_next_banking_day(platform):
    a_payout(platform)
    christmas_eve = datetime(2026, 12, 24, 13, 30, tzinfo=UTC)  # 14:30 in Brussels

    file = bank_files.make(
        livemode=False, by=an_operator_named("ann@example.com"), at=christmas_eve
    )

    assert file.execution_date.isoformat() == "2026-12-28"


def test_only_euros_go_to_the_bank_and_nothing_goes_at_once(platform, settings):
    settings.PAYOUTS_HELD_SECONDS = settings.TEST_PAYOUTS_HELD_SECONDS = 0
    seller = a_seller(platform)
    a_bank_account(seller)
    a_paid_intent(
        platform, payment_method="pm_card_bypassPending", transfer_destination=seller.account_id
    )
    for more, message in (
        ({"currency": "usd"}, "EUR only"),
        ({"currency": "eur", "method": "instant"}, "Instant payouts are not available"),
    ):
        if more["currency"] == "eur":
            a_bank_account(seller, IBANS[0], country="DE", currency="eur", routing_number=None)
        with pytest.raises(InvalidRequest, match=message):
            payouts.create(tenant=seller, amount=10_00, at=now(), **more)

    assert not PayoutAttempt.objects.exists()
    assert_books_balance()


def test_the_bank_is_told_of_no_name_or_number_in_clear_in_the_database(platform):
    a_payout(platform)

    row = BankPayment.objects.get()

    assert IBANS[0].encode() not in bytes(row.sealed_payee)
    assert row.payee.endswith("••3000")
