"""Statements and trial balances in an accountant's words."""

import csv
import io
import json
from datetime import timedelta
from itertools import pairwise

import pytest

from ledger.chart import Side
from ledger.posting import maturation
from ledger.reporting import exports, history, statements
from payments.intents.services import payment_intents
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_platform, a_seller, moment
from tests.ledger.past import as_superuser, close_days_until, it_was

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = moment("2025-11-24T12:00")
TUESDAY = moment("2025-11-25T09:00")
WEDNESDAY = moment("2025-11-26T00:30")
THURSDAY = moment("2025-11-27T00:00")


@pytest.fixture(params=["open days", "closed days"])
def marketplace(request):
    """100.00 on Monday for a seller, less 10.00; 40.00 refunded on Tuesday; all usable on
    Wednesday."""
    platform = a_platform()
    seller = a_seller(platform)
    intent = payment_intents.create(
        tenant=platform,
        confirm=True,
        at=MONDAY,
        amount=100_00,
        currency="usd",
        payment_method="pm_card_visa",
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )
    it_was(MONDAY)
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=40_00, reverse_transfer=True, at=TUESDAY
    )
    it_was(TUESDAY)
    maturation.mature(at=WEDNESDAY)
    it_was(WEDNESDAY)
    if request.param == "closed days":
        close_days_until(WEDNESDAY.date(), now=moment("2025-11-27T01:00"))
    yield platform, seller
    assert_books_balance()


def open_statement(tenant, start, end, **details):
    wanted = {"owner": tenant.account_id, "currency": "usd", "livemode": False} | details
    return statements.statement(start=start, end=end, **wanted)


def had(tenant, at):
    return statements.balance_at(owner=tenant.account_id, livemode=False, at=at)


def test_a_past_balance_is_what_the_owner_had_then(marketplace):
    _, seller = marketplace

    before = moment("2025-11-24T11:59")
    after_the_sale, after_the_refund = moment("2025-11-24T23:59"), moment("2025-11-25T23:59")

    assert set(had(seller, before).values()) <= {0}
    assert had(seller, after_the_sale)["pending", "usd"] == 90_00
    assert had(seller, after_the_refund)["pending", "usd"] == 50_00
    assert had(seller, THURSDAY) == {("pending", "usd"): 0, ("available", "usd"): 50_00}


def test_what_was_posted_at_a_moment_comes_after_it(marketplace):
    _, seller = marketplace
    (first, *_), _ = _lines(seller, MONDAY, THURSDAY)
    at = first.posting.posted_at

    assert had(seller, at)["pending", "usd"] == 0
    assert had(seller, at + timedelta(microseconds=1))["pending", "usd"] > 0


def test_a_statement_leads_from_the_opening_to_the_closing_balance(marketplace):
    _, seller = marketplace

    with open_statement(seller, moment("2025-11-25"), moment("2025-11-26")) as found:
        lines = list(found.lines)

    assert (found.opening, found.closing) == (90_00, 50_00)
    assert [(x.posting.kind, x.posting.debit, x.posting.credit, x.balance) for x in lines] == [
        ("refund_transfer_reversal", 40_00, 0, 50_00)
    ]


def test_statements_of_spans_that_meet_lose_nothing_and_share_nothing(marketplace):
    platform, _ = marketplace
    days = [moment("2025-11-24"), MONDAY, moment("2025-11-25"), moment("2025-11-26"), THURSDAY]

    parts = [_lines(platform, *span) for span in pairwise(days)]
    whole, (opening, closing) = _lines(platform, days[0], days[-1])

    assert [x.posting for lines, _ in parts for x in lines] == [x.posting for x in whole]
    assert (parts[0][1][0], parts[-1][1][1]) == (opening, closing)
    assert all(earlier[1][1] == later[1][0] for earlier, later in pairwise(parts))


def test_a_statement_of_one_bucket_shows_that_bucket_alone(marketplace):
    _, seller = marketplace

    with open_statement(seller, MONDAY, THURSDAY, code="available") as found:
        lines = list(found.lines)

    assert [(x.posting.code, x.posting.kind, x.balance) for x in lines] == [
        ("available", "maturation", 50_00)
    ]


def test_what_a_processor_owes_us_grows_with_debits(marketplace):
    with statements.statement(
        owner="simulator", currency="usd", livemode=False, start=MONDAY, end=THURSDAY
    ) as found:
        balances = [line.balance for line in found.lines]

    assert found.side is Side.DEBIT
    assert balances == [100_00, 96_80, 56_80]


def test_a_statement_of_who_never_had_anything_is_refused(marketplace):
    with pytest.raises(statements.NoLedgerAccount), open_statement(a_platform(), MONDAY, THURSDAY):
        pass


