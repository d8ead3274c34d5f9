"""Where the operator's money is, and what is moved between processors and banks."""

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import approvals
from accounts.approvals import requests
from accounts.models import ApprovalRequest, AuditEvent
from connect.models import TreasuryMove
from connect.treasury import queries
from connect.treasury.queries import Place
from connect.treasury.services import moves, proposals
from connect.treasury.services import settlements as arrivals
from connect.treasury.services.approval_actions import RECORD
from core.errors import InvalidRequest
from core.ids import new_id
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger import rules
from ledger.chart import BANK, PROCESSOR, SETTLEMENT_IN_TRANSIT
from ledger.entries import OPERATOR, Entry, Part
from operations.unit_of_work import UnitOfWork
from payments.inbound.services import settlements
from processors import settlements as processor_settlements
from processors.models import BankFile, BankLine
from processors.protocols.settlements import LineKind, ReportedLine
from processors.sepa.services import manual_matching
from tests import factories
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, now
from tests.survival.test_ledger_faults import together

pytestmark = pytest.mark.django_db

PAGE = "admin:connect_treasury"


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(factories.an_operator())
    return client


def held(code, holder="simulator", *, currency="eur", livemode=False) -> int:
    return ledger_queries.account_balance(code, holder, currency, livemode=livemode)


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html.unescape(answer.content.decode())).split())


def a_sale(amount=100_00, currency="eur") -> None:
    a_paid_intent(a_platform(), amount=amount, currency=currency)


def live_money(amount) -> None:
    """Money came to the processor from the bank, whose account goes below zero."""
    sides = (
        (rules.TREASURY_MOVE_SENT, SETTLEMENT_IN_TRANSIT, BANK, "bankfile"),
        (rules.TREASURY_MOVE_RECEIVED, PROCESSOR, SETTLEMENT_IN_TRANSIT, "simulator"),
    )
    with UnitOfWork(Tenant(OPERATOR, livemode=True), at=now()) as work:
        for rule, debit, credit, holder in sides:
            work.post(
                Entry(
                    rule=rule,
                    source="tmove_before",
                    group="tmove_before",
                    currency="eur",
                    debit_owner="simulator",
                    credit_owner=holder,
                    debits=(Part(debit, amount),),
                    credits=(Part(credit, amount),),
                )
            )


def a_settlement(amount) -> ReportedLine:
    """The simulator says that it has sent money to the bank."""
    return ReportedLine("l", LineKind.SETTLEMENT, -amount, 0, "eur", False, now(), about="po_1")


def a_move(amount=60_00, suffix="one", **more):
    details = {"source": "simulator", "target": "bankfile", "currency": "eur", "livemode": False}
    details |= {"note": ""} | more
    return moves.record(amount=amount, suffix=suffix, at=now(), **details)


def test_money_that_is_moved_is_on_its_way_until_it_has_come():
    a_sale()
    before = held(PROCESSOR)

    row = a_move(60_00)

    assert (held(PROCESSOR), held(SETTLEMENT_IN_TRANSIT)) == (before - 60_00, 60_00)
    assert held(BANK, "bankfile") == 0
    moves.end(move_id=row.id, status="arrived", at=now())
    moves.end(move_id=row.id, status="arrived", at=now())
    assert (held(PROCESSOR), held(SETTLEMENT_IN_TRANSIT)) == (before - 60_00, 0)
    assert held(BANK, "bankfile") == 60_00
    with pytest.raises(InvalidRequest, match="arrived already"):
        moves.end(move_id=row.id, status="returned", at=now())
    assert_books_balance()


def test_money_that_comes_back_is_where_it_was():
    a_sale()
    before = held(PROCESSOR)

    moves.end(move_id=a_move().id, status="returned", at=now())

    assert (held(PROCESSOR), held(SETTLEMENT_IN_TRANSIT)) == (before, 0)
    assert held(BANK, "bankfile") == 0
    assert_books_balance()


