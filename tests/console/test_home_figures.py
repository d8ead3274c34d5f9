"""How business goes, in worked figures: the same from the rows and from the rollups."""

import re
from datetime import UTC, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from console.figures import counting, reading
from console.figures.integrity_check import CHECK
from console.models import ClearingAge, CountedDay, HourlyFigure
from core.database.transactions import atomic
from core.errors import CardError
from ledger.audit.verify import verify
from ledger.models import JournalEntry
from ledger.posting import corrections
from ledger.reporting.measures import Measure
from payments.models import Charge
from payments.refunds.services import refunds
from tests import factories
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, a_seller, as_owner, now

pytestmark = pytest.mark.django_db

LINE = re.compile(r'<th scope="row">([^<]+)</th>((?:\s*<td[^>]*>[^<]*</td>)+)')
CELL = re.compile(r"<td[^>]*>([^<]*)</td>")
DAY = timedelta(days=1)


def table(client: Client, **query: str) -> dict[str, list[str]]:
    page = unescape(client.get("/admin/", query).content.decode())
    return {
        title.strip(): [cell.strip() for cell in CELL.findall(cells)]
        for title, cells in LINE.findall(page)
    }


def a_decline(platform, card: str) -> None:
    with pytest.raises(CardError):
        a_paid_intent(platform, payment_method=card)


def a_days_business():
    """100.00 with a cut of 10.00, of which 40.00 are refunded; two declines; yen and dinars."""
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )
    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    # A seller's own charge is its platform's business.
    a_paid_intent(seller, amount=50_00)
    a_decline(platform, "pm_card_chargeDeclinedInsufficientFunds")
    a_decline(platform, "pm_card_chargeDeclinedInsufficientFunds")
    a_paid_intent(platform, amount=5_000, currency="jpy")
    a_paid_intent(platform, amount=12_340, currency="kwd")
    return platform, seller


def close_today() -> None:
    """Close the day as the ledger does it the day after."""
    as_owner(
        "INSERT INTO ledger_snapshot (account_id, day, closing_balance, posting_count, "
        "first_posting_id, last_posting_id) SELECT account_id, (now() AT TIME ZONE 'UTC')::date, "
        "sum(amount), count(*), min(id), max(id) FROM ledger_posting GROUP BY 1"
    )
    as_owner(
        "UPDATE ledger_snapshothorizon SET closed_through = (now() AT TIME ZONE 'UTC')::date, "
        "next_posting_id = (SELECT max(id) + 1 FROM ledger_posting)"
    )


def sums(at, days_back: int, currency: str = "usd") -> dict[str, tuple[int, int]]:
    """Measure → number and amount of a day before `at`."""
    figures = reading.read(livemode=False, at=at)
    start = counting.begin(at.astimezone(UTC).date() - days_back * DAY)
    found = {one: figures.sums(one, currency, start, start + DAY) for one in Measure}
    return {
        one.value: (sum.count, sum.amount) for one, sum in found.items() if sum.count or sum.amount
    }


USD = {
    "volume": (2, 150_00),
    "refunds": (1, 40_00),
    "processing_fees": (0, 3_20 + 1_75),
    "application_fees": (0, 6_00),
    "succeeded": (2, 150_00),
    "failed": (2, 200_00),
}


def test_the_first_page_tells_of_today_in_each_currency(operator):
    a_days_business()

    usd, jpy, kwd = (table(operator, currency=code) for code in ("usd", "jpy", "kwd"))

    assert {title: cells[0] for title, cells in usd.items() if len(cells) == 4} == {
        "Volume": "150.00 USD",
        "Payments that succeeded": "2 of 4 (50.0 %)",
        "Refunds": "40.00 USD (1)",
        "Disputes": "none",
        "Processing fees": "4.95 USD",
        "Application fees": "6.00 USD",
    }
    assert usd["Volume"] == ["150.00 USD", "0.00 USD", "150.00 USD", "0.00 USD"]
    assert usd["insufficient funds"] == ["2", "0"]
    assert usd[f"{now():%H}:00"] == ["150.00 USD", "0.00 USD"]
    assert (jpy["Volume"][0], jpy["Payments that succeeded"][0]) == (
        "5,000 JPY",
        "1 of 1 (100.0 %)",
    )
    assert kwd["Volume"][0] == "12.340 KWD"
    assert table(operator, currency="x") == usd
    assert_books_balance()


def test_a_counted_day_has_the_sums_of_its_rows(operator):
    platform, _ = a_days_business()
    at = now()
    before = sums(at, 0)
    close_today()

    assert counting.count_due(at=at + DAY) == 1
    assert counting.count_due(at=at + DAY) == 0

    assert before == sums(at + DAY, 1) == sums(at + 8 * DAY, 8) == USD
    assert sums(at + DAY, 1, "kwd")["volume"] == (1, 12_340)
    rows = HourlyFigure.objects.filter(currency="usd")
    assert {row.account_id for row in rows} == {platform.account_id}
    counting.count_day(at.astimezone(UTC).date(), at=at + DAY)
    assert sums(at + DAY, 1) == USD
    assert reading.read(livemode=True, at=at + DAY).currencies() == []
    assert verify(checks=[CHECK]) == []


