"""Accounts at processors in the console: added, checked, changed and switched."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from core.admin import page_of
from processors import registry
from processors.accounts import changes, sealing
from processors.models import ProcessorAccount
from processors.router import choosing
from processors.routing.facts import PaymentFacts
from tests.factories import an_operator, now

pytestmark = pytest.mark.django_db
LIST = "/admin/processors/processoraccount/"
NEW = f"{LIST}add/?kind=stripe"
FORM = {
    "do": "add_account",
    "kind": "stripe",
    "name": "stripe-eu",
    "title": "Stripe Europe",
    "credential_secret_key": "sk_test_51secret",
    "notice_secret": "whsec_secret",
    "base_url": "http://127.0.0.1:9",
    "currencies": "eur, GBP",
    "methods": "card",
    "reason": "We open in Europe",
    "fee_method": ["card", "card", ""],
    "fee_card_country": ["", "US", ""],
    "fee_currency": ["EUR", "eur", ""],
    "fee_bps": ["1.40", "2,9 %", ""],
    "fee_fixed_amount": ["0.25", "", ""],
}


@pytest.fixture
def account():
    return changes.add(
        name="stripe-eu",
        kind="stripe",
        livemode=False,
        credentials={"secret_key": "sk_test_51kept"},
        notice_secret="whsec_kept",
        at=now(),
    )


def page(name="stripe-eu"):
    return page_of("processors_processoraccount", name)


def text_of(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def press(client, do, address=None, **form):
    return client.post(address or page(), {"do": do, "reason": "They asked"} | form, follow=True)


def test_an_account_is_added_with_what_the_rail_asks_for_and_never_shows_it(operator):
    chosen = text_of(operator.get(f"{LIST}add/"))
    asked = text_of(operator.get(NEW))
    answer = operator.post(NEW, FORM, follow=True)

    assert "Stripe" in chosen
    assert "Secret key" in asked
    row = ProcessorAccount.objects.get(name="stripe-eu")
    assert (row.title, row.livemode, row.currencies) == ("Stripe Europe", False, ["eur", "gbp"])
    assert sealing.open_credentials(row.name, row.sealed_credentials) == {
        "secret_key": "sk_test_51secret"
    }
    assert row.fee_model[0] == {
        "method": "card",
        "card_country": "",
        "currency": "eur",
        "bps": 140,
        "scheme_bps": 0,
        "fixed_amount": 25,
        "declined_amount": 0,
    }
    shown = text_of(answer)
    assert "card in EUR: 1.40 % + 0.25 EUR" in shown
    assert "card with cards of US in EUR: 2.90 %" in shown
    # What was just given is tried at once; nobody answers there.
    assert "What is to be mended is told below" in shown
    assert [line[0] for line in row.check_lines if line[2] is False] == ["connection"]
    for address in (page(), f"{LIST}stripe-eu/secrets/", LIST):
        shown = operator.get(address).content.decode()
        assert "51secret" not in shown
        assert "whsec_secret" not in shown
    told = AuditEvent.objects.get(action="processor_account.created")
    assert told.reason == "We open in Europe"
    assert "51secret" not in str(told.changes)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "Stripe!"}, "A name is up to 40 small letters"),
        ({"credential_secret_key": ""}, "Secret key is missing"),
        ({"currencies": "EURO"}, "There is no currency euro"),
        ({"fee_bps": ["a lot"]}, "line 1: a lot is no percentage"),
        ({"fee_currency": [""]}, "line 1: a fixed amount needs a currency"),
        (
            {"limit_currency": ["EUR"], "limit_least_amount": ["a lot"], "limit_most_amount": [""]},
            "Between which amounts, line 1: “a lot” is no amount",
        ),
        ({"reason": ""}, "Say why"),
        ({"credential_secret_key": "sk_test_51secret" + "x" * 4_000}, "4,000 characters at most"),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed_but_no_secret(operator, wrong, words):
    shown = operator.post(NEW, FORM | wrong).content.decode()

    assert words in unescape(shown)
    assert "Stripe Europe" in shown
    assert "51secret" not in shown
    assert not ProcessorAccount.objects.filter(kind="stripe").exists()


def test_the_page_says_in_words_what_the_account_does(operator, account):
    shown = text_of(operator.get(page()))

    for words in (
        "It takes new test payments.",
        "Nothing was asked of it so far.",
        "It was not checked yet.",
        "Secret key kept, encrypted",
        "/inbound/stripe-eu/",
        "all that Stripe takes here",
        "nobody said",
    ):
        assert words in shown, words
    assert "stripe-eu" in text_of(operator.get(LIST))


def takes(method) -> str:
    facts = PaymentFacts(
        id="pi_1", livemode=False, method=method, currency="thb", amount=10_00, account="acct_1"
    )
    return choosing.choose(facts, at=now()).account


def test_it_is_switched_with_a_reason_and_told_in_the_trail(operator, account):
    press(operator, "make_first")
    assert takes("card") == "stripe-eu"
    drained = text_of(press(operator, "drain_account", reason="Too dear"))
    assert "It takes no new test payments." in drained
    assert takes("promptpay") == "simulator"
    assert "Nothing is asked of it" in text_of(press(operator, "disable_account"))
    assert "is disabled already" in text_of(press(operator, "disable_account"))
    press(operator, "enable_account")

    account.refresh_from_db()
    assert account.status == "enabled"
    told = AuditEvent.objects.filter(target_id="stripe-eu").order_by("id")
    assert [one.action.partition(".")[2] for one in told] == [
        "created",
        "changed",
        "draining",
        "disabled",
        "enabled",
    ]
    assert told[2].reason == "Too dear"


def test_what_is_left_empty_stays_and_the_old_secret_counts_a_while(operator, account):
    changes.change(name="stripe-eu", base_url="http://127.0.0.1:9", at=now())
    secrets = f"{LIST}stripe-eu/secrets/"
    empty = text_of(press(operator, "replace", secrets))
    replaced = press(operator, "replace", secrets, credential_secret_key="sk_test_51new")
    assert "What is to be mended is told below" in text_of(replaced)
    press(operator, "roll", secrets, notice_secret="whsec_new", overlap="24")

    assert "what is left empty stays as it is" in empty
    rail = registry.listed("stripe-eu").rail
    assert rail.credentials["secret_key"] == "sk_test_51new"
    assert rail.notice_secrets == ("whsec_kept", "whsec_new")
    assert "also the one before" in text_of(operator.get(page()))


def test_details_are_changed_and_shown_as_they_were_typed(operator, account):
    typed = {name: value for name, value in FORM.items() if name.startswith("fee_")}
    shown = press(operator, "change_account", title="", currencies="EUR", **typed)
    assert "Say what people call it" in text_of(shown)

    limits = {
        "limit_currency": ["EUR", "jpy"],
        "limit_least_amount": ["1,00", ""],
        "limit_most_amount": ["2,000.00", "50000"],
    }
    press(operator, "change_account", title="Ours", currencies="EUR", **typed, **limits)

    account.refresh_from_db()
    assert (account.title, account.currencies, len(account.fee_model)) == ("Ours", ["eur"], 2)
    form = operator.get(page()).content.decode()
    assert 'value="1.40"' in form
    assert 'value="0.25 EUR"' in form
    assert account.amount_limits == [
        {"currency": "eur", "least_amount": 1_00, "most_amount": 2_000_00},
        {"currency": "jpy", "most_amount": 50_000},
    ]
    assert 'value="2,000.00 EUR"' in form
    assert "1.00 EUR to 2,000.00 EUR; up to 50,000 JPY" in text_of(operator.get(page()))


def test_a_check_keeps_what_was_found(operator, account):
    changes.change(name="stripe-eu", base_url="http://127.0.0.1:9", at=now())

    shown = text_of(press(operator, "check_account"))

    assert "What is to be mended is told below" in shown
    assert "None has come yet" in shown
    account.refresh_from_db()
    assert account.checked_at is not None
    assert account.check_lines[0][::2] == ["connection", False]


def test_of_the_other_mode_it_is_missing_with_an_offer_to_switch(operator):
    answer = operator.get(page("bankfile"))

    assert answer.status_code == 404
    assert b"bankfile" in answer.content


@pytest.mark.parametrize(
    ("role", "may_switch", "may_change"),
    [("admin", True, True), ("operator", True, False), ("finance", False, False)],
)
def test_who_may_not_is_shown_no_button_and_refused(account, role, may_switch, may_change):
    client = Client()
    client.force_login(an_operator(f"{role}@example.com", role=role))

    shown = client.get(page()).content.decode()

    assert ('value="drain_account"' in shown) == may_switch
    assert ('value="change_account"' in shown) == may_change
    assert (press(client, "drain_account").status_code == 200) == may_switch
    assert (client.get(f"{LIST}stripe-eu/secrets/").status_code == 200) == may_change
    assert (client.get(NEW).status_code == 200) == may_change


def test_the_list_asks_as_much_of_two_rows_as_of_twelve(operator, account):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            operator.get(LIST)
        return len(seen)

    queries()
    few = queries()
    for number in range(10):
        changes.add(name=f"sim-{number}", kind="simulator", livemode=False, at=now())

    assert queries() == few