def test_the_same_form_twice_moves_it_once():
    a_sale()

    assert a_move().id == a_move().id

    assert held(SETTLEMENT_IN_TRANSIT) == 60_00
    assert TreasuryMove.objects.count() == 1
    assert_books_balance()


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"source": "nobody"}, "There is no place 'nobody'. There are: bankfile"),
        ({"target": "simulator"}, "from one place to another"),
        ({"amount": 100_01}, "By the books, simulator has .* EUR: no more can leave it"),
        ({"amount": 0}, "Say how much"),
        ({"livemode": True}, "By the books|no place"),
        ({"note": "x" * 201}, "200 characters at most: these are 201"),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_changes_nothing(details, why):
    a_sale()

    with pytest.raises(InvalidRequest, match=why):
        a_move(**details)

    assert held(SETTLEMENT_IN_TRANSIT) == 0
    assert not TreasuryMove.objects.exists()
    assert_books_balance()


def test_live_nobody_records_a_move_alone():
    live_money(100_00)
    one, other = factories.an_operator(), factories.an_operator("bob@example.com")
    wish = {
        "suffix": "one",
        "source": "simulator",
        "target": "bankfile",
        "amount": 60_00,
        "currency": "eur",
        "livemode": True,
        "note": "",
    }

    outcome = approvals.run_or_request(RECORD, by=one, reason="For payouts", at=now(), **wish)

    assert outcome.result is None
    assert held(SETTLEMENT_IN_TRANSIT, livemode=True) == 0
    requests.approve(request_id=outcome.request.id, by=other, reason="Seen", at=now())
    assert held(SETTLEMENT_IN_TRANSIT, livemode=True) == 60_00
    assert ApprovalRequest.objects.get().state == "executed"
    assert_books_balance()


def test_an_operator_sees_where_the_money_is_and_records_what_becomes_of_it(operator):
    page = reverse(PAGE)
    assert "No money has come yet." in text(operator.get(page))
    a_sale()
    form = {
        "do": "record",
        "source": "simulator",
        "target": "bankfile",
        "amount": "60,5",
        "currency": "EUR",
        "note": "Transfer 7",
        "reason": "Payouts of Friday",
    }

    without = operator.post(page, form | {"token": "x"})
    assert "This form is too old" in text(without)
    assert 'value="60,5"' in without.content.decode()
    [token] = re.findall(r'name="token" value="(.+?)"', without.content.decode())
    assert "Say why" in text(operator.post(page, form | {"token": token, "reason": ""}))
    long = operator.post(page, form | {"token": token, "note": "x" * 201})
    assert "Write 200 characters at most: these are 201." in text(long)
    assert f'value="{"x" * 201}"' in long.content.decode()
    for _ in range(2):
        done = operator.post(page, form | {"token": token}, follow=True)
    shown = text(done)
    assert "Simulated processor (simulator)" in shown
    assert "60.50 EUR is on its way to" in shown
    assert "Transfer 7" in shown
    row = TreasuryMove.objects.get()
    ended = operator.post(
        page, {"do": "arrived", "move": row.id, "reason": "Statement 12"}, follow=True
    )
    assert "60.50 EUR is booked." in text(ended)
    assert held(BANK, "bankfile") == 60_50
    processor_settlements.keep("simulator", [a_settlement(20_00)], at=now())
    settlements.sweep(at=now())
    [key] = re.findall(r'name="settlement" value="(.+?)"', operator.get(page).content.decode())
    received = {"do": "received", "settlement": key, "reason": "Statement 13"}
    assert "It is booked at the bank." in text(operator.post(page, received, follow=True))
    assert "No such settlement" in text(operator.post(page, received | {"settlement": "x"}))
    assert (held(SETTLEMENT_IN_TRANSIT), held(BANK, "bankfile")) == (0, 80_50)
    assert AuditEvent.objects.get(action="settlement.received").reason == "Statement 13"
    told = AuditEvent.objects.filter(target_id=row.id).order_by("id")
    assert [event.action for event in told] == ["treasury_move.recorded", "treasury_move.arrived"]
    assert [event.reason for event in told] == ["Payouts of Friday", "Statement 12"]
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_receive_a_settlement_at_once_one_does():
    a_sale()
    processor_settlements.keep("simulator", [a_settlement(20_00)], at=now())
    settlements.sweep(at=now())
    [sent] = arrivals.on_their_way(livemode=False)

    done = together(*[lambda: arrivals.receive(sent.key, livemode=False, at=now())] * 2)

    assert sorted(one is None for one in done) == [False, True], done
    assert held(BANK, "bankfile") == 20_00
    assert AuditEvent.objects.filter(action="settlement.received").count() == 1
    assert_books_balance()