def test_what_was_taken_back_counts_against_what_it_was(operator):
    platform = a_platform()
    intent = a_paid_intent(platform)
    fee = JournalEntry.objects.get(group=intent.id, kind="processor_fee")
    refunds.create(tenant=platform, intent_id=intent.id, amount=30_00, at=now())
    before = sums(now(), 0)

    with atomic():
        corrections.reverse(fee.id, at=now())
        volume = JournalEntry.objects.get(group=intent.id, kind="charge_captured")
        corrections.reverse(volume.id, at=now())

    assert before["processing_fees"] == (0, 3_20)
    assert sums(now(), 0) == {"refunds": (1, 30_00), "succeeded": (1, 100_00)}
    assert table(operator)["Volume"][0] == "0.00 USD"
    counting.count_day(now().date(), at=now())
    assert verify(checks=[CHECK]) == []


def test_what_is_decided_late_is_counted_again(operator):
    a_paid_intent(a_platform())
    Charge.objects.update(status="pending")
    close_today()
    at = now() + DAY
    counting.count_due(at=at)
    assert (sums(at, 1)["pending"], CountedDay.objects.get().pending_count) == ((1, 100_00), 1)
    Charge.objects.update(status="failed", failure={"code": "processing_error"})

    assert counting.count_due(at=at + timedelta(minutes=30)) == 0
    assert counting.count_due(at=at + timedelta(hours=2)) == 1

    assert (sums(at, 1)["failed"], CountedDay.objects.get().pending_count) == ((1, 100_00), 0)
    Charge.objects.update(status="succeeded", failure=None)
    assert counting.count_due(at=at + 2 * DAY) == 1
    assert sums(at, 1)["succeeded"] == (1, 100_00)


def test_days_that_nobody_has_counted_are_told_of_and_made_up_for(operator):
    platform = a_platform()
    a_paid_intent(platform)
    close_today()
    at = now() + 5 * DAY
    assert reading.read(livemode=False, at=at).uncounted == 4

    assert counting.count_due(at=at) == 1

    assert reading.read(livemode=False, at=at).uncounted == 3
    assert sums(at, 5)["volume"] == (1, 100_00)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows.filter(measure="volume").update(amount=1),
        lambda rows: rows.filter(measure="refunds").delete(),
        lambda rows: rows.filter(measure="processing_fees").update(currency="eur"),
        lambda rows: rows.filter(measure="application_fees").update(livemode=True),
    ],
)
def test_a_rollup_that_differs_from_the_books_is_found(spoil):
    a_days_business()
    counting.count_day(now().date(), at=now())
    assert verify(checks=[CHECK]) == []

    spoil(HourlyFigure.objects.filter(currency="usd"))

    found = verify(checks=[CHECK])
    assert {finding.check for finding in found} == {"figures"}


def test_members_see_their_platforms_business_and_roles_what_is_theirs(operator):
    platform, _ = a_days_business()
    a_paid_intent(a_platform(), amount=7_00)
    member = factories.an_operator("member@example.com", role="")
    Membership.objects.create(user=member, account_id=platform.account_id, role="support")
    developer = factories.an_operator("developer@example.com", role="developer")
    clients = []
    for person in (member, developer):
        clients.append(Client())
        clients[-1].force_login(person)

    all_of_it, mine, nothing = (table(client) for client in (operator, *clients))

    assert (all_of_it["Volume"][0], mine["Volume"][0]) == ("157.00 USD", "150.00 USD")
    assert "Processing fees" not in mine
    assert nothing == {}


def test_it_takes_as_many_queries_for_fifty_payments_as_for_one(operator):
    platform = a_platform()
    counts = []
    for number in (1, 5):
        for _ in range(number):
            a_paid_intent(platform)
        HourlyFigure.objects.bulk_create(
            HourlyFigure(
                account_id=platform.account_id,
                livemode=False,
                hour=counting.begin(now().date()) - n * DAY,
                currency="usd",
                measure="volume",
                reason=f"{number}",
                count=1,
                amount=1_00,
            )
            for n in range(1, number * 10)
        )
        with CaptureQueriesContext(connection) as captured:
            operator.get("/admin/")
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 32


def prepared_for_any_span() -> int:
    """Count the plans that PostgreSQL keeps for figures, whatever their span."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%FROM ledger_posting p%p.id BETWEEN $%"],
        )
        return int(cursor.fetchone()[0])


def test_the_figures_of_a_span_are_planned_for_that_span_however_often_they_are_read():
    a_paid_intent(a_platform())

    for _ in range(8):
        counting.figures_between(now() - DAY, now())

    assert prepared_for_any_span() == 0


def test_the_age_of_what_is_on_its_way_is_read_twice_an_hour(operator, settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = 3_600
    at = now()
    counting.read_clearing(at=at)
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())

    counting.read_clearing(at=at + timedelta(minutes=10))
    assert ClearingAge.objects.get(livemode=False).since is None
    counting.read_clearing(at=at + timedelta(minutes=40))

    assert ClearingAge.objects.get(livemode=False).since is not None
    assert "Money has been on its way" in operator.get("/admin/").content.decode()
