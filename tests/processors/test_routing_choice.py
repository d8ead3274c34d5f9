"""A payment's account: who can take it, and which of those the rules choose."""

from dataclasses import replace
from datetime import timedelta

import pytest

from processors.protocols.base import Capabilities
from processors.routing import pipeline
from processors.routing.facts import ChargeType, Standing
from processors.routing.rates import Tally
from processors.routing.rules import RuleSet
from processors.routing.traces import Trace
from tests.processors.routing_facts import (
    CARDS,
    NOON,
    a_payment,
    a_price,
    a_rule,
    an_account,
    published,
    when,
)

US, EU, UK = an_account("us"), an_account("eu"), an_account("uk")


def _choose(*rules, payment=None, accounts=(US, EU, UK), **more) -> Trace:
    return pipeline.decide(payment or a_payment(), accounts, published(*rules), at=NOON, **more)


@pytest.mark.parametrize(
    ("account", "payment", "reason"),
    [
        ({"livemode": True}, {}, "mode"),
        ({"standing": Standing.DRAINING}, {}, "standing"),
        ({"standing": Standing.DISABLED}, {}, "standing"),
        ({}, {"method": "sepa_debit"}, "method"),
        ({"capabilities": replace(CARDS, currencies=frozenset({"eur"}))}, {}, "currency"),
        ({"least_amount": {"usd": 5_001}}, {}, "amount"),
        ({"most_amount": {"usd": 4_999}}, {}, "amount"),
        (
            {"capabilities": replace(CARDS, captures_later=False)},
            {"is_captured": False},
            "capture",
        ),
        (
            {"capabilities": replace(CARDS, verifies=False)},
            {"is_verified": True, "currency": None},
            "verify",
        ),
        ({"charge_types": frozenset({"own"})}, {"charge_type": ChargeType.SPLIT}, "charge_type"),
        ({}, {"known_at": frozenset({"us"})}, "instrument"),
        ({}, {"tried": ("other",)}, "tried"),
    ],
)
def test_an_account_that_cannot_take_a_payment_is_left_out_with_its_reason(
    account, payment, reason
):
    accounts = (US, an_account("other", **account))

    trace = _choose(payment=a_payment(**payment), accounts=accounts)

    assert trace.rejected["other"] == reason
    assert "other" not in trace.order


def test_without_rules_accounts_are_taken_in_their_order():
    trace = pipeline.decide(a_payment(), (EU, US), RuleSet(), at=NOON)

    assert trace.order == ("eu", "us")
    assert trace.version == 0


def test_the_first_rule_that_matches_decides():
    european = a_rule(when("currency", "eur", "chf"), accounts=("eu",), name="european")
    large = a_rule(when("amount", "5000", operator="at_least"), accounts=("uk", "us"), name="large")

    in_euro = _choose(european, large, payment=a_payment(currency="eur"))
    in_dollars = _choose(european, large)
    small = _choose(european, large, payment=a_payment(amount=4_999))

    assert (in_euro.rule, in_euro.order) == ("european", ("eu", "us", "uk"))
    assert (in_dollars.rule, in_dollars.order) == ("large", ("uk", "us", "eu"))
    assert (small.rule, small.order) == ("", ("us", "eu", "uk"))


@pytest.mark.parametrize(
    ("condition", "payment", "holds"),
    [
        (when("method", "card"), {}, True),
        (when("brand", "amex", operator="is_none_of"), {}, True),
        (when("country", "US"), {"country": "DE"}, False),
        (when("account", "acct_1"), {}, True),
        (when("charge_type", "direct"), {"charge_type": ChargeType.DIRECT}, True),
        (when("payer", "absent"), {"is_off_session": True}, True),
        (when("payer", "present"), {"is_off_session": True}, False),
        (when("amount", "5000", operator="at_most"), {}, True),
        (when("metadata.shop", "berlin"), {"metadata": {"shop": "berlin"}}, True),
        (when("metadata.shop", "berlin", operator="is_none_of"), {}, True),
    ],
)
def test_conditions(condition, payment, holds):
    assert condition.problem() is None
    assert condition.holds(a_payment(**payment)) is holds


def test_a_rule_counts_between_its_dates():
    rule = replace(a_rule(accounts=("uk",)), starts_at=NOON, ends_at=NOON + timedelta(hours=1))

    def first_at(at):
        return pipeline.decide(a_payment(), (US, UK), published(rule), at=at).order[0]

    assert first_at(NOON - timedelta(seconds=1)) == "us"
    assert first_at(NOON) == "uk"
    assert first_at(NOON + timedelta(hours=1)) == "us"


def test_a_rule_whose_accounts_cannot_gives_way_to_the_others_unless_it_is_strict():
    rule = a_rule(accounts=("eu",))
    payment = a_payment(known_at=frozenset({"us", "uk"}))

    lenient, strict = (
        _choose(rule, payment=payment),
        _choose(replace(rule, is_strict=True), payment=payment),
    )

    assert (lenient.order, lenient.is_fallback) == (("us", "uk"), True)
    assert (strict.order, strict.barred) == ((), ("us", "uk"))


