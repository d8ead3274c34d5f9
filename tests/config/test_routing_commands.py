"""What `rialto routing` says of rules, of payments, and of what other rules would have changed."""

import json

import pytest

from payments.models import Charge
from tests.config.launching import launched_on_the_tests_database
from tests.factories import a_paid_intent, a_platform
from tests.processors import accounts_there
from tests.processors.accounts_there import rule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def routing(tmp_path):
    home = launched_on_the_tests_database(tmp_path / "home")

    def run(*arguments: object) -> str:
        done = home.rialto_in_a_copy("routing", *map(str, arguments))
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    run.refused = lambda *arguments: home.rialto_in_a_copy("routing", *map(str, arguments))
    return run


def written(path, *rules):
    path.write_text(json.dumps({"rules": list(rules)}))
    return path


def test_rules_are_shown_checked_published_and_brought_back(routing, tmp_path):
    accounts_there.add("second", fee_model=[{"bps": 100}])
    all_there = written(tmp_path / "all.json", rule("all", "single", "second"))
    large = {"field": "amount", "operator": "at_least", "values": ["100"]}
    unreached = written(
        tmp_path / "wrong.json",
        rule("all", "single", "nobody"),
        rule("large", "single", "second", conditions=[large]),
    )

    assert "No rules are published" in routing("show")
    assert json.loads(routing("show", "--json")) == {"rules": []}
    told = routing("check", "--rules", all_there)
    assert "1. all: For every payment, use second." in told
    assert "They can be published." in told
    wrong = routing.refused("check", "--rules", unreached)
    assert wrong.returncode != 0
    assert "nobody" in wrong.stderr + wrong.stdout
    assert "Version 1 counts" in routing("publish", "--rules", all_there, "--reason", "Cheaper.")
    none = written(tmp_path / "none.json")
    assert "Version 2 counts" in routing("publish", "--rules", none, "--reason", "Back.")
    assert "Version 3 counts" in routing("publish", "--again", "1", "--reason", "On again.")
    shown = routing("show")
    assert "Version 3, published" in shown
    assert "On again." in shown
    assert "use second" in shown
    assert json.loads(routing("show", "--version", "2", "--json"))["rules"] == []


def test_a_payment_is_explained_and_other_rules_are_replayed(routing, tmp_path):
    accounts_there.add("second", fee_model=[{"bps": 100}])
    intent = a_paid_intent(a_platform())
    there = written(tmp_path / "there.json", rule("all", "single", "second"))

    words = "It went to simulator because no rule matched, and it is the first in the list."
    assert f"{intent.latest_charge_id}: {words}" in routing("explain", intent.id)
    assert words in routing("explain", intent.latest_charge_id)
    told = routing("replay", "--rules", there)
    assert "1 payment was looked at; 1 would have gone elsewhere." in told
    assert "1 from simulator to second" in told
    found = json.loads(routing("replay", "--rules", there, "--since", "1d", "--json"))
    assert found["moves"] == [{"from": "simulator", "to": "second", "payments": 1}]
    assert routing("replay", "--rules", there, "--live") == "There were no payments.\n"
    assert Charge.objects.get().processor == "simulator"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "--version", "7"), "There is no version 7."),
        (("explain", "pi_nobody"), "There is no attempt to charge pi_nobody."),
        (("check", "--rules", "nowhere.json"), "nowhere.json cannot be read"),
        (("replay", "--since", "soon"), "such as --since 30d"),
        (("publish", "--again", "7", "--reason", "x"), "No such version of rules"),
    ],
)
def test_what_cannot_be_done_is_explained_and_changes_nothing(routing, arguments, words):
    done = routing.refused(*arguments)

    assert done.returncode != 0
    assert words in done.stderr + done.stdout
