"""Rule sets: read, checked, said in words, and replayed over payments that were made."""

from dataclasses import replace
from datetime import timedelta

import pytest

from processors.protocols.base import Capabilities
from processors.routing import parsing, pipeline, words
from processors.routing.drafts import checks, editing, replays
from processors.routing.drafts.replays import Replayed
from processors.routing.rates import Tally
from processors.routing.rules import RuleSet
from tests.processors.routing_facts import (
    NOON,
    a_payment,
    a_price,
    a_rule,
    an_account,
    published,
    when,
)

US, EU = an_account("us", prices=a_price(290, 30)), an_account("eu", prices=a_price(190, 10))
EURO = when("currency", "eur")


def test_rules_are_read_as_they_are_written():
    rules = RuleSet(
        7,
        (
            replace(
                a_rule(EURO, when("amount", "100", operator="at_least"), accounts=("eu",)),
                starts_at=NOON,
                is_strict=True,
            ),
            a_rule(kind="volume_split", accounts=("us", "eu"), shares=(70, 30), name="rest"),
        ),
        retries=1,
    )

    assert parsing.parse(parsing.render(rules), version=7) == rules


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "give it a name of at most 60"),
        ({"strategy": {"kind": "best"}}, "Rule 'a': its strategy is one of single"),
        ({"strategy": {"kind": "single", "accounts": ["us", "eu"]}}, "Choose one account"),
        (
            {"strategy": {"kind": "volume_split", "accounts": ["us", "eu"], "shares": [70, 20]}},
            "they make 90",
        ),
        ({"conditions": [{"field": "weather"}]}, "a condition compares with one of"),
        (
            {"conditions": [{"field": "weather", "operator": "is_one_of", "values": ["x"]}]},
            "There is no field 'weather'",
        ),
        (
            {"conditions": [{"field": "brand", "operator": "at_least", "values": ["1"]}]},
            "brand cannot be compared with at_least",
        ),
        (
            {"conditions": [{"field": "amount", "operator": "at_most", "values": ["1.50"]}]},
            "one whole number",
        ),
        ({"starts_at": "2026-12-01T00:00"}, "needs a time zone"),
    ],
)
def test_a_mistake_is_named_at_its_place(change, message):
    rule = {"name": "a", "strategy": {"kind": "priority", "accounts": ["us"]}} | change

    with pytest.raises(parsing.InvalidRules, match=message):
        parsing.parse({"rules": [rule]})


def test_codes_may_be_written_in_any_case():
    condition = {"field": "currency", "operator": "is_one_of", "values": ["EUR"]}
    country = {"field": "country", "operator": "is_one_of", "values": ["de"]}
    rule = {
        "name": "a",
        "conditions": [condition, country],
        "strategy": {"kind": "least_cost"},
    }

    conditions = parsing.parse({"rules": [rule]}).rules[0].conditions

    assert [one.values for one in conditions] == [("eur",), ("DE",)]


@pytest.mark.parametrize(
    ("earlier", "later", "is_unreachable"),
    [
        ((), (EURO,), True),
        ((EURO,), (EURO, when("brand", "visa")), True),
        ((when("currency", "eur", "chf"),), (EURO,), True),
        ((EURO,), (when("currency", "eur", "chf"),), False),
        ((when("currency", "usd", operator="is_none_of"),), (EURO,), True),
        ((EURO,), (when("brand", "visa"),), False),
    ],
)
def test_a_rule_that_is_never_reached_is_found(earlier, later, is_unreachable):
    rules = published(
        a_rule(*earlier, accounts=("us",), name="first"),
        a_rule(*later, accounts=("eu",), name="second"),
    )

    found = checks.problems(rules, (US, EU), at=NOON)

    assert [one for one in found if "'second' is never reached" in one] == (
        found if is_unreachable else []
    )
    assert bool(found) is is_unreachable


def test_unknown_accounts_lost_currencies_ended_rules_and_bare_amounts_are_found():
    in_euro = Capabilities(methods=frozenset({"card"}), currencies=frozenset({"eur"}))
    rules = published(
        replace(a_rule(accounts=("gone",), name="old"), ends_at=NOON - timedelta(days=1)),
        a_rule(when("amount", "5", operator="at_least"), accounts=("eu",), name="bare"),
    )

    found = checks.problems(
        rules,
        (an_account("eu", capabilities=in_euro),),
        currencies={(False, "eur"), (False, "usd"), (True, "eur")},
        at=NOON,
    )

    assert found == [
        "Rule 'old' names 'gone', and there is no such account.",
        "Rule 'old' has ended: remove it, or give it another end.",
        "Rule 'bare' compares an amount: add a condition that names its one currency.",
        "USD is in use, and no test account takes it.",
        "EUR is in use, and no live account takes it.",
    ]