def test_a_statement_whose_lines_do_not_add_up_is_refused_at_its_end(marketplace):
    _, seller = marketplace
    if not as_superuser("SELECT 1 FROM ledger_snapshot"):
        close_days_until(WEDNESDAY.date(), now=moment("2025-11-27T01:00"))
    change = (
        "UPDATE ledger_posting p SET amount = amount + %s FROM ledger_journalentry e "
        "WHERE e.id = p.entry_id AND e.kind = 'refund_transfer_reversal' AND p.amount > 0"
    )
    as_superuser(change, 1)
    try:
        with (
            pytest.raises(statements.DoesNotAddUp),
            open_statement(seller, MONDAY, THURSDAY) as found,
        ):
            list(found.lines)
    finally:
        as_superuser(change, -1)


def test_the_trial_balance_lists_every_account_and_adds_up(marketplace):
    platform, seller = marketplace

    trial = statements.trial_balance(at=THURSDAY)

    assert trial.is_balanced
    assert trial.totals() == {(False, "usd"): (56_80, 56_80)}
    assert {(x.code, x.owner): (x.debit, x.credit) for x in trial.accounts} == {
        ("processor", "simulator"): (56_80, 0),
        ("available", platform.account_id): (0, 6_80),
        ("available", seller.account_id): (0, 50_00),
    }


def test_only_closed_days_are_final(marketplace):
    is_closed = bool(as_superuser("SELECT 1 FROM ledger_snapshot"))

    assert statements.trial_balance(at=THURSDAY).is_final is is_closed
    assert not statements.trial_balance(at=THURSDAY + timedelta(seconds=1)).is_final


def test_a_statement_in_csv_shows_decimals(marketplace):
    _, seller = marketplace
    with open_statement(seller, moment("2025-11-25"), moment("2025-11-26")) as found:
        text = "".join(exports.statement_csv(found))

    first, line, last = csv.DictReader(io.StringIO(text))

    assert (first["kind"], first["balance"]) == ("opening balance", "90.00")
    assert (line["debit"], line["credit"], line["balance"]) == ("40.00", "", "50.00")
    assert line["time"].startswith("2025-11-25T09:00:00.")
    assert (last["kind"], last["balance"]) == ("closing balance", "50.00")


def test_a_statement_in_json_shows_minor_units(marketplace):
    _, seller = marketplace
    with open_statement(seller, MONDAY, moment("2025-11-26")) as found:
        shown = json.loads("".join(exports.statement_json(found)))

    assert (shown["opening_balance"], shown["closing_balance"]) == (0, 50_00)
    assert shown["grows_on"] == "credit"
    assert shown["lines"][-1]["balance"] == 50_00
    assert sum(x["credit"] - x["debit"] for x in shown["lines"]) == 50_00


def test_the_general_ledger_in_csv_has_a_row_per_posting(marketplace):
    text = "".join(exports.ledger_csv(start=MONDAY, end=THURSDAY, livemode=False))
    rows = list(csv.DictReader(io.StringIO(text)))

    assert len(rows) == as_superuser("SELECT count(*) FROM ledger_posting")[0][0]
    assert {row["kind"] for row in rows} >= {"charge_captured", "processor_fee", "maturation"}
    assert sum(_cents(row["debit"]) for row in rows) == sum(_cents(row["credit"]) for row in rows)
    captured = next(row for row in rows if row["kind"] == "charge_captured")
    assert (captured["account_code"], captured["debit"]) == ("processor", "100.00")
    assert captured["group"].startswith("pi_")


def test_test_mode_is_in_no_export_of_live_mode(marketplace):
    text = "".join(exports.ledger_csv(start=MONDAY, end=THURSDAY, livemode=True))

    assert text.splitlines() == [",".join(exports.LEDGER_COLUMNS)]


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless():
    line = exports._row(("=1+1", "-5.00", "-cmd", "@x", "plain, with a comma"))

    assert line == """'=1+1,-5.00,'-cmd,'@x,"plain, with a comma"\n"""


def test_postings_come_through_a_cursor_of_the_server(marketplace):
    with history.postings(start=MONDAY, end=THURSDAY, livemode=False) as found:
        next(found)
        names = as_superuser(
            "SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction' "
            "AND datname = current_database()"
        )
    assert any(query.startswith("FETCH") for (query,) in names)


def _lines(tenant, start, end):
    with open_statement(tenant, start, end) as found:
        return list(found.lines), (found.opening, found.closing)


def _cents(text: str) -> int:
    return int(text.replace(".", "")) if text else 0
