"""Adyen's settlement details report, held against the books."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from ledger.chart import SETTLEMENT_IN_TRANSIT
from ledger.queries import account_balance
from payments.inbound.services import settlements
from payments.intents.services import authorizations
from payments.models import Charge, Dispute, FeeTrueUp, Refund
from payments.refunds.services import refunds
from processors.adyen import reports
from processors.adyen.client import client
from processors.models import InboundNotice, SettlementLine
from processors.protocols.base import ProcessorUnavailable
from tests.books import assert_books_balance, total
from tests.doubles.adyen.reports import COLUMNS, close
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.adyen_world import AdyenWorld
from tests.processors.test_conformance import carried_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(tmp_path, db):
    world = AdyenWorld(tmp_path)
    with world.installed():
        yield world
    world.there.close()


def test_a_batch_and_our_books_agree_to_the_cent(there):
    platform = a_platform()
    paid = a_paid_intent(platform)
    held = a_paid_intent(platform, capture_method="manual")
    a_paid_intent(platform, payment_method="pm_card_createDispute")
    authorizations.capture(tenant=platform, intent_id=held.id, amount_to_capture=60_00, at=now())
    refunds.create(tenant=platform, intent_id=paid.id, amount=40_00, at=now())
    by_hand = Charge.objects.get(payment_intent=paid).processor_reference
    there.there.refund_by_hand(by_hand, 10_00)
    carried_out(there)
    # 1.5 % of each payment, as the report will say.
    expected = 100_00 - 1_50 + 60_00 - 90 + 100_00 - 1_50 - 50_00 - 100_00

    close(there.there)
    carried_out(there)
    settlements.read(at=now())
    settlements.read(at=now())

    assert not InboundNotice.objects.exclude(problem="").exists()
    assert not SettlementLine.objects.exclude(problem="").exists()
    assert SettlementLine.objects.count() == 7
    assert settlements.differences() == []
    assert account_balance(SETTLEMENT_IN_TRANSIT, "adyen", "usd") == expected
    assert Refund.objects.get(is_outside=True).amount == 10_00
    assert FeeTrueUp.objects.count() == 3
    assert total(platform) == expected
    assert_books_balance()


def test_what_adyen_takes_for_a_dispute_is_shown_until_somebody_has_decided(there):
    a_paid_intent(a_platform(), payment_method="pm_card_createDispute")
    carried_out(there)
    text = _report(
        **{
            "Type": "Chargeback",
            "Modification Reference": Dispute.objects.get().processor_reference,
            "Gross Currency": "USD",
            "Gross Debit (GC)": "100.00",
            "Net Debit (NC)": "107.50",
        }
    )

    (line,) = reports.parse(there.account, text)

    assert (line.kind, line.amount, line.fee) == ("dispute", -100_00, 7_50)
    assert line.at == datetime(2026, 7, 26, 17, 58, 55, tzinfo=UTC)


def test_what_was_converted_is_told_in_the_accounts_currency(there):
    text = _report(
        **{
            "Type": "Settled",
            "Merchant Reference": "ch_1",
            "Gross Currency": "JPY",
            "Gross Credit (GC)": "15000",
            "Net Credit (NC)": "98.50",
            "Markup (NC)": "1.00",
            "Interchange (NC)": "0.50",
        }
    )

    (line,) = reports.parse(there.account, text)

    assert (line.key, line.amount, line.fee, line.currency) == ("ch_1", 100_00, 1_50, "usd")


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "Type\nSettled\n"])
def test_what_is_no_such_report_is_not_guessed(there, text):
    with pytest.raises(ProcessorUnavailable, match="Line 1"):
        list(reports.parse(there.account, text))


def test_a_report_is_fetched_with_our_key_from_adyens_own_address(there):
    close(there.there)
    carried_out(there)
    wrong = replace(there.account, credentials=there.account.credentials | {"report_api_key": "-"})

    with pytest.raises(ProcessorUnavailable, match="401"):
        list(reports.lines(wrong, since=datetime(2026, 1, 1, tzinfo=UTC)))
    assert list(reports.lines(there.account, since=datetime(2026, 1, 1, tzinfo=UTC)))


def test_reports_are_where_the_accounts_mode_has_them(there):
    test = replace(there.account, base_url="")
    live = replace(test, livemode=True, credentials=test.credentials | {"live_url_prefix": "a-b"})

    hosts = [urlsplit(client(account).files_url).hostname for account in (test, live)]

    assert [host.partition(".")[0] for host in hosts] == ["ca-test", "ca-live"]


def _report(**row):
    row = {
        "Creation Date": "2026-07-26 19:58:55",
        "TimeZone": "CEST",
        "Net Currency": "USD",
        "Batch Number": "4",
    } | row
    return ",".join(COLUMNS) + "\n" + ",".join(row.get(name, "") for name in COLUMNS) + "\n"
