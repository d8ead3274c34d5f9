"""One real object of each kind, and keys of whoever may and may not see it.

A module makes them once: what a test does to them is undone at its end.
"""

from io import BytesIO

import pytest

from accounts.services import files
from checkout.catalog.services import prices, products, shipping_rates, tax_rates
from checkout.discounts.services import coupons, promotion_codes
from checkout.links.services import links
from checkout.models import CheckoutSessionLine
from checkout.sessions.services import sessions
from connect.models import ApplicationFee, ApplicationFeeRefund, Transfer
from connect.onboarding.services import people, sealed_tokens
from connect.payouts.services import payouts
from connect.transfers.services import application_fees, reversals
from core.ids import new_id
from core.tenant import Tenant
from ledger.models import BalanceTransaction
from payments import resources
from payments.customers.services import customer_balances, customer_sessions, customers, tax_ids
from payments.disputes.services import disputes
from payments.intents.services import confirmation_tokens
from payments.methods.services import (
    domains,
    older_sources,
    payment_method_configurations,
    payment_methods,
    tokens,
)
from payments.models import Charge, Dispute, EarlyFraudWarning, Refund, SetupAttempt
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from processors.protocols.disputes import DisputeReport, DisputeStage, FraudReport
from tests.factories import a_bank_account, a_key, a_paid_intent, a_platform, a_seller, now
from tests.payments.lateness import a_late_payment
from tests.webhooks.steps import a_resend_of
from webhooks.models import Event
from webhooks.services import endpoints


@pytest.fixture(scope="module")
def platform(rows_of_the_module) -> Tenant:
    return a_platform()


