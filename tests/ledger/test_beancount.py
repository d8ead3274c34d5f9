"""The books load in beancount, which finds what is wrong with them by its own means."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Balance, Open, Transaction

from core.database.transactions import atomic
from ledger import queries, rules
from ledger.chart import AVAILABLE, PENDING, PROCESSOR
from ledger.entries import Entry, Part
from ledger.posting import exchange, journal, maturation
from ledger.posting.exchange import Amount
from ledger.reporting import beancount, statements
from payments.intents.services import payment_intents
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_platform, a_seller, moment
from tests.ledger.entries import a_deposit, post
from tests.ledger.past import close_days_until, it_was

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = moment("2025-11-24T12:00")
WEDNESDAY = moment("2025-11-26T09:00")
THURSDAY = moment("2025-11-27T00:00")


def write(start=MONDAY, end=THURSDAY) -> str:
    return "".join(beancount.books(start=start, end=end, livemode=False))


def loaded(text):
    entries, errors, _ = loader.load_string(text)
    return entries, [error.message for error in errors]


def of(entries, kind):
    return [entry for entry in entries if isinstance(entry, kind)]


@pytest.fixture
def marketplace():
    """Sales of 100.00 usd, 5000 jpy and 12.300 kwd on Monday; a refund on Wednesday."""
    platform = a_platform()
    seller = a_seller(platform)
    for amount, currency in ((100_00, "usd"), (5_000, "jpy"), (12_300, "kwd")):
        intent = payment_intents.create(
            tenant=platform,
            confirm=True,
            at=MONDAY,
            amount=amount,
            currency=currency,
            payment_method="pm_card_visa",
            transfer_destination=seller.account_id,
            application_fee_amount=amount // 10,
        )
    it_was(MONDAY)
    maturation.mature(at=WEDNESDAY)
    refunds.create(tenant=platform, intent_id=intent.id, amount=2_340, at=WEDNESDAY)
    it_was(WEDNESDAY)
    yield platform, seller
    assert_books_balance()


def test_the_books_load_without_an_error(marketplace):
    entries, errors = loaded(write())

    assert errors == []
    assert {entry.payee for entry in of(entries, Transaction)} >= {
        "charge_captured",
        "processor_fee",
        "destination_charge",
        "application_fee",
        "maturation",
        "refund_reserved",
        "refund_confirmed",
    }


def test_its_balances_are_the_ledgers_in_decimals_of_each_currency(marketplace):
    _, seller = marketplace

    entries, _ = loaded(write())

    name = "Liabilities:Available:" + seller.account_id.replace("acct_", "Acct-")
    asserted = {
        entry.amount.currency: entry.amount.number
        for entry in of(entries, Balance)
        if entry.account == name
    }
    assert asserted == {"USD": Decimal("-90.00"), "JPY": -4500, "KWD": Decimal("-11.070")}
    live = queries.totals(owners=[seller.account_id], livemode=False)
    assert live[seller.account_id, "available", "kwd"] == 11_070


def test_books_of_a_later_span_open_with_what_was_there(marketplace):
    close_days_until(WEDNESDAY.date(), now=THURSDAY + timedelta(hours=1))

    entries, errors = loaded(write(start=moment("2025-11-25")))

    assert errors == []
    opening, *others = of(entries, Transaction)
    assert opening.narration == "opening balances"
    assert {entry.payee for entry in others} == {
        "maturation",
        "refund_reserved",
        "refund_confirmed",
    }


@pytest.mark.parametrize("missing", ["processor_fee", "refund_confirmed"])
def test_beancount_misses_an_entry_that_is_left_out(marketplace, missing):
    blocks = write().split("\n\n")
    kept = [block for block in blocks if f'"{missing}"' not in block]
    assert len(kept) < len(blocks)

    _, errors = loaded("\n\n".join(kept))

    assert any("Balance failed" in message for message in errors)


def test_beancount_sees_one_cent_in_a_balance(marketplace):
    text = write()
    changed = re.sub(r"(balance Assets:Processor:Simulator +)96\.80", r"\g<1>96.81", text)
    assert changed != text

    _, errors = loaded(changed)

    assert len(errors) == 1
    assert "Balance failed" in errors[0]


def test_an_exchange_keeps_both_amounts_and_balances_in_each_currency():
    rate = Decimal("0.92")
    taken, given = (
        Amount(owner, currency, (Part(AVAILABLE, amount),), MONDAY.date())
        for owner, currency, amount in (("acct_p", "usd", 100_00), ("acct_s", "eur", 92_00))
    )
    post(a_deposit(150_00, to="acct_p"))
    post(
        exchange.transfer(
            transfer_id="tr_1", payment_id="py_1", group="tr_1", rate=rate, taken=taken, given=given
        )
    )
    it_was(MONDAY)

    entries, errors = loaded(write())

    assert errors == []
    position = [x for x in of(entries, Balance) if x.account == "Liabilities:FxPosition:Operator"]
    assert {(str(x.amount.number), x.amount.currency) for x in position} == {
        ("-100.00", "USD"),
        ("92.00", "EUR"),
    }
    assert statements.trial_balance(at=THURSDAY).totals() == {
        (False, "eur"): (92_00, 92_00),
        (False, "usd"): (150_00, 150_00),
    }


def test_hostile_names_stay_apart_and_inside_their_quotes():
    for n, owner in enumerate(("acct_a-b", "acct_a_b", "Ωmega", 'q"uote\\', "-")):
        entry = Entry(
            rules.CHARGE_CAPTURED,
            f"ch_{n}",
            f'group "{n}"\n2025-01-01 open Assets:Evil',
            "usd",
            "simulator",
            owner,
            (Part(PROCESSOR, 100),),
            (Part(PENDING, 100, MONDAY.date(), f"ch_{n}"),),
        )
        with atomic():
            journal.post(entry, livemode=False, at=MONDAY)
    it_was(MONDAY)

    entries, errors = loaded(write())

    assert errors == []
    owners = {entry.account: entry.meta["owner"] for entry in of(entries, Open)}
    assert len(owners) == 6
    assert set(owners.values()) == {"simulator", "acct_a-b", "acct_a_b", "Ωmega", 'q"uote\\', "-"}
    assert "Assets:Evil" not in owners


def test_empty_books_load_too():
    assert loaded(write()) == ([], [])
