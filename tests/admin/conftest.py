"""Who uses the operators' pages, and what is on them."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import psycopg
import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client

from accounts.models import (
    Account,
    ApprovalRequest,
    ApprovalRule,
    AuditSeal,
    Membership,
    OAuthApplication,
    SecurityAlarm,
    User,
)
from accounts.services import files, letters
from api.models import RequestLog
from checkout.catalog.services import prices, shipping_rates, tax_rates
from checkout.discounts.services import coupons, promotion_codes
from checkout.links.services import links as payment_links
from checkout.sessions.services import sessions as checkout_sessions
from connect.hosted.services import links
from connect.models import (
    ConnectReserveChange,
    ExchangeRate,
    LocationCash,
    PayoutPrice,
    PayoutRun,
)
from connect.onboarding.services import blocks
from connect.payouts.services import payouts
from core.ids import new_id
from core.tenant import Tenant
from ledger.models import VerifyRun
from ledger.posting import holds
from payments.charges.services import fee_true_ups
from payments.customers.services import customers
from payments.disputes.services import disputes
from payments.intents.services import payment_intents
from payments.models import Charge, FeeSchedule, UnappliedPayment
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from processors import inbox, settlements
from processors.models import BankFile, BankLine, BankPayment, BankStatement
from processors.protocols.disputes import DisputeReport, DisputeStage, FraudReport
from processors.protocols.settlements import LineKind, ReportedLine
from processors.simulator import notices as simulated
from tests import factories
from tests.databases import address_in_use
from tests.factories import a_bank_account, a_key, a_paid_intent, a_platform, a_seller, now
from tests.hostile import HOSTILE
from webhooks.models import Attempt, Delivery, Event
from webhooks.services import endpoints

# Tests are made of the pages that there are, before anybody asks for one.
admin.site.discover()


@pytest.fixture(autouse=True)
def _watched(settings: Any) -> None:
    """Fail whatever page changes a table and records nothing in the audit trail."""
    settings.BROWSER_MIDDLEWARE = [*settings.BROWSER_MIDDLEWARE, "tests.admin.watching.Watched"]


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(factories.an_operator())
    return client


def a_shop(platform: Tenant) -> None:
    """Make one of all that is sold with, and taken off."""
    amount = {"currency": "usd", "unit_amount": 5_00}
    details = {
        "product_data": {"name": HOSTILE, "description": HOSTILE},
        "lookup_key": "tea",
        **amount,
    }
    prices.create(tenant=platform, **details, at=now())
    fixed = {"amount": 5_00, "currency": "usd"}
    shipping_rates.create(tenant=platform, display_name=HOSTILE[:90], fixed_amount=fixed, at=now())
    rate = {"display_name": HOSTILE[:40], "percentage": "7", "is_inclusive": True}
    tax_rates.create(tenant=platform, **rate, at=now())
    coupon = coupons.create(tenant=platform, percent_off_bps=5_00, at=now()).public_id
    tea = {
        "currency": "usd",
        "unit_amount": 5_00,
        "product_data": {"name": HOSTILE, "description": HOSTILE},
    }
    payment_links.create(tenant=platform, line_items=[{"price_data": tea}], at=now())
    page = {"line_items": [{"price_data": tea}], "success_url": "https://shop.example"}
    checkout_sessions.create(tenant=platform, **page, at=now())
    # Only of those that are not active there may be many with one word.
    promotion_codes.create(tenant=platform, coupon_id=coupon, is_active=False, at=now())


@pytest.fixture
def business(seal) -> None:
    """At least one row for every page."""
    platform = a_platform()
    Account.objects.filter(id=platform.account_id).update(name=HOSTILE)
    seller = a_seller(platform)
    endpoint, _ = endpoints.create(
        tenant=platform, url="http://127.0.0.1:9/", enabled_events=["*"], at=now()
    )
    a_key(platform, name=HOSTILE[:100])
    body, headers = simulated.make("charge", "ch_1", at=now())
    inbox.receive(processor="simulator", body=body, headers=headers, at=now())
    line = ReportedLine("line_1", LineKind.OTHER, -5_00, 0, "usd", livemode=False, at=now())
    settlements.keep("simulator", [line], at=now())
    files.create(
        tenant=platform,
        purpose="dispute_evidence",
        filename=f"{HOSTILE[-50:]}.pdf",
        content=BytesIO(b"%PDF-"),
        sha256="",
        at=now(),
    )
    with transaction.atomic():
        letters.post(["ada@example.com"], HOSTILE, HOSTILE, occurrence="something", at=now())
    words = {"name": HOSTILE, "description": HOSTILE, "metadata": {"note": HOSTILE}}
    customers.create(tenant=platform, **words, at=now())
    a_shop(platform)
    intent = a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
        receipt_email="ada@example.com",
        description=HOSTILE,
        metadata={"note": HOSTILE},
    )
    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=10_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    FeeSchedule.objects.create(bps=100, starts_at=now())
    fee_true_ups.true_up(
        charge_id=str(intent.latest_charge_id), actual_amount=3_00, reference="st_1", at=now()
    )
    UnappliedPayment.objects.create(
        account_id=platform.account_id,
        livemode=False,
        charge_id=str(intent.latest_charge_id),
        amount=1_00,
        currency="usd",
        created_at=now(),
    )
    delivery = Delivery.objects.create(
        id=new_id("dlv"),
        account_id=platform.account_id,
        livemode=False,
        body="{}",
        event=Event.objects.first(),
        endpoint=endpoint,
        status="exhausted",
        created_at=now(),
    )
    Attempt.objects.create(delivery=delivery, number=1, latency_ms=1, created_at=now())
    RequestLog.objects.create(
        id=new_id("req"),
        method="GET",
        path=f"/v1/{HOSTILE}",
        status_code=200,
        duration_ms=1,
        created_at=now(),
    )
    payment_intents.create(
        tenant=platform,
        amount=10_00,
        currency="usd",
        confirm=True,
        at=now(),
        payment_method="pm_card_authenticationRequired",
    )
    setup_intents.create(
        tenant=platform,
        payment_method="pm_card_visa",
        confirm=True,
        at=now(),
        customer_acceptance={"type": "offline"},
    )
    charge = Charge.objects.get(id=intent.latest_charge_id)
    report = DisputeReport("out_1", charge.id, DisputeStage.INQUIRY, 90_00, "usd", "fraudulent")
    for complaint in (report, FraudReport("out_2", charge.id, "misc")):
        disputes.record(complaint, processor="simulator", at=now())
    a_bank_account(seller)
    for livemode in (False, True):
        PayoutRun.objects.create(livemode=livemode, day=now().date(), started_at=now())
    payout = payouts.create(tenant=seller, amount=1_00, currency="usd", at=now())
    payouts.cancel(tenant=seller, payout_id=payout.id, at=now())
    blocks.add(
        tenant=seller,
        kind="payouts",
        source="operator",
        reason="other",
        author=HOSTILE[:60],
        at=now(),
    )
    links.create(tenant=platform, account_id=seller.account_id, type="login", at=now())
    ExchangeRate.objects.create(sold="usd", bought="eur", rate="0.92")
    PayoutPrice.objects.create(
        account_id=platform.account_id, livemode=False, currency="usd", bps=100
    )
    LocationCash.objects.create(currency="eur")
    file = BankFile.objects.create(
        id=new_id("bfile"),
        kind="statement",
        status="read",
        name=HOSTILE,
        content=b"",
        sha256="1",
        livemode=False,
        made_by="me",
        created_at=now(),
    )
    payment = BankPayment.objects.create(
        key="poa_1",
        reference="poa-1",
        livemode=False,
        amount=1_00,
        currency="eur",
        sealed_payee=b"",
        payee=HOSTILE[:90],
        text=HOSTILE[:100],
        created_at=now(),
    )
    BankStatement.objects.create(
        id=new_id("bstmt"),
        file=file,
        account="DE1",
        name="1",
        currency="eur",
        livemode=False,
        opening_amount=0,
        closing_amount=1,
        created_at=now(),
    )
    BankLine.objects.create(
        id=new_id("bline"),
        file=file,
        key="1",
        amount=-1_00,
        currency="eur",
        payment=payment,
        created_at=now(),
    )
    ConnectReserveChange.objects.create(
        id=new_id("crsv"),
        account_id=platform.account_id,
        livemode=False,
        amount=1,
        currency="usd",
        balance_transaction_id="txn_1",
        created_at=now(),
    )
    OAuthApplication.objects.create(
        account_id=platform.account_id,
        livemode=False,
        client_id="ca_1",
        name=HOSTILE,
        redirect_uris="https://example.com/",
        client_type="confidential",
        authorization_grant_type="authorization-code",
    )
    person = User.objects.create_user("person@example.com")
    Membership.objects.create(user=person, account_id=platform.account_id, role="owner")
    with transaction.atomic():
        holds.create(
            owner=platform.account_id,
            code="available",
            currency="usd",
            amount=1_00,
            source="po_1",
            livemode=False,
            at=now(),
        )
    rule = ApprovalRule.objects.create(action="block.release")
    SecurityAlarm.objects.create(
        account_id=platform.account_id,
        livemode=False,
        detector="id_probing",
        subject="key:key_1",
        count=60,
        threshold=20,
        answer="notify",
        created_at=now(),
        last_at=now(),
    )
    ApprovalRequest.objects.create(
        action="block.release",
        account_id=platform.account_id,
        parameters={},
        sha256="1",
        rule_id=rule.id,
        above_amount=0,
        requested_by_id="user_1",
        created_at=now(),
        expires_at=now(),
    )
    AuditSeal.objects.create(
        number=1,
        until_xid=1,
        cluster="1",
        event_count=0,
        root=b"",
        previous=b"",
        head=b"",
        signature=b"",
        public_key=b"",
        sealed_at=now(),
    )
    VerifyRun.objects.create(
        began_at=now(),
        ended_at=now(),
        check_count=24,
        finding_count=1,
        findings=[{"check": "C1", "id": "je_1", "detail": HOSTILE}],
    )


@pytest.fixture
def seal() -> Iterator[None]:
    """Seals cover what has committed, which nothing in these tests has. Only the owner may."""
    with psycopg.connect(address_in_use("rialto_owner"), autocommit=True) as owner:
        owner.execute("ALTER TABLE ledger_seal DISABLE TRIGGER seal_is_append_only")
        owner.execute(
            "INSERT INTO ledger_seal VALUES (1, 0, 0, 9, 1, sha256('r'), sha256(''), sha256('h'), "
            "now())"
        )
        yield
        owner.execute("DELETE FROM ledger_seal")
        owner.execute("ALTER TABLE ledger_seal ENABLE TRIGGER seal_is_append_only")
