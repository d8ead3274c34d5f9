"""Every action of every endpoint, called over HTTP with the official package."""

from io import BytesIO
from typing import Any

import pytest
import requests
import stripe

from api.absent.routes import ROUTES
from api.absent.views import AbsentView
from payments.disputes.services.disputes import fetch
from tests.acceptance import telling
from tests.acceptance.caller import CARD, Caller
from tests.acceptance.checkouts import checkouts, payment_links
from tests.acceptance.ours import money_that_comes_too_late, webhooks
from tests.acceptance.selling import (
    accounts,
    application_fees,
    balances,
    links,
    payouts,
    people,
    transfers,
)
from tests.acceptance.shop import catalog, rates_and_discounts
from tests.factories import now
from tests.tenancy.asking import METHODS, routes

pytestmark = pytest.mark.slow


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


def remove_in_a_form(our: Caller) -> None:
    """Let the payer remove a saved card in a form of the browser library."""
    customer = our.v1.customers.create()
    method = our.v1.payment_methods.create(
        {"type": "card", "card": {"token": "tok_visa"}, "allow_redisplay": "always"}
    )
    our.v1.payment_methods.attach(method.id, {"customer": customer.id})
    features = {"payment_method_redisplay": "enabled", "payment_method_remove": "enabled"}
    element = {"payment_element": {"enabled": True, "features": features}}
    session = our.v1.customer_sessions.create({"customer": customer.id, "components": element})
    our.raw.raw_request(
        "post",
        f"/v1/elements/payment_methods/{method.id}/detach",
        customer_session_client_secret=session.client_secret,
    )


def charges(our: Caller) -> None:
    token = our.v1.tokens.create({"card": CARD})
    assert not our.v1.tokens.retrieve(token.id).used
    wanted = {"amount": 2_000, "currency": "usd", "source": token.id, "capture": False}
    held = our.v1.charges.create({**wanted, "metadata": {"order": our.key[-6:]}})
    assert (held.captured, held.payment_intent) == (False, None)
    assert our.v1.charges.capture(held.id, {"amount": 1_500}).amount_captured == 1_500
    (found,) = our.v1.charges.search({"query": f"metadata['order']:'{our.key[-6:]}'"}).data
    assert found.id == held.id
    token = our.v1.test_helpers.confirmation_tokens.create(
        {"payment_method": "pm_card_visa", "return_url": "https://shop.example/"}
    )
    assert our.v1.confirmation_tokens.retrieve(token.id).payment_intent is None
    our.raw.raw_request("post", "/v1/confirmation_tokens", payment_method="pm_card_visa")
    our.raw.raw_request("get", "/v1/elements/sessions", mode="setup")
    remove_in_a_form(our)
    paid = our.v1.payment_intents.create(
        {"amount": 700, "currency": "usd", "confirm": True, "confirmation_token": token.id}
    )
    assert our.v1.confirmation_tokens.retrieve(token.id).payment_intent == paid.id
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
    older = our.v1.sources.create({"type": "card", "token": "tok_visa"})
    our.v1.sources.update(older.id, {"owner": {"name": "Ada"}})
    assert our.v1.sources.retrieve(older.id).owner.name == "Ada"
    assert our.v1.sources.transactions.list(older.id).data == []
    with pytest.raises(stripe.InvalidRequestError):
        our.v1.sources.verify(older.id, {"values": ["1"]})
    bank = sources.create(made.id, {"source": "btok_us"})
    assert sources.verify(made.id, bank.id, {"amounts": [32, 45]}).status == "verified"
    our.raw.raw_request("get", f"/v1/customers/{made.id}/subscriptions")
    number = our.v1.customers.tax_ids.create(made.id, {"type": "eu_vat", "value": "DE123456789"})
    assert our.v1.customers.tax_ids.retrieve(made.id, number.id).country == "DE"
    assert [one.id for one in our.v1.customers.tax_ids.list(made.id).data] == [number.id]
    assert our.v1.customers.tax_ids.delete(made.id, number.id).deleted
    own = our.v1.tax_ids.create({"type": "us_ein", "value": "12-3456789"})
    assert our.v1.tax_ids.retrieve(own.id).owner.type == "self"
    assert [one.id for one in our.v1.tax_ids.list().data] == [own.id]
    assert our.v1.tax_ids.delete(own.id).deleted
    assert our.v1.customers.cash_balance_transactions.list(made.id).data == []
    for refused in (
        lambda: our.v1.customers.cash_balance.retrieve(made.id),
        lambda: our.v1.customers.delete_discount(made.id),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            refused()


def setups(our: Caller) -> None:
    customer = our.v1.customers.create({})
    acceptance = {"type": "online", "online": {"ip_address": "203.0.113.7", "user_agent": "Test"}}
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
            "confirm": True,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "return_url": "https://shop.example/",
            "usage": "on_session",
            "single_use": {"amount": 500, "currency": "usd"},
        }
    )
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