def test_a_split_of_70_and_30_holds_over_100_000_payments():
    rule = a_rule(kind="volume_split", accounts=("us", "eu"), shares=(70, 30))
    rules, accounts = published(rule), (US, EU)

    went_to_us = sum(
        pipeline.decide(a_payment(f"pi_{n}"), accounts, rules, at=NOON).order[0] == "us"
        for n in range(100_000)
    )

    assert 69_500 <= went_to_us <= 70_500


def test_a_split_draws_the_same_for_a_payment_and_shares_out_what_an_account_cannot_take():
    rule = a_rule(kind="volume_split", accounts=("us", "eu", "uk"), shares=(50, 30, 20))
    ids = [f"pi_{n}" for n in range(4_000)]
    whole = {id: _choose(rule, payment=a_payment(id)).order[0] for id in ids}

    without_us = {
        id: _choose(rule, payment=a_payment(id, tried=("us",)), accounts=(US, EU, UK)).order[0]
        for id in ids
    }

    assert whole == {id: _choose(rule, payment=a_payment(id)).order[0] for id in ids}
    assert all(without_us[id] == whole[id] for id in ids if whole[id] != "us")
    moved = [without_us[id] for id in ids if whole[id] == "us"]
    assert 0.55 < moved.count("eu") / len(moved) < 0.65


def test_least_cost_is_right_to_the_cent():
    us, eu = an_account("us", prices=a_price(290, 30)), an_account("eu", prices=a_price(250, 45))
    rule = a_rule(kind="least_cost")
    tallies = {("us", "card"): Tally(90, 100), ("eu", "card"): Tally(95, 100)}

    def choose(amount):
        payment = a_payment(amount=amount)
        return _choose(rule, payment=payment, accounts=(us, eu, UK), tallies=tallies)

    # Of 19.99: 0.58 + 0.30, and a tenth of 0.95; or 0.50 + 0.45, and a twentieth of 0.88.
    assert choose(1_999).figures == {"us": 98, "eu": 99}
    assert choose(1_999).order == ("us", "eu", "uk")
    # Of 50.00: 1.45 + 0.30 + 0.17, or 1.25 + 0.45 + 0.09.
    assert choose(5_000).figures == {"us": 192, "eu": 179}
    assert choose(5_000).order == ("eu", "us", "uk")


def test_what_a_refusal_costs_counts_for_the_share_of_them():
    us = an_account("us", prices=a_price(290, 30, declined_amount=20))
    eu = an_account("eu", prices=a_price(250, 45))
    tallies = {("us", "card"): Tally(90, 100)}

    trace = _choose(a_rule(kind="least_cost"), accounts=(us, eu), tallies=tallies)

    # A tenth of 0.20 and of the 1.70 there.
    assert trace.figures == {"us": 175 + 19, "eu": 170}


def test_where_no_success_rate_is_known_the_fee_alone_counts():
    us, eu = an_account("us", prices=a_price(290, 30)), an_account("eu", prices=a_price(250, 45))

    trace = _choose(a_rule(kind="least_cost"), accounts=(us, eu))

    assert trace.figures == {"us": 175, "eu": 170}


def test_the_account_that_approves_most_is_taken_from_the_closest_known_kind():
    rule = a_rule(kind="success_rate", accounts=("us", "eu"), least_samples=20, explored_percent=0)
    tallies = {
        ("us", "card"): Tally(95, 100),
        ("eu", "card"): Tally(90, 100),
        ("us", "card", "visa", "DE"): Tally(10, 20),
        # Too few to say anything.
        ("us", "card", "visa", "US"): Tally(0, 19),
    }

    american = _choose(rule, tallies=tallies)
    german = _choose(rule, payment=a_payment(country="DE"), tallies=tallies)

    assert (american.order[0], american.figures) == ("us", {"us": 9_500, "eu": 9_000})
    assert (german.order[0], german.figures) == ("eu", {"us": 5_000, "eu": 9_000})


def test_a_share_of_payments_goes_anywhere_to_learn():
    rule = a_rule(kind="success_rate", accounts=("us", "eu"), least_samples=1, explored_percent=10)
    tallies = {("us",): Tally(9, 10), ("eu",): Tally(1, 10)}

    traces = [_choose(rule, payment=a_payment(f"pi_{n}"), tallies=tallies) for n in range(4_000)]

    explored = [trace for trace in traces if trace.is_explored]
    assert 300 <= len(explored) <= 500
    assert {trace.order[0] for trace in explored} == {"us", "eu"}
    assert {trace.order[0] for trace in traces if not trace.is_explored} == {"us"}


def test_a_trace_is_kept_in_a_compact_form_and_read_again():
    rule = a_rule(kind="volume_split", accounts=("us", "eu"), shares=(70, 30))
    euro_only = Capabilities(methods=frozenset({"card"}), currencies=frozenset({"eur"}))
    trace = _choose(rule, accounts=(US, EU, an_account("chf", capabilities=euro_only)))

    packed = trace.pack()

    assert Trace.unpack(packed) == trace
    assert packed["x"] == {"chf": "currency"}
    assert set(packed) == {"o", "x", "v", "r", "k", "s"}
