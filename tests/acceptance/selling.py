"""Every action of what platforms do with sellers, a chapter each."""

import pytest
import stripe

from tests.acceptance.caller import Caller


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
        "inactive",
        "requirements.fields_needed",
    )
    assert [one.id for one in may.list(opened.id).data] == ["transfers"]
    assert our.v1.country_specs.retrieve("TH").default_currency == "thb"
    assert our.v1.country_specs.list({"limit": 100}).data[0].id == "AD"
    assert our.v1.accounts.delete(opened.id).deleted
    assert our.v1.accounts.retrieve_current().id == our.account


def people(our: Caller) -> None:
    company = {"name": "Corner Shop", "tax_id": "000000000", "owners_provided": True}
    opened = our.v1.accounts.create(
        {
            "type": "custom",
            "country": "DE",
            "business_type": "company",
            "company": company,
            "capabilities": {"transfers": {"requested": True}},
        }
    )
    assert (opened.default_currency, opened.company.tax_id_provided) == ("eur", True)
    persons = our.v1.accounts.persons
    boss = persons.create(
        opened.id,
        {
            "first_name": "Jenny",
            "last_name": "Rosen",
            "email": "jenny@example.com",
            "dob": {"day": 1, "month": 1, "year": 1902},
            "phone": "0000000000",
            "address": {"city": "Berlin", "line1": "Weg 1", "postal_code": "10115"},
            "relationship": {"representative": True, "title": "CEO", "percent_ownership": 25.5},
            "full_name_aliases": ["Jen"],
            "metadata": {"a": "b"},
        },
    )
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
        "account": our.seller,
        "type": "account_onboarding",
        "return_url": "https://example.com/done",
        "refresh_url": "https://example.com/again",
    }
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
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
        "account_number": "000123456789",
    }
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
