"""Pages of the desk ask as much for one row as for fifty."""

from datetime import timedelta

import pytest
from django.urls import reverse

from connect.models import LocationCash, Payout, PayoutAttempt
from core.ids import new_id
from processors.models import BankFile, BankLine, BankPayment
from tests.console import reading
from tests.console.test_payout_page import a_payout
from tests.factories import now

pytestmark = pytest.mark.django_db


def cash(*names: str) -> None:
    LocationCash.objects.bulk_create(
        LocationCash(id=new_id("cash"), location=name, currency="eur", livemode=False)
        for name in names
    )


def unheard(payout: Payout, times: int) -> None:
    """Add payouts of which nothing was heard for hours."""
    values = Payout.objects.filter(id=payout.id).values().get()
    sent = now() - timedelta(hours=3)
    for _ in range(times):
        row = Payout.objects.create(**values | {"id": new_id("po"), "status": "in_transit"})
        PayoutAttempt.objects.create(payout=row, number=1, sent_at=sent, next_poll_at=sent)


def lines(file: BankFile, first: int, last: int) -> None:
    for n in range(first, last):
        BankLine.objects.create(
            id=new_id("bline"),
            file=file,
            key=str(n),
            amount=-n * 100,
            currency="eur",
            created_at=now(),
        )
        BankPayment.objects.create(
            key=new_id("poa"),
            reference=f"r{n}",
            livemode=False,
            amount=n * 100,
            currency="eur",
            status="sent",
            sealed_payee=b"",
            payee="Ada ••3000",
            text="a",
            file=file,
            created_at=now(),
        )


def test_payouts_to_look_at_asks_the_same_at_1_and_at_50_rows(operator):
    page = reverse("admin:connect_payouts_to_look_at")
    payout = a_payout()
    cash("main")
    unheard(payout, 1)

    few = reading.count(operator, page)
    cash(*(f"place {n}" for n in range(49)))
    unheard(payout, 49)

    assert reading.count(operator, page) == few


def test_bank_files_asks_the_same_at_1_and_at_50_rows(operator):
    page = reverse("admin:connect_bank_files")
    file = BankFile.objects.create(
        kind="statement",
        status="read",
        name="a.xml",
        content=b"",
        sha256="1",
        livemode=False,
        made_by="me",
        created_at=now(),
    )
    lines(file, 1, 2)

    few = reading.count(operator, page)
    lines(file, 2, 51)

    assert reading.count(operator, page) == few
    assert operator.get(page).content.decode().count("Ada ••3000") >= 50
