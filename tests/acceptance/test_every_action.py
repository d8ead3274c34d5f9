"""Every action of every endpoint, called over HTTP with the official package."""

from io import BytesIO
from typing import Any

import pytest
import requests
import stripe

from api.absent import AbsentView
from api.absent_routes import ROUTES
from config.demo import sellers
from payments.services.disputes import fetch
from tests.acceptance.sdk import a_client
from tests.factories import now
from tests.tenancy.asking import METHODS, routes

pytestmark = pytest.mark.slow

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}


class Caller:
    """A platform with the package in its hands."""

    def __init__(self, server: Any) -> None:
        self.account, self.key = server.new_platform()
        client, self.transport = a_client(server, self.key)
        self.raw = client
        self.v1 = client.v1
        self.server = server
        self._seller: str | None = None

    def with_key(self, key: str) -> stripe.StripeClient:
        return a_client(self.server, key)[0]

    @property
    def seller(self) -> str:
        if self._seller is None:
            self._seller = self.v1.accounts.create(
                {"type": "express", **sellers.details("Ada's Shop")}
            ).id
        return self._seller

    def pay(self, **more: Any) -> stripe.PaymentIntent:
        wanted = {"amount": 10_000, "currency": "usd", "payment_method": "pm_card_visa"}
        return self.v1.payment_intents.create({**wanted, "confirm": True, **more})


@pytest.fixture(scope="module")
def caller(rialto_server) -> Caller:
    return Caller(rialto_server)


def payment_methods_and_customers(our: Caller) -> None:
    customer = our.v1.customers.create({"name": "Ada", "metadata": {"a": "1", "b": "2"}})
    method = our.v1.payment_methods.create({"type": "card", "card": CARD})
    assert our.v1.payment_methods.attach(method.id, {"customer": customer.id}).customer
    our.v1.payment_methods.update(method.id, {"billing_details": {"name": "Ada"}})
    assert our.v1.payment_methods.retrieve(method.id).billing_details.name == "Ada"
    assert our.v1.payment_methods.list({"customer": customer.id}).data[0].id == method.id
    assert our.v1.customers.payment_methods.list(customer.id).data[0].id == method.id
    assert our.v1.customers.payment_methods.retrieve(customer.id, method.id).id == method.id
    for other in ({"payment_method": method.id}, {"payment_method": "pm_nobodys"}):
        with pytest.raises(stripe.InvalidRequestError):
            our.v1.customers.create(other)
    assert our.v1.payment_methods.retrieve(method.id).customer == customer.id
    assert our.v1.payment_methods.detach(method.id).customer is None
    changed = our.v1.customers.update(customer.id, {"metadata": {"a": ""}, "email": "a@b.co"})
    assert (changed.metadata.to_dict(), changed.email) == ({"b": "2"}, "a@b.co")
    assert our.v1.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}
    assert our.v1.customers.retrieve(customer.id).id == customer.id
    assert customer.id in [c.id for c in our.v1.customers.list().data]
    assert our.v1.customers.delete(customer.id).deleted


def payments(our: Caller) -> None:
    intent = our.v1.payment_intents.create({"amount": 5_000, "currency": "usd"})
    assert intent.status == "requires_payment_method"
    our.v1.payment_intents.update(intent.id, {"amount": 6_000})
    paid = our.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.amount_received) == ("succeeded", 6_000)
    held = our.pay(capture_method="manual")
    assert held.amount_capturable == 10_000
    assert our.v1.payment_intents.capture(held.id, {"amount_to_capture": 4_000}).status
    again = our.v1.payment_intents.create({"amount": 5_000, "currency": "usd"})
    assert our.v1.payment_intents.cancel(again.id).status == "canceled"
    assert our.v1.payment_intents.retrieve(held.id).amount_received == 4_000
    assert len(our.v1.payment_intents.list().data) >= 3
    charge = our.v1.charges.retrieve(str(paid.latest_charge))
    assert our.v1.charges.update(charge.id, {"description": "d"}).description == "d"
    (listed,) = our.v1.charges.list({"payment_intent": paid.id}).data
    assert listed.id == charge.id
    asked = our.pay(payment_method="pm_card_threeDSecure2Required")
    assert asked.status == "requires_action"
    our.raw.raw_request("post", f"/v1/test_helpers/payment_intents/{asked.id}/authenticate")
    assert our.v1.payment_intents.retrieve(asked.id).status == "succeeded"