def a_line(number, amount, text, *, currency="eur", livemode=False):
    file = BankFile.objects.create(
        id=new_id("bfile"),
        kind="statement",
        name="s.xml",
        content=b"",
        sha256=str(number),
        livemode=livemode,
        made_by="ada",
        created_at=now(),
    )
    return BankLine.objects.create(
        file=file,
        key=f"line-{number}",
        amount=amount,
        currency=currency,
        booked_on=now().date(),
        counterparty="Processor Ltd",
        text=text,
        created_at=now(),
    )


def test_what_processors_sent_is_found_on_statements_and_booked_by_whoever_confirms_it(operator):
    a_sale()
    processor_settlements.keep("simulator", [a_settlement(20_00)], at=now())
    settlements.sweep(at=now())
    [sent] = arrivals.on_their_way(livemode=False)
    named = a_line(1, 20_00, "PAYOUT PO _1 THANKS")
    alike = a_line(2, 20_00, "Something else")
    for number, amount, more in ((3, 19_99, {}), (4, 20_00, {"livemode": True})):
        a_line(number, amount, "po_1", **more)
    a_line(5, 20_00, "po_1", currency="usd")
    page = reverse(PAGE)
    form = {"do": "received", "settlement": sent.key, "reason": "Statement 13"}

    shown = operator.get(page).content.decode()
    offered = re.findall(r'<option value="(bline_\w+)"\s+(selected)?', shown)
    wrong = text(operator.post(page, form | {"line": BankLine.objects.get(key="line-3").id}))
    before = held(BANK, "bankfile")
    operator.post(page, form | {"line": named.id}, follow=True)
    named.refresh_from_db()

    assert offered == [(named.id, "selected"), (alike.id, "")]
    assert "This line is about 19.99 EUR, and 20.00 EUR were sent." in wrong
    assert (before, held(BANK, "bankfile")) == (0, 20_00)
    assert (named.matched_by, named.matched_who) == ("arrival", "operator@example.com")
    event = AuditEvent.objects.get(action="settlement.received")
    assert event.changes["line"] == [None, named.id]
    with pytest.raises(InvalidRequest, match="booked at the bank and stays there"):
        manual_matching.take_back(line_id=named.id, by="ada", at=now(), then=lambda result: None)
    assert_books_balance()


def test_the_page_asks_the_same_however_many_moves_there_are(operator, django_assert_num_queries):
    a_sale()
    page = reverse(PAGE)
    a_move(1_00)
    operator.get(page)
    with CaptureQueriesContext(connection) as few:
        operator.get(page)
    for number in range(20):
        a_move(1_00, suffix=f"more{number}")
    with django_assert_num_queries(len(few)):
        operator.get(page)
    assert len(few) <= 15


def place(holder, amount, *, currency="eur", is_bank=False) -> Place:
    return Place(holder, is_bank, currency, amount, 0, None)


def test_what_the_bank_lacks_is_proposed_from_whoever_has_most():
    places = [place("small", 30_00), place("large", 80_00), place("bankfile", 5, is_bank=True)]
    places.append(place("other", 999_00, currency="usd"))

    found = proposals.propose([("eur", 100_00)], places, bank="bankfile")

    assert found == [
        ("large", "bankfile", 80_00, "eur"),
        ("small", "bankfile", 20_00, "eur"),
    ]
    assert proposals.propose([("eur", 50_00)], places, bank="bankfile")[1:] == []
    assert queries.is_bank("bankfile")
