"""Which payment methods are offered, and why not the others: pure rules, one table."""

import pytest

from payments import method_types
from payments.method_types import offers
from payments.method_types.bank_names import BANK_NAMES
from payments.method_types.base import REASONS, Needs, Reason
from payments.method_types.offers import Choice

ALL = frozenset(method_types.TYPES)


@pytest.mark.parametrize(
    ("type", "choice", "needs", "reason"),
    [
        ("ideal", Choice(), Needs("eur", 10_00), None),
        ("ideal", Choice(["card"]), Needs("eur", 10_00), Reason.NOT_CHOSEN),
        ("ideal", Choice(["card", "ideal"]), Needs("eur", 10_00), None),
        ("ideal", Choice(excluded=["ideal"]), Needs("eur", 10_00), Reason.EXCLUDED),
        ("ideal", Choice(["ideal"], ["ideal"]), Needs("eur", 10_00), Reason.EXCLUDED),
        ("ideal", Choice(carried={"card"}), Needs("eur", 10_00), Reason.NO_RAIL),
        ("ideal", Choice(lacking=["ideal"]), Needs("eur", 10_00), Reason.NO_CAPABILITY),
        ("ideal", Choice(configured={"types": ["card"]}), Needs("eur"), Reason.SWITCHED_OFF),
        ("ideal", Choice(), Needs("usd", 10_00), Reason.CURRENCY),
        ("konbini", Choice(), Needs("jpy", 119), Reason.AMOUNT),
        ("konbini", Choice(), Needs("jpy", 300_001), Reason.AMOUNT),
        ("konbini", Choice(), Needs("jpy", 300_000), None),
        ("ideal", Choice(), Needs("eur", 10_00, is_manual=True), Reason.MANUAL_CAPTURE),
        ("klarna", Choice(), Needs("eur", 10_00, is_manual=True), None),
        ("promptpay", Choice(), Needs("thb", 10_00, is_kept=True), Reason.NOT_KEPT),
        ("ideal", Choice(), Needs("eur", 10_00, is_kept=True), None),
        ("ideal", Choice(), Needs("eur", 10_00, redirects=False), Reason.NO_REDIRECTS),
        ("card", Choice(), Needs("eur", 10_00, redirects=False), None),
        # The first reason counts.
        ("ideal", Choice(excluded=["ideal"], carried={"card"}), Needs("usd"), Reason.EXCLUDED),
    ],
)
def test_each_type_is_offered_or_has_a_reason(type, choice, needs, reason):
    found = offers.explain(choice, needs)

    assert found[type] == reason
    assert found.keys() == ALL
    assert set(offers.available(choice, needs)) == {name for name in found if not found[name]}


def test_every_bank_has_a_name():
    assert {bank for method in method_types.METHODS.values() for bank in method.banks or ()} == set(
        BANK_NAMES
    )


def test_every_reason_has_a_meaning():
    assert set(REASONS) == set(Reason)


def test_what_is_kept_leaves_out_what_is_for_one_payment():
    assert "promptpay" not in offers.to_keep(Choice())
    assert {"card", "ideal"} <= set(offers.to_keep(Choice()))
    assert "ideal" not in offers.to_keep(Choice(), redirects=False)
    assert offers.to_keep(Choice(["ideal", "card"], ["card"])) == ["ideal"]
    assert "ideal" not in offers.to_keep(Choice(lacking=["ideal"]))


def test_an_account_lacks_what_none_of_its_capabilities_is_for():
    active = {"legacy_payments", "us_bank_account_ach_payments", "transfers"}

    assert set(offers.lacking(active)) == ALL - {"card", "us_bank_account"}
