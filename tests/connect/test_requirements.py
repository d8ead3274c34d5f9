"""What sellers of each country must tell."""

import pytest

from connect.onboarding.countries import rules
from connect.onboarding.countries.rules import CAPABILITIES
from connect.onboarding.required_fields import look_up


def test_a_person_in_the_united_states_who_takes_cards_is_asked_for_these():
    found = look_up(country="US", business_type="individual", capabilities=["card_payments"])

    assert found.now == (
        "business_profile.mcc",
        "business_profile.url",
        "external_account",
        "individual.address.city",
        "individual.address.line1",
        "individual.address.postal_code",
        "individual.address.state",
        "individual.dob.day",
        "individual.dob.month",
        "individual.dob.year",
        "individual.email",
        "individual.first_name",
        "individual.last_name",
        "individual.phone",
        "individual.ssn_last_4",
        "tos_acceptance.date",
        "tos_acceptance.ip",
    )
    assert found.later == ("individual.id_number",)
    assert found.alternatives == {"business_profile.url": ["business_profile.product_description"]}


def test_whoever_only_receives_transfers_is_asked_for_less():
    both = look_up(
        country="US", business_type="individual", capabilities=["card_payments", "transfers"]
    )
    less = look_up(country="US", business_type="individual", capabilities=["transfers"])

    assert set(both.now) - set(less.now) == {
        "business_profile.mcc",
        "business_profile.url",
        "individual.phone",
        "individual.ssn_last_4",
    }
    assert less.alternatives == {}


def test_the_kind_of_business_is_asked_for_first():
    found = look_up(country="GB", business_type=None, capabilities=["transfers"])

    assert found.now == (
        "business_type",
        "external_account",
        "tos_acceptance.date",
        "tos_acceptance.ip",
    )


def test_nobody_is_asked_who_owns_a_charity():
    company, charity = (
        look_up(country="FR", business_type=kind, capabilities=["transfers"])
        for kind in ("company", "non_profit")
    )

    assert "company.owners_provided" in company.now
    assert "company.owners_provided" not in charity.now
    assert "directors.first_name" in charity.now


def test_japan_asks_for_names_in_both_scripts_and_for_the_payers_statement():
    found = look_up(country="JP", business_type="individual", capabilities=["card_payments"])

    assert {"individual.first_name_kana", "individual.address_kanji.town"} <= set(found.now)
    assert "settings.payments.statement_descriptor" in found.now
    assert "individual.first_name" not in found.now


@pytest.mark.parametrize("code", rules.codes())
@pytest.mark.parametrize("kind", rules.BUSINESS_TYPES)
def test_every_country_asks_every_kind_of_business_for_something(code, kind):
    found = look_up(country=code, business_type=kind, capabilities=CAPABILITIES)

    assert found.now == tuple(sorted(set(found.now)))
    assert not set(found.now) & set(found.later)
    assert rules.currency_of(code)


def test_an_unknown_country_or_capability_is_refused():
    for country, name in (("XX", "transfers"), ("US", "teleportation")):
        with pytest.raises(KeyError):
            look_up(country=country, business_type=None, capabilities=[name])
