"""Accounts at processors: rows with encrypted credentials, known to every process."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import F
from django.test import Client

from accounts.models import AuditEvent, ConfigurationVersion
from core.database import configuration
from core.errors import InvalidRequest
from payments.models import Charge
from processors import gateway, registry
from processors.accounts import changes, live_payments, sealing, shown, snapshot
from processors.models import ProcessorAccount
from processors.protocols.base import Action, Inquiry
from processors.router import choosing
from processors.states import AccountStatus
from tests.books import assert_books_balance
from tests.factories import a_key, a_paid_intent, a_platform, now
from tests.processors.routing_facts import a_payment

pytestmark = pytest.mark.django_db

KEY = {"secret_key": "sk_test_51abc"}


def choose(**payment):
    return choosing.choose(a_payment(**payment), at=now()).account


def an_account(name="stripe-eu", **more):
    wanted = {"kind": "stripe", "livemode": False, "credentials": KEY, "at": now()} | more
    return changes.add(name=name, **wanted)


def test_a_new_installation_has_the_simulated_processor_and_the_bank():
    rows = ProcessorAccount.objects.order_by("name").values_list("name", "livemode", "is_default")

    assert list(rows) == [("bankfile", True, False), ("simulator", False, True)]
    assert choose() == "simulator"


def test_credentials_are_kept_encrypted_for_their_row_alone():
    row = an_account(notice_secret="whsec_1")
    row.refresh_from_db()

    assert b"sk_test" not in bytes(row.sealed_credentials)
    assert b"whsec" not in bytes(row.sealed_notice_secrets)
    assert sealing.open_credentials(row.name, row.sealed_credentials) == KEY
    with pytest.raises(InvalidTag):
        sealing.open_credentials("another", row.sealed_credentials)
    (told,) = AuditEvent.objects.filter(action="processor_account.created")
    assert "sk_test" not in str(told.changes)
    assert "sk_test" not in repr(registry.listed(row.name))


def test_what_browsers_see_of_an_account_is_shown_and_its_secrets_are_not():
    an_account(credentials=KEY | {"publishable_key": "pk_test_51abc"})

    told = shown.account("stripe-eu")
    assert told["credentials"] == {"publishable_key": "pk_test_51abc", "library_url": ""}
    assert "sk_test" not in str(told)
    changes.change(
        name="stripe-eu", credentials={"library_url": "https://a.example/s.js"}, at=now()
    )
    (seen,) = AuditEvent.objects.filter(action="processor_account.changed")
    # Whoever changes what runs where cards are typed is seen, and to what.
    assert seen.changes["library_url"] == [None, "https://a.example/s.js"]
    assert "sk_test" not in str(seen.changes)


def test_an_account_is_known_at_once_and_takes_payments_when_it_is_first():
    an_account()
    before = registry.find("stripe-eu")

    assert registry.find("stripe-eu") is before
    assert choose() == "simulator"
    changes.make_default(name="stripe-eu", at=now())
    assert choose() == "stripe-eu"
    changes.change(name="stripe-eu", credentials={"secret_key": "sk_test_new"}, at=now())
    assert registry.find("stripe-eu") is not before


def test_a_live_payment_finds_a_live_account_and_never_a_test_one():
    an_account()
    live_payments.switch(is_on=True, reason="A test.", at=now())
    with pytest.raises(registry.NoRail, match="rialto processors add"):
        choose(livemode=True)

    an_account("stripe-live", livemode=True, currencies=["eur"])

    assert choose(livemode=True, currency="eur") == "stripe-live"
    with pytest.raises(registry.NoRail, match="does not take USD"):
        choose(livemode=True)
    assert registry.methods(livemode=True) == {"card", "sepa_debit", "us_bank_account"}


def test_draining_takes_no_new_payments_and_goes_on_with_its_own():
    platform = a_platform()
    intent = a_paid_intent(platform)

    changes.set_status(name="simulator", status=AccountStatus.DRAINING, reason="Moving.", at=now())

    with pytest.raises(InvalidRequest, match="No processor takes test payments"):
        a_paid_intent(platform)
    charge = Charge.objects.get(id=intent.latest_charge_id)
    found = gateway.find("simulator", Inquiry(Action.CHARGE, charge.id, charge.id))
    assert found is not None
    assert found.status == "succeeded"
    assert_books_balance()


def test_a_disabled_account_is_not_asked_and_nothing_fails():
    changes.set_status(name="simulator", status=AccountStatus.DISABLED, reason="Off.", at=now())

    found = gateway.find("simulator", Inquiry(Action.CHARGE, "ch_1", "ch_1"))

    assert found is not None
    assert (found.status, found.reason) == ("unknown", "no_answer")
    assert not ProcessorAccount.objects.get(name="simulator").is_default


def test_a_payment_learns_the_version_with_its_key_and_asks_for_nothing_more(
    django_assert_num_queries,
):
    headers = {"Authorization": f"Bearer {a_key(a_platform())}"}
    Client().get("/v1/customers", headers=headers)
    held = snapshot.current()
    an_account()
    # As in another process, which has not heard of the change.
    configuration.hear(held.version)
    assert "stripe-eu" not in snapshot.current().accounts

    Client().get("/v1/customers", headers=headers)

    with django_assert_num_queries(5):
        assert snapshot.current().accounts["stripe-eu"].title == "Stripe"
    with django_assert_num_queries(0):
        snapshot.current()


def test_who_has_no_key_asks_for_the_version_when_the_last_answer_is_old(
    settings, django_assert_num_queries
):
    snapshot.load()
    with django_assert_num_queries(0):
        snapshot.current()
    settings.CONFIGURATION_SECONDS = 0

    with django_assert_num_queries(1):
        snapshot.current()
    ConfigurationVersion.objects.update(version=0)
    with django_assert_num_queries(6):
        snapshot.current()


def test_a_change_that_was_undone_is_forgotten(settings):
    settings.CONFIGURATION_SECONDS = 0
    with transaction.atomic():
        ProcessorAccount.objects.create(
            name="gone", kind="simulator", livemode=False, created_at=now(), changed_at=now()
        )
        ConfigurationVersion.bump()
        assert "gone" in snapshot.current().accounts
        transaction.set_rollback(True)

    assert "gone" not in snapshot.current().accounts


def test_the_secret_that_was_replaced_counts_a_while_longer():
    an_account(notice_secret="whsec_1")
    at = now()

    changes.roll_notice_secret(
        name="stripe-eu", secret="whsec_2", at=at, overlap=timedelta(hours=1)
    )

    assert registry.listed("stripe-eu").rail.notice_secrets == ("whsec_1", "whsec_2")
    row = ProcessorAccount.objects.get(name="stripe-eu")
    later = snapshot.view(row, at=at + timedelta(hours=2))
    assert later.notice_secrets == ("whsec_2",)
    with pytest.raises(InvalidRequest, match="not the one in use"):
        changes.roll_notice_secret(name="stripe-eu", secret="whsec_2", at=at)


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"name": "Stripe EU"}, "name"),
        ({"name": "simulator"}, "name"),
        ({"kind": "nobody"}, "kind"),
        ({"kind": "simulator", "credentials": {}, "livemode": True}, "livemode"),
        ({"credentials": {}}, "credentials[secret_key]"),
        ({"credentials": KEY | {"other": "1"}}, "credentials[other]"),
        ({"credentials": {"secret_key": "sk test"}}, "credentials[secret_key]"),
        ({"credentials": KEY | {"publishable_key": "sk_test_1"}}, "credentials[publishable_key]"),
        ({"credentials": KEY | {"publishable_key": "pk_live_1"}}, "credentials[publishable_key]"),
        ({"credentials": KEY | {"library_url": "http://a.example/"}}, "credentials[library_url]"),
        (
            {"credentials": KEY | {"library_url": "https://a/';"}},
            "credentials[library_url]",
        ),
        ({"base_url": "http://stripe.example"}, "base_url"),
        ({"currencies": ["xyz"]}, "currencies"),
        ({"methods": ["promptpay"]}, "methods"),
        ({"fee_model": [{"fixed_amount": 30}]}, "fee_model"),
        ({"amount_limits": [{"currency": "xyz", "least_amount": 1}]}, "amount_limits"),
        ({"amount_limits": [{"currency": "eur", "least_amount": 0}]}, "amount_limits"),
        ({"amount_limits": [{"currency": "eur"}, {"currency": "eur"}]}, "amount_limits"),
        (
            {"amount_limits": [{"currency": "eur", "least_amount": 2, "most_amount": 1}]},
            "amount_limits",
        ),
        ({"statement_descriptor": "*"}, "statement_descriptor"),
        ({"title": ""}, "title"),
    ],
)
def test_what_cannot_be_an_account_is_refused_and_not_kept(wrong, param):
    before = ProcessorAccount.objects.count()

    with pytest.raises(InvalidRequest) as refused:
        an_account(**{"name": "stripe-eu"} | wrong)

    assert refused.value.param == param
    assert ProcessorAccount.objects.count() == before


def test_the_application_never_renames_an_account_or_moves_it_to_another_mode():
    for column in ("name", "kind", "livemode"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            ProcessorAccount.objects.filter(name="bankfile").update(**{column: F(column)})
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcessorAccount.objects.filter(name="bankfile").update(is_default=True, status="draining")