def files(our: Caller) -> None:
    evidence = BytesIO(b"%PDF-1.7 " + bytes(2 * 1_048_576))
    evidence.name = "/home/ada/receipt.pdf"
    made = our.v1.files.create(
        {
            "purpose": "dispute_evidence",
            "file": evidence,
            "file_link_data": {"create": True, "metadata": {"a": "b"}},
        }
    )
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
    assert our.v1.plans.list({"active": True}).data == []
    assert list(our.v1.invoices.list().auto_paging_iter()) == []
    for path in (route for route, does in ROUTES.items() if "list" in does and "{" not in route):
        our.raw.raw_request("get", f"/v1/{path}")


CHAPTERS = [
    files, payers_applications, payment_method_configurations, registered_domains,
    what_rialto_does_not_have,
    payment_methods_and_customers, payments, charges, customers_own_things, setups,
    refunds, money_that_comes_too_late, disputes, accounts, people, links, payouts, transfers,
    application_fees, balances, webhooks, catalog, rates_and_discounts, checkouts, payment_links,
]  # fmt: skip

# Actions that cannot succeed yet, and why.
_NO_FEATURES = "nobody keeps what buyers may do"
_NO_CASH = "no rail takes bank transfers"
_OF_CUSTOMER = "/v1/customers/<str:customer_id>"
_OF_INTENT = "/v1/payment_intents/<str:intent_id>"
NEVER_SUCCEEDS = {
    ("GET", f"{_OF_CUSTOMER}/cash_balance"): _NO_CASH,
    ("POST", f"{_OF_CUSTOMER}/cash_balance"): _NO_CASH,
    ("GET", f"{_OF_CUSTOMER}/cash_balance_transactions/<str:row_id>"): _NO_CASH,
    ("POST", f"{_OF_CUSTOMER}/funding_instructions"): _NO_CASH,
    ("POST", "/v1/test_helpers/customers/<str:customer_id>/fund_cash_balance"): _NO_CASH,
    ("POST", f"{_OF_INTENT}/apply_customer_balance"): _NO_CASH,
    ("POST", "/v1/products/<str:product_id>/features"): _NO_FEATURES,
    ("GET", "/v1/products/<str:product_id>/features/<str:id>"): _NO_FEATURES,
    ("DELETE", "/v1/products/<str:product_id>/features/<str:id>"): _NO_FEATURES,
    ("DELETE", f"{_OF_CUSTOMER}/discount"): "there are no coupons",
    ("POST", "/v1/sources/<str:source_id>/verify"): "cards are chargeable as they are",
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


@pytest.fixture(scope="module")
def all_called(rialto_server):
    """A platform that has called everything, and what changed of what the wire shows meanwhile."""
    our = Caller(rialto_server)
    with rialto_server.using_its_database():
        telling.watch()
    for chapter in CHAPTERS:
        chapter(our)
    with rialto_server.using_its_database():
        return our, telling.changes()


def test_no_action_is_left_out(all_called):
    our, _ = all_called

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


def test_no_change_of_what_the_wire_shows_tells_nobody(all_called):
    _, changes = all_called

    assert len(changes) > 100
    assert telling.untold(changes) == {}, telling.untold(changes)


def test_moves_are_told_by_the_types_that_the_table_names(all_called):
    _, changes = all_called

    moves = [(change, *move) for change in changes if (move := telling.move_of(change))]

    assert len({(machine.name, old, new) for _, machine, old, new in moves}) > 15
    assert [
        f"{machine.name}: {old} → {new}, told by {sorted(change.told_by)}"
        for change, machine, old, new in moves
        if not telling.is_told(change, machine, old, new)
    ] == []


def test_thin_events_lead_to_their_objects(all_called):
    our, _ = all_called
    events = our.raw.v2.core.events.list({"limit": 100}).auto_paging_iter()
    newest: dict[str, Any] = {}
    gone: set[str] = set()
    for event in events:
        newest.setdefault(event.type, event.to_dict().get("related_object"))
        if ".deleted" in event.type:
            gone.add(event.related_object.id)

    lost = []
    for type, about in newest.items():
        if about and about.get("id") not in gone:
            try:
                our.raw.raw_request("get", about["url"])
            except stripe.InvalidRequestError as error:
                lost.append(f"{type}: {error}")

    assert len(newest) > 50
    assert lost == []