def test_a_rule_of_the_other_mode_is_not_about_a_payment():
    live = an_account("live", livemode=True)
    rules = published(
        replace(a_rule(accounts=("live",), name="real"), is_strict=True),
        a_rule(accounts=("eu",), name="tried"),
    )

    trace = pipeline.decide(a_payment(), (US, EU), rules, at=NOON)

    assert (trace.rule, trace.order[0]) == ("tried", "eu")
    assert checks.problems(rules, (US, EU, live), at=NOON) == []


def test_a_draft_is_changed_rule_by_rule():
    first, second, third = (a_rule(accounts=("us",), name=name) for name in "abc")
    rules = published(first, second)

    longer = editing.put(rules, third)
    moved = editing.move(longer, "c", -2)

    def names(found):
        return [one.name for one in found.rules]

    assert names(longer) == ["a", "b", "c"]
    assert names(moved) == ["c", "a", "b"]
    assert names(editing.move(moved, "c", 1)) == ["a", "c", "b"]
    assert names(editing.move(moved, "c", -1)) == ["c", "a", "b"]
    assert names(editing.remove(moved, "a")) == ["c", "b"]
    assert names(editing.put(moved, replace(first, name="d"), instead_of="a")) == ["c", "d", "b"]


def test_rules_and_choices_read_as_sentences():
    split = a_rule(
        EURO,
        when("amount", "10050", operator="at_least"),
        kind="volume_split",
        accounts=("us", "eu"),
        shares=(70, 30),
        name="even",
    )
    cheap = a_rule(kind="least_cost", name="cheap")
    draining = an_account("old", capabilities=Capabilities(methods=frozenset()))

    trace = pipeline.decide(a_payment(), (US, EU, draining), published(cheap), at=NOON)

    assert words.rule(split) == (
        "When the currency is EUR and the amount is at least 100.50 EUR, send 70 % to us and "
        "30 % to eu."
    )
    assert words.rule(replace(a_rule(accounts=("us",)), is_strict=True)) == (
        "For every payment, use us; if none of them can, refuse it."
    )
    assert words.choice(trace, currency="usd") == (
        "It went to eu because rule 'cheap' of version 3 takes the cheapest, and it costs "
        "1.05 USD there and 1.75 USD at us; not to old: it does not take this payment method."
    )


def _past(count: int, accounts=(US, EU)) -> list[Replayed]:
    facts = [a_payment(f"pi_{n}", country="US" if n % 2 else "DE") for n in range(count)]
    return [
        Replayed(one, trace.order[0], trace, NOON, n % 10 > 0)
        for n, one in enumerate(facts)
        for trace in [pipeline.decide(one, accounts, RuleSet(), at=NOON)]
    ]


def test_the_same_rules_replayed_change_nothing():
    same = replays.replay(_past(500), RuleSet(), (US, EU), tallies={})

    assert (same.total, same.moves) == (500, {})
    assert same.cost_before == same.cost_after == {"usd": 500 * 175}
    assert (same.succeeded, same.ended) == (450, 500)
    assert same.estimate.interval == (0.9, 0.9)


def test_a_replay_says_what_would_have_moved_and_what_it_would_have_cost():
    rule = a_rule(when("country", "DE"), kind="single", accounts=("eu",))
    tallies = {("eu", "card"): Tally(80, 100)}

    draft = replays.replay(_past(500), published(rule), (US, EU), tallies=tallies)

    assert draft.moves == {("us", "eu"): 250}
    assert (draft.cost_before, draft.cost_after) == (
        {"usd": 500 * 175},
        {"usd": 250 * 175 + 250 * 105},
    )
    # Those that stay all succeeded; of the others eight of ten would.
    low, high = draft.estimate.interval
    assert low < (250 + 200) / 500 < high
    assert high - low == pytest.approx(2 * 1.96 * (250 * 0.16 * 1.01) ** 0.5 / 500)


def test_a_replay_claims_nothing_where_no_outcome_is_known():
    rule = a_rule(kind="single", accounts=("eu",))

    draft = replays.replay(_past(100), published(rule), (US, EU), tallies={})

    assert (draft.estimate.known, draft.estimate.unknown) == (0, 100)
    assert draft.estimate.interval is None


def test_where_nothing_was_kept_the_accounts_of_today_are_taken_for_those_of_then():
    rule = a_rule(kind="single", accounts=("eu",))
    past = [replace(one, trace=None) for one in _past(10)]

    draft = replays.replay(past, published(rule), (US, EU), tallies={})

    assert (draft.assumed, draft.moves) == (10, {("us", "eu"): 10})


def test_a_replay_sends_nothing_where_it_could_not_have_gone():
    barred = an_account("eu", capabilities=Capabilities(methods=frozenset()))
    rule = a_rule(kind="single", accounts=("eu",))

    draft = replays.replay(_past(10, (US, barred)), published(rule), (US, EU), tallies={})

    assert draft.moves == {}