def charges(our: Caller) -> None:
    token = our.v1.tokens.create({"card": CARD})
    assert not our.v1.tokens.retrieve(token.id).used
    wanted = {"amount": 2_000, "currency": "usd", "source": token.id, "capture": False}
    held = our.v1.charges.create({**wanted, "metadata": {"order": our.key[-6:]}})
    assert (held.captured, held.payment_intent) == (False, None)
    assert our.v1.charges.capture(held.id, {"amount": 1_500}).amount_captured == 1_500
    (found,) = our.v1.charges.search({"query": f"metadata['order']:'{our.key[-6:]}'"}).data
    assert found.id == held.id
    said = our.v1.test_helpers.confirmation_tokens.create(
        {"payment_method": "pm_card_visa", "return_url": "https://shop.example/"}
    )
    assert our.v1.confirmation_tokens.retrieve(said.id).payment_intent is None
    our.raw.raw_request("post", "/v1/confirmation_tokens", payment_method="pm_card_visa")
    paid = our.v1.payment_intents.create(
        {"amount": 700, "currency": "usd", "confirm": True, "confirmation_token": said.id}
    )
    assert our.v1.confirmation_tokens.retrieve(said.id).payment_intent == paid.id
    assert paid.id in [p.id for p in our.v1.payment_intents.search({"query": "amount:700"}).data]
    assert our.v1.payment_intents.amount_details_line_items.list(paid.id).data == []
    for refused in (
        lambda: our.v1.payment_intents.increment_authorization(paid.id, {"amount": 800}),
        lambda: our.v1.payment_intents.verify_microdeposits(paid.id),
        lambda: our.v1.payment_intents.apply_customer_balance(paid.id),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            refused()


def customers_own_things(our: Caller) -> None:
    made = our.v1.customers.create({"name": f"Ada {our.key[-6:]}"})
    assert our.v1.customers.search({"query": f"name:'ada {our.key[-6:]}'"}).data[0].id == made.id
    lines = our.v1.customers.balance_transactions
    line = lines.create(made.id, {"amount": -500, "currency": "usd"})
    assert (line.ending_balance, our.v1.customers.retrieve(made.id).balance) == (-500, -500)
    assert lines.update(made.id, line.id, {"description": "d"}).description == "d"
    assert lines.retrieve(made.id, line.id).amount == -500
    assert [row.id for row in lines.list(made.id).data] == [line.id]
    sources = our.v1.customers.payment_sources
    card = sources.create(made.id, {"source": "tok_visa"})
    assert our.v1.customers.retrieve(made.id).default_source == card.id
    assert sources.update(made.id, card.id, {"exp_month": 11}).exp_month == 11
    assert sources.retrieve(made.id, card.id).id == card.id
    assert [one.id for one in sources.list(made.id).data] == [card.id]
    assert sources.delete(made.id, card.id).deleted
    our.raw.raw_request("get", f"/v1/customers/{made.id}/subscriptions")
    assert our.v1.customers.tax_ids.list(made.id).data == []
    assert our.v1.customers.cash_balance_transactions.list(made.id).data == []
    for refused in (
        lambda: our.v1.customers.cash_balance.retrieve(made.id),
        lambda: our.v1.customers.tax_ids.create(made.id, {"type": "eu_vat", "value": "DE1"}),
        lambda: our.v1.customers.delete_discount(made.id),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            refused()


def setups(our: Caller) -> None:
    customer = our.v1.customers.create({})
    acceptance = {
        "type": "online", "online": {"ip_address": "203.0.113.7", "user_agent": "Test"}
    }  # fmt: skip
    made = our.v1.setup_intents.create({"customer": customer.id, "payment_method_types": ["card"]})
    our.v1.setup_intents.update(made.id, {"metadata": {"a": "b"}})
    kept = our.v1.setup_intents.confirm(
        made.id,
        {
            "payment_method": "pm_card_visa",
            "mandate_data": {"customer_acceptance": acceptance},
        },
    )
    assert kept.status == "succeeded"
    assert our.v1.mandates.retrieve(str(kept.mandate)).status == "active"
    shown = our.v1.setup_intents.retrieve(made.id, {"expand": ["mandate", "latest_attempt"]})
    assert isinstance(shown.latest_attempt, stripe.SetupAttempt)
    assert our.v1.setup_attempts.list({"setup_intent": made.id}).data[0].status == "succeeded"
    assert our.v1.setup_intents.list({"customer": customer.id}).data[0].id == made.id
    other = our.v1.setup_intents.create(
        {
            "confirm": True, "payment_method": "pm_card_authenticationRequiredOnSetup",
            "return_url": "https://shop.example/", "usage": "on_session",
            "single_use": {"amount": 500, "currency": "usd"},
        }
    )  # fmt: skip
    assert other.status == "requires_action"
    our.raw.raw_request("post", f"/v1/test_helpers/setup_intents/{other.id}/authenticate")
    assert our.v1.setup_intents.retrieve(other.id).status == "succeeded"
    unused = our.v1.setup_intents.create({"automatic_payment_methods": {"enabled": True}})
    assert our.v1.setup_intents.cancel(unused.id).status == "canceled"
    with pytest.raises(stripe.CardError) as declined:
        our.v1.setup_intents.create({"confirm": True, "payment_method": "pm_card_chargeDeclined"})
    assert declined.value.error is not None
    assert declined.value.error.setup_intent is not None
    with pytest.raises(stripe.InvalidRequestError):
        our.v1.setup_intents.verify_microdeposits(made.id, {"amounts": [32, 45]})


def disputes(our: Caller) -> None:
    paid = [
        our.pay(payment_method=f"pm_card_{card}")
        for card in ("createDispute", "createDispute", "createIssuerFraudRecord")
    ]
    _let_payers_complain(our)
    answered, accepted = (
        our.v1.disputes.list({"payment_intent": row.id}).data[0] for row in paid[:2]
    )
    kept = our.v1.disputes.update(
        answered.id, {"evidence": {"customer_name": "Ada"}, "submit": False}
    )
    assert kept.evidence_details.has_evidence
    sent = our.v1.disputes.update(
        answered.id, {"evidence": {"uncategorized_text": "winning_evidence"}}
    )
    assert sent.evidence_details.submission_count == 1
    _let_payers_complain(our)
    won = our.v1.disputes.retrieve(answered.id, {"expand": ["charge"]})
    assert (won.status, len(won.balance_transactions)) == ("won", 2)
    assert our.v1.disputes.close(accepted.id).status == "lost"
    (warning,) = our.v1.radar.early_fraud_warnings.list({"payment_intent": paid[2].id}).data
    assert our.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable
    with pytest.raises(stripe.InvalidRequestError) as refused:
        our.v1.refunds.create({"payment_intent": paid[1].id})
    assert refused.value.code == "charge_disputed"


def _let_payers_complain(our: Caller) -> None:
    """No worker runs here, which would ask the rails every few seconds."""
    with our.server.using_its_database():
        fetch(at=now())


def refunds(our: Caller) -> None:
    paid = our.pay()
    refund = our.v1.refunds.create({"payment_intent": paid.id, "amount": 1_000})
    assert our.v1.refunds.update(refund.id, {"metadata": {"why": "x"}}).metadata["why"] == "x"
    assert our.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert [r.id for r in our.v1.refunds.list({"payment_intent": paid.id}).data] == [refund.id]
    charge = str(paid.latest_charge)
    more = [our.v1.refunds.create({"charge": charge, "amount": 10}).id for _ in range(11)]
    inside = our.v1.charges.retrieve(charge, {"expand": ["refunds"]}).refunds
    assert inside is not None
    assert inside.has_more
    assert [one.id for one in inside.auto_paging_iter()] == [*reversed(more), refund.id]
    our.raw.raw_request("get", f"{inside.url}/{refund.id}")
    with pytest.raises(stripe.InvalidRequestError):
        our.v1.refunds.cancel(refund.id)
    late = our.pay(payment_method="pm_card_pendingRefund")
    our.raw.raw_request("post", "/v1/refunds/preview", payment_intent=late.id)
    pending = our.v1.refunds.create({"payment_intent": late.id})
    assert (pending.status, our.v1.refunds.cancel(pending.id).status) == ("pending", "canceled")


def accounts(our: Caller) -> None:
    opened = our.v1.accounts.create({"type": "custom", "country": "US"})
    assert our.v1.accounts.update(opened.id, {"email": "s@example.com"}).email == "s@example.com"
    our.v1.accounts.update(
        opened.id,
        {
            "metadata": {"a": "1", "b": "2"},
            "business_profile": {"mcc": "5734", "estimated_worker_count": 3},
            "settings": {"payouts": {"debit_negative_balances": True}},
        },
    )
    changed = our.v1.accounts.update(
        opened.id,
        {
            "metadata": {"a": "", "c": "3"},
            "business_profile": {"url": "https://example.com"},
            "settings": {"payouts": {"schedule": {"interval": "daily"}}},
        },
    )
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    assert changed.business_profile.mcc == "5734"
    payouts = changed.settings.payouts
    assert (payouts.debit_negative_balances, payouts.schedule.interval) == (True, "daily")
    assert our.v1.accounts.retrieve(opened.id).id == opened.id
    assert opened.id in [a.id for a in our.v1.accounts.list().data]
    may = our.v1.accounts.capabilities
    assert may.retrieve(opened.id, "transfers").status == "unrequested"
    asked = may.update(opened.id, "transfers", {"requested": True})
    assert (asked.status, asked.requirements.disabled_reason) == (
        "inactive", "requirements.fields_needed",
    )  # fmt: skip
    assert [one.id for one in may.list(opened.id).data] == ["transfers"]
    assert our.v1.country_specs.retrieve("TH").default_currency == "thb"
    assert our.v1.country_specs.list({"limit": 100}).data[0].id == "AD"
    assert our.v1.accounts.delete(opened.id).deleted
    assert our.v1.accounts.retrieve_current().id == our.account


def people(our: Caller) -> None:
    company = {"name": "Corner Shop", "tax_id": "000000000", "owners_provided": True}
    opened = our.v1.accounts.create(
        {
            "type": "custom", "country": "DE", "business_type": "company", "company": company,
            "capabilities": {"transfers": {"requested": True}},
        }
    )  # fmt: skip
    assert (opened.default_currency, opened.company.tax_id_provided) == ("eur", True)
    persons = our.v1.accounts.persons
    boss = persons.create(
        opened.id,
        {
            "first_name": "Jenny", "last_name": "Rosen", "email": "jenny@example.com",
            "dob": {"day": 1, "month": 1, "year": 1902}, "phone": "0000000000",
            "address": {"city": "Berlin", "line1": "Weg 1", "postal_code": "10115"},
            "relationship": {"representative": True, "title": "CEO", "percent_ownership": 25.5},
            "full_name_aliases": ["Jen"], "metadata": {"a": "b"},
        },
    )  # fmt: skip
    assert (boss.verification.status, boss.relationship.percent_ownership) == ("verified", 25.5)
    assert boss.requirements.eventually_due == ["nationality", "verification.document"]
    assert [p.id for p in persons.list(opened.id, {"relationship": {"owner": True}}).data] == []
    changed = persons.update(opened.id, boss.id, {"nationality": "DE", "metadata": {"a": ""}})
    assert (changed.nationality, changed.metadata.to_dict()) == ("DE", {})
    assert persons.retrieve(opened.id, boss.id).address.city == "Berlin"
    director = persons.create(opened.id, {"relationship": {"director": True}})
    assert (
        f"{director.id}.first_name"
        in our.v1.accounts.retrieve(opened.id).requirements.currently_due
    )
    assert persons.delete(opened.id, director.id).deleted
    rejected = our.v1.accounts.reject(opened.id, {"reason": "fraud"})
    assert rejected.requirements.disabled_reason == "rejected.fraud"
    again = our.raw.raw_request("post", f"/v1/accounts/{opened.id}/unreject")
    assert "rejected" not in str(again.data)


def links(our: Caller) -> None:
    wanted = {
        "account": our.seller, "type": "account_onboarding",
        "return_url": "https://example.com/done", "refresh_url": "https://example.com/again",
    }  # fmt: skip
    link = our.v1.account_links.create(wanted)
    assert link.url.startswith(our.server.base_url)
    assert link.expires_at - link.created == 300
    assert our.v1.accounts.login_links.create(our.seller).url.startswith(our.server.base_url)
    session = our.v1.account_sessions.create(
        {"account": our.seller, "components": {"payouts": {"enabled": True}}}
    )
    assert session.components.payouts.enabled is True


def payouts(our: Caller) -> None:
    bank = {
        "object": "bank_account", "country": "US", "currency": "usd",
        "routing_number": "110000000", "account_number": "000123456789",
    }  # fmt: skip
    paid_to = our.v1.accounts.external_accounts
    first = paid_to.create(our.seller, {"external_account": bank})
    card = paid_to.create(our.seller, {"external_account": "tok_visa_debit"})
    assert (first.default_for_currency, card.default_for_currency) == (True, False)
    assert [a.id for a in paid_to.list(our.seller, {"object": "card"}).data] == [card.id]
    changed = paid_to.update(our.seller, first.id, {"account_holder_name": "Corner Shop"})
    assert (changed.account_holder_name, changed.last4) == ("Corner Shop", "6789")
    assert paid_to.retrieve(our.seller, first.id).routing_number == "110000000"
    assert paid_to.delete(our.seller, card.id).deleted
    listed = our.v1.accounts.retrieve(our.seller).external_accounts
    assert [a.id for a in listed.data] == [first.id]

    theirs = {"stripe_account": our.seller}
    weekly = {"schedule": {"interval": "weekly", "weekly_payout_days": ["friday"]}}
    settings = our.v1.balance_settings.update(
        {"payments": {"payouts": weekly | {"minimum_balance_by_currency": {"usd": 1_000}}}}, theirs
    )
    assert settings.payments.payouts.schedule.weekly_payout_days == ["friday"]
    settings = our.v1.balance_settings.retrieve({}, theirs)
    assert settings.payments.payouts.minimum_balance_by_currency["usd"] == 1_000

    our.pay(payment_method="pm_card_bypassPending")
    our.v1.transfers.create({"amount": 5_000, "currency": "usd", "destination": our.seller})
    payout = our.v1.payouts.create(
        {"amount": 2_000, "currency": "usd", "metadata": {"a": "b"}, "expand": ["destination"]},
        theirs,
    )
    assert (payout.status, payout.destination.id) == ("pending", first.id)
    assert our.v1.payouts.update(payout.id, {"metadata": {"a": "c"}}, theirs).metadata["a"] == "c"
    assert our.v1.payouts.retrieve(payout.id, {}, theirs).amount == 2_000
    assert payout.id in [p.id for p in our.v1.payouts.list({"status": "pending"}, theirs).data]
    lines = our.v1.balance_transactions.list({"payout": payout.id}, theirs).data
    assert sum(line.amount for line in lines if line.type == "payout") == -2_000
    with pytest.raises(stripe.InvalidRequestError):
        our.v1.payouts.reverse(payout.id, {}, theirs)
    assert our.v1.payouts.cancel(payout.id, {}, theirs).status == "canceled"


def transfers(our: Caller) -> None:
    our.pay(payment_method="pm_card_bypassPending")
    made = our.v1.transfers.create({"amount": 2_000, "currency": "usd", "destination": our.seller})
    assert our.v1.transfers.update(made.id, {"description": "d"}).description == "d"
    back = our.v1.transfers.reversals.create(made.id, {"amount": 500})
    changed = our.v1.transfers.reversals.update(made.id, back.id, {"metadata": {"a": "b"}})
    assert changed.metadata["a"] == "b"
    assert our.v1.transfers.reversals.retrieve(made.id, back.id).amount == 500
    assert [r.id for r in our.v1.transfers.reversals.list(made.id).data] == [back.id]
    assert our.v1.transfers.retrieve(made.id).amount_reversed == 500
    assert made.id in [t.id for t in our.v1.transfers.list({"destination": our.seller}).data]


def application_fees(our: Caller) -> None:
    paid = our.pay(transfer_data={"destination": our.seller}, application_fee_amount=1_000)
    fee = our.v1.application_fees.list().data[0]
    assert fee.originating_transaction == paid.latest_charge
    assert [f.id for f in our.v1.application_fees.list({"charge": str(fee.charge)})] == [fee.id]
    back = our.v1.application_fees.refunds.create(fee.id, {"amount": 400})
    changed = our.v1.application_fees.refunds.update(fee.id, back.id, {"metadata": {"a": "b"}})
    assert changed.metadata["a"] == "b"
    assert our.v1.application_fees.refunds.retrieve(fee.id, back.id).amount == 400
    assert [r.id for r in our.v1.application_fees.refunds.list(fee.id).data] == [back.id]
    assert our.v1.application_fees.retrieve(fee.id).amount_refunded == 400


def balances(our: Caller) -> None:
    our.pay()
    assert our.v1.balance.retrieve().pending[0].currency == "usd"
    line = our.v1.balance_transactions.list({"type": "charge"}).data[0]
    assert our.v1.balance_transactions.retrieve(line.id).net == line.net
    other = our.v1.balance.retrieve(options={"stripe_account": our.seller})
    assert other.object == "balance"


def webhooks(our: Caller) -> None:
    made = our.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/", "enabled_events": ["customer.created"]}
    )
    assert str(made.secret).startswith("whsec_")
    assert our.v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert our.v1.webhook_endpoints.retrieve(made.id).url == "http://127.0.0.1:9/"
    assert made.id in [e.id for e in our.v1.webhook_endpoints.list().data]
    assert our.v1.webhook_endpoints.delete(made.id).deleted
    our.v1.customers.create({})
    event = our.v1.events.list({"types": ["customer.created"]}).data[0]
    assert our.v1.events.retrieve(event.id).type == "customer.created"
    our.raw.raw_request("post", f"/v1/events/{event.id}/retry")


def files(our: Caller) -> None:
    evidence = BytesIO(b"%PDF-1.7 " + bytes(2 * 1_048_576))
    evidence.name = "/home/ada/receipt.pdf"
    made = our.v1.files.create(
        {
            "purpose": "dispute_evidence", "file": evidence,
            "file_link_data": {"create": True, "metadata": {"a": "b"}},
        }
    )  # fmt: skip
    assert (made.filename, made.size) == ("receipt.pdf", 9 + 2 * 1_048_576)
    assert our.v1.files.retrieve(made.id).type == "pdf"
    assert our.v1.files.list({"purpose": "dispute_evidence"}).data[0].id == made.id
    link = our.v1.file_links.create({"file": made.id})
    changed = our.v1.file_links.update(link.id, {"metadata": {"a": "b"}, "expires_at": "now"})
    assert changed.expired
    shown = our.v1.file_links.retrieve(link.id, {"expand": ["file"]})
    assert isinstance(shown.file, stripe.File)
    assert len(our.v1.file_links.list({"file": made.id}).data) == 2
    (open_link,) = our.v1.file_links.list({"file": made.id, "expired": False}).data
    for url, headers in (
        (str(open_link.url), {}),
        (str(made.url), {"Authorization": f"Bearer {our.key}"}),
    ):
        got = requests.get(url, headers=headers, timeout=30)
        assert (got.status_code, got.content) == (200, evidence.getvalue())
    # The package has no method for the bytes themselves.
    our.transport.called.add(("GET", f"/v1/files/{made.id}/contents"))


def payers_applications(our: Caller) -> None:
    customer = our.v1.customers.create({})
    session = our.v1.customer_sessions.create(
        {"customer": customer.id, "components": {"payment_element": {"enabled": True}}}
    )
    assert session.client_secret.startswith("cuss_secret_")
    key = our.v1.ephemeral_keys.create({"customer": customer.id})
    theirs = our.with_key(str(key.secret))
    assert theirs.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data == []
    our.v1.ephemeral_keys.delete(key.id)
    with pytest.raises(stripe.AuthenticationError):
        theirs.v1.customers.retrieve(customer.id)


def payment_method_configurations(our: Caller) -> None:
    made = our.v1.payment_method_configurations.create(
        {"name": "Shop", "us_bank_account": {"display_preference": {"preference": "on"}}}
    )
    changed = our.v1.payment_method_configurations.update(made.id, {"active": False})
    assert not changed.active
    assert our.v1.payment_method_configurations.retrieve(made.id).name == "Shop"
    assert len(our.v1.payment_method_configurations.list().data) == 2


def registered_domains(our: Caller) -> None:
    domains = our.v1.payment_method_domains
    made = domains.create({"domain_name": "shop.example", "enabled": False})
    assert domains.update(made.id, {"enabled": True}).enabled
    assert domains.validate(made.id).apple_pay.status == "inactive"
    assert domains.retrieve(made.id).domain_name == "shop.example"
    assert domains.list({"domain_name": "shop.example"}).data[0].id == made.id
    older = our.v1.apple_pay_domains.create({"domain_name": "shop.example"})
    assert our.v1.apple_pay_domains.list().data[0].id == older.id
    assert our.v1.apple_pay_domains.retrieve(older.id).domain_name == "shop.example"
    assert our.v1.apple_pay_domains.delete(older.id).deleted


def what_rialto_does_not_have(our: Caller) -> None:
    assert our.v1.products.list({"active": True}).data == []
    assert list(our.v1.invoices.list().auto_paging_iter()) == []
    for path in (route for route, does in ROUTES.items() if "list" in does and "{" not in route):
        our.raw.raw_request("get", f"/v1/{path}")


CHAPTERS = [
    files, payers_applications, payment_method_configurations, registered_domains,
    what_rialto_does_not_have,
    payment_methods_and_customers, payments, charges, customers_own_things, setups,
    refunds, disputes, accounts, people, links, payouts, transfers, application_fees,
    balances, webhooks,
]  # fmt: skip

# Actions that cannot succeed yet, and why.
_NO_CASH = "no rail takes bank transfers"
_NO_SOURCES = "no bank account is verified by small payments"
_OF_CUSTOMER = "/v1/customers/<str:customer_id>"
_OF_INTENT = "/v1/payment_intents/<str:intent_id>"
NEVER_SUCCEEDS = {
    ("GET", f"{_OF_CUSTOMER}/cash_balance"): _NO_CASH,
    ("POST", f"{_OF_CUSTOMER}/cash_balance"): _NO_CASH,
    ("GET", f"{_OF_CUSTOMER}/cash_balance_transactions/<str:row_id>"): _NO_CASH,
    ("POST", f"{_OF_CUSTOMER}/funding_instructions"): _NO_CASH,
    ("POST", "/v1/test_helpers/customers/<str:customer_id>/fund_cash_balance"): _NO_CASH,
    ("POST", f"{_OF_INTENT}/apply_customer_balance"): _NO_CASH,
    ("DELETE", f"{_OF_CUSTOMER}/discount"): "there are no coupons",
    ("POST", f"{_OF_CUSTOMER}/sources/<str:row_id>/verify"): _NO_SOURCES,
    ("POST", f"{_OF_CUSTOMER}/tax_ids"): "there are no invoices",
    ("GET", f"{_OF_CUSTOMER}/tax_ids/<str:row_id>"): "there are no invoices",
    ("DELETE", f"{_OF_CUSTOMER}/tax_ids/<str:row_id>"): "there are no invoices",
    ("POST", "/v1/payouts/<str:payout_id>/reverse"): "no bank lets itself be debited for it",
    ("POST", f"{_OF_INTENT}/increment_authorization"): "no rail authorises more later",
    ("POST", f"{_OF_INTENT}/verify_microdeposits"): "no method is verified by micro-deposits",
    (
        "POST",
        "/v1/setup_intents/<str:intent_id>/verify_microdeposits",
    ): "no method is verified by micro-deposits",
    ("POST", "/v1/test_helpers/refunds/<str:refund_id>/expire"): "no refund waits for the payer",
}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.__name__)
def test_the_package_can_do_it(caller, chapter):
    caller.transport.faults.clear()

    chapter(caller)

    assert caller.transport.faults == []


def test_no_action_is_left_out(rialto_server):
    our = Caller(rialto_server)
    for chapter in CHAPTERS:
        chapter(our)

    offered = {
        (method, f"/v1/{route}")
        for route, view in routes()
        for method in METHODS
        if hasattr(view, method.lower()) and view is not AbsentView
    }
    assert {
        f"{method} {route}"
        for method, route in offered - NEVER_SUCCEEDS.keys()
        if not our.transport.has_called(method, route)
    } == set()
