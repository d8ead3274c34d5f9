"""The cards of the first page: how much waits for whom, in few queries however much it is."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ApprovalRequest, Membership
from core.ids import new_id
from ledger.models import VerifyRun
from payments.models import Charge, Dispute, UnresolvedRequest
from processors.models import BankPayment
from tests import factories
from tests.factories import a_platform, a_seller_who_owes, now
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db

CARD = re.compile(
    r'console-queue-(\w+)">\s*<a href="([^"]+)">([^<]+)</a>\s*<strong>([^<]*)</strong>'
    r"\s*<p>([^<]*)</p>"
)


def cards(client: Client) -> dict[str, tuple[str, str, str, str]]:
    """Title → level, count, note and where it leads."""
    page = unescape(client.get("/admin/").content.decode())
    return {
        title: (level, count, note.strip(), to)
        for level, to, title, count, note in CARD.findall(page)
    }


def wait(platform, *, times: int) -> None:
    """Let something of every kind wait, so many times."""
    seller = a_seller_who_owes(platform, 40_00)
    charge = Charge.objects.filter(account_id=platform.account_id).latest("id")
    home = "https://example.com/"
    mine = {"account_id": platform.account_id, "livemode": False, "created_at": now()}
    numbers, later = range(times), now() + timedelta(hours=1)
    Dispute.objects.bulk_create(
        Dispute(
            id=new_id("du"),
            charge=charge,
            status="needs_response",
            amount=1_00,
            currency="usd",
            reason="fraudulent",
            processor="simulator",
            processor_reference=new_id("simdp"),
            due_at=now() + timedelta(days=2 + number, minutes=5),
            **mine,
        )
        for number in numbers
    )
    Endpoint.objects.bulk_create(
        Endpoint(id=new_id("we"), url=home, paused_until=later, secret=b"", **mine) for _ in numbers
    )
    UnresolvedRequest.objects.bulk_create(
        UnresolvedRequest(
            key=new_id("req"),
            action="charge",
            account_id=seller.account_id,
            livemode=False,
            processor="simulator",
            object_id=charge.id,
            amount=1_00,
            currency="usd",
            reason="no_answer",
            sent_at=now() - timedelta(hours=2, minutes=number),
            polled_at=now(),
            next_poll_at=now(),
        )
        for number in numbers
    )
    BankPayment.objects.bulk_create(
        BankPayment(
            key=new_id("poa"),
            reference=new_id("poa"),
            livemode=False,
            amount=1_00,
            currency="eur",
            sealed_payee=b"",
            payee="Ada ••3000",
            text="a",
            created_at=now(),
        )
        for _ in numbers
    )
    ApprovalRequest.objects.bulk_create(
        ApprovalRequest(
            action="block.release",
            parameters={},
            sha256=f"{seller.account_id}{number}",
            rule_id="rule",
            above_amount=0,
            requested_by_id="user_1",
            account_id=platform.account_id,
            livemode=False,
            created_at=now(),
            expires_at=now() + timedelta(days=1, minutes=5),
        )
        for number in numbers
    )


def test_a_card_says_how_much_waits_and_leads_to_it(operator, settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    quiet = cards(operator)
    platform = a_platform()
    wait(platform, times=1)
    VerifyRun.objects.create(began_at=now(), ended_at=now(), check_count=2, finding_count=3)

    found = cards(operator)

    assert {title: (level, count) for title, (level, count, _, _) in quiet.items()} == {
        **dict.fromkeys(quiet, ("quiet", "0")),
        "The books": ("waiting", "not checked"),
    }
    assert {title: (level, count) for title, (level, count, _, _) in found.items()} == {
        "Disputes to answer": ("bad", "1"),
        "Failed payouts": ("quiet", "0"),
        "Unknown requests": ("bad", "1"),
        "Unapplied payments": ("quiet", "0"),
        "Sellers to look at": ("quiet", "0"),
        "Negative balances": ("waiting", "2"),
        "Bank files": ("waiting", "1"),
        "Approvals": ("waiting", "1"),
        "Security alarms": ("quiet", "0"),
        "Failing endpoints": ("bad", "1"),
        "The books": ("bad", "3 findings"),
    }
    assert found["Disputes to answer"][2].startswith("The first is due in 2 days")
    assert found["Disputes to answer"][3] == "/admin/payments/dispute/?status=needs_response"
    assert found["Unknown requests"][2] == "The oldest has waited for 2 hours."
    assert found["Negative balances"][2] == "43.20 USD owed."
    assert found["Bank files"][2] == "1 payment for the next file (1.00 EUR)."
    assert found["Failing endpoints"][3] == "/admin/webhooks/endpoint/?failing=1"
    assert found["Approvals"][2] == "The first ends in 1 day."
    assert all(operator.get(to).status_code == 200 for _, _, _, to in found.values())
    guide = Path(settings.ROOT) / "docs/how-to/operate-rialto.md"
    runbooks = dict(re.findall(r"^\| ([^|]+) \| \[[^]]+\]\((\S+?)\)", guide.read_text(), re.M))
    assert {title for title, to in runbooks.items() if (guide.parent / to).exists()} == set(found)


def test_many_are_counted_up_to_a_hundred_in_as_many_queries_as_one(operator, settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    platform = a_platform()
    counts = []
    for times in (1, 101):
        wait(platform, times=times)
        with CaptureQueriesContext(connection) as captured:
            found = cards(operator)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 26
    assert {found[title][1] for title in ("Disputes to answer", "Unknown requests")} == {"100+"}
    assert found["Negative balances"][1:3] == ("3", "86.40 USD owed.")


def test_a_role_sees_its_cards_and_a_member_what_is_its_platforms(settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    platform = a_platform()
    wait(platform, times=1)
    clients = {}
    for role in ("developer", "support"):
        clients[role] = Client()
        clients[role].force_login(factories.an_operator(f"{role}@example.com", role=role))
    for name, account in (("mine", platform.account_id), ("other", a_platform().account_id)):
        person = factories.an_operator(f"{name}@example.com", role="")
        Membership.objects.create(user=person, account_id=account, role="operator")
        clients[name] = Client()
        clients[name].force_login(person)

    found = {name: cards(client) for name, client in clients.items()}

    assert set(found["developer"]) == {"Security alarms", "Failing endpoints"}
    assert "The books" not in found["support"]
    assert "Approvals" in found["support"]
    assert {title: count for title, (_, count, _, _) in found["mine"].items()} == {
        "Disputes to answer": "1",
        "Failed payouts": "0",
        "Unknown requests": "1",
        "Unapplied payments": "0",
        "Sellers to look at": "0",
        "Negative balances": "2",
        "Approvals": "1",
        "Failing endpoints": "1",
    }
    assert {count for _, count, _, _ in found["other"].values()} == {"0"}