@pytest.fixture(scope="module")
def theirs(platform) -> dict[str, str]:
    """One real object of somebody else for each name that stands in a URL."""
    seller = a_seller(platform)
    late = a_late_payment(platform)
    intent = a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )
    transfer, fee = Transfer.objects.get(), ApplicationFee.objects.get()
    reversal = reversals.create(tenant=platform, transfer_id=transfer.id, amount=1_00, at=now())
    application_fees.refund(tenant=platform, fee_id=fee.id, amount=1_00, at=now())
    refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())
    customer = customers.create(tenant=platform, at=now())
    card = {"token": "tok_visa"}
    method = payment_methods.create(tenant=platform, card=card, at=now())
    payment_methods.attach(tenant=platform, method_id=method.id, customer_id=customer.id, at=now())
    endpoint, _ = endpoints.create(
        tenant=platform, url="https://example.com/", enabled_events=["*"], at=now()
    )
    file = files.create(
        tenant=platform,
        purpose="dispute_evidence",
        filename="a.pdf",
        content=BytesIO(b"%PDF-"),
        sha256="",
        at=now(),
    )
    ephemeral, _ = customer_sessions.create_key(tenant=platform, customer=customer.id, at=now())
    configuration = payment_method_configurations.create(tenant=platform, at=now())
    link = files.create_link(tenant=platform, file_id=file.id, at=now())
    setup = setup_intents.create(
        tenant=platform,
        payment_method="pm_card_visa",
        confirm=True,
        at=now(),
        customer_acceptance={"type": "offline"},
    )
    balance = customer_balances.create(
        tenant=platform, customer_id=customer.id, amount=-1_00, currency="usd", at=now()
    )
    number = tax_ids.create(
        tenant=platform, customer_id=customer.id, type="eu_vat", value="DE123456789", at=now()
    )
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034}
    token = tokens.create(tenant=platform, card=card, billing_details={}, at=now())
    source = older_sources.create(tenant=platform, token="tok_visa", at=now())
    confirmation = confirmation_tokens.create(
        tenant=platform, payment_method="pm_card_visa", at=now()
    )
    for card in ("pm_card_createDispute", "pm_card_createIssuerFraudRecord"):
        a_paid_intent(platform, payment_method=card)
    a_report_of_each()
    external = a_bank_account(seller)
    a_bank_account(platform)
    payout = payouts.create(tenant=platform, amount=1_00, currency="usd", at=now())
    person = people.create(
        tenant=platform, account_id=seller.account_id, params={"first_name": "Bo"}, at=now()
    )
    domain = domains.register(tenant=platform, domain_name="shop.example", at=now())
    older = domains.register_older(tenant=platform, domain_name="shop.example", at=now())
    product = products.create(tenant=platform, name="Tea", at=now())
    price = prices.create(
        tenant=platform, product=product.public_id, currency="usd", unit_amount=5_00, at=now()
    )
    # Under an id that has a form, as other ids do.
    coupon = coupons.create(
        tenant=platform, public_id=new_id("coupon"), percent_off_bps=5_00, at=now()
    )
    code = promotion_codes.create(tenant=platform, coupon_id=coupon.public_id, at=now())
    tax = tax_rates.create(
        tenant=platform, display_name="VAT", percentage="7", is_inclusive=True, at=now()
    )
    amount = {"amount": 5_00, "currency": "usd"}
    shipping = shipping_rates.create(
        tenant=platform, display_name="Post", fixed_amount=amount, at=now()
    )
    tea = {"currency": "usd", "unit_amount": 5_00, "product_data": {"name": "Tea"}}
    session = sessions.create(
        tenant=platform,
        success_url="https://shop.example.com/thanks",
        line_items=[{"price_data": tea, "quantity": 1}],
        at=now(),
    )
    payment_link = links.create(
        tenant=platform, line_items=[{"price_data": tea, "quantity": 1}], at=now()
    )
    account_token, person_token = (
        sealed_tokens.create(tenant=platform, kind=kind, params={}, at=now())
        for kind in ("account", "person")
    )
    return {
        "account_token": account_token.id,
        "person_token": person_token.id,
        "session_id": session.id,
        "payment_link_id": payment_link.id,
        "payment_links/line_id": payment_link.items[0]["id"],
        "line_id": CheckoutSessionLine.objects.get().id,
        "coupon_id": coupon.public_id,
        "promotion_code_id": code.id,
        "tax_rate_id": tax.id,
        "shipping_rate_id": shipping.id,
        "product_id": product.public_id,
        "price_id": price.id,
        "domain_id": domain.id,
        "apple_pay/domain_id": older.id,
        "person_id": person.id,
        "external_id": external.id,
        "payout_id": payout.id,
        "dispute_id": Dispute.objects.get().id,
        "warning_id": EarlyFraudWarning.objects.get().id,
        "row_id": balance.id,
        "tax_id": number.id,
        "token_id": token.id,
        "source_id": resources.source_id_of(source),
        "confirmation_tokens/token_id": confirmation.id,
        "setup_intents/intent_id": setup.id,
        "test_helpers/intent_id": intent.id,
        "mandate_id": setup.mandate_id,
        "setup_attempt_id": SetupAttempt.objects.filter(setup_intent=setup)[0].id,
        "intent_id": intent.id,
        "charge_id": str(intent.latest_charge_id),
        "unapplied_id": late.id,
        "customer_id": customer.id,
        "method_id": method.id,
        "account_id": seller.account_id,
        "transfer_id": transfer.id,
        "reversal_id": reversal.id,
        "payment_refund_id": reversal.destination_payment_refund_id,
        "payment_id": transfer.destination_payment_id,
        "fee_id": fee.id,
        "application_fees/refund_id": ApplicationFeeRefund.objects.get().id,
        "refund_id": Refund.objects.get().id,
        "id": BalanceTransaction.objects.filter(account_id=platform.account_id)[0].id,
        "event_id": Event.objects.filter(account_id=platform.account_id)[0].id,
        "endpoint_id": endpoint.id,
        "resend_id": a_resend_of(endpoint).id,
        "file_id": file.id,
        "link_id": link.id,
        "key_id": ephemeral.id,
        "configuration_id": configuration.id,
    }


def a_report_of_each() -> None:
    """What the simulator would tell by itself, but not inside a test's transaction."""
    ids = Charge.objects.order_by("-id").values_list("id", flat=True)[:2]
    report = DisputeReport("out_1", ids[1], DisputeStage.OPEN, 100_00, "usd", "fraudulent")
    for complaint in (report, FraudReport("out_2", ids[0], "misc")):
        disputes.record(complaint, processor="simulator", at=now())


@pytest.fixture(scope="module")
def owner(platform) -> str:
    return a_key(platform)


@pytest.fixture(scope="module")
def stranger(rows_of_the_module) -> str:
    return a_key(a_platform())
