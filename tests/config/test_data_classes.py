"""Every column of every table is classified, and what the table says of it is so."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings

from config.privacy.classes import Erasure, Holds, Kept, Whose
from config.privacy.register import TABLES
from config.privacy.tables import accounts, books, checkout, connect, packages, payments, platform
from config.secrets.columns import SEALED
from payments.erasure import customers as erasure
from tests.factories import a_key, a_platform, now
from tests.payments.test_erasure import MARK, a_customer_of_everything, found

ROOMS = (accounts, payments, connect, checkout, books, platform, packages)
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
NAMES_SOMEBODY = {Holds.PERSONAL, Holds.SENSITIVE, Holds.SECRET}
# What the books and their checks hold of people: what a merchant wrote, and who asked or decided.
IN_THE_BOOKS = {
    "ledger.BalanceTransaction.description",
    "ledger.LimitChange.changed_by",
    "ledger.VerifyRun.asked_by",
}


# Named like secrets: an address that its merchant publishes, a setting, and a number that grows.
NO_SECRETS = {
    "checkout.PaymentLink.token",
    "accounts.OAuthApplication.hash_client_secret",
    "webhooks.Shard.token",
}


def test_no_column_is_unclassified_and_none_twice():
    written = {
        label: sorted(field.name for field in model._meta.concrete_fields)
        for label, model in MODELS.items()
    }
    listed = {label: sorted(name for name, _ in one.columns()) for label, one in TABLES.items()}

    assert listed == written
    assert sum(len(room.TABLES) for room in ROOMS) == len(TABLES)
    assert sum(len(columns) for columns in written.values()) > 1_700


def test_what_is_encrypted_counts_as_secret_or_sensitive():
    sealed = {(one.model, one.column) for one in SEALED}

    assert {
        (model, column)
        for model, column in sealed
        if dict(TABLES[model].columns())[column].holds not in (Holds.SECRET, Holds.SENSITIVE)
    } == set()
    named = re.compile(r"^sealed(?!_at)|_secret$|^secret$|^digest$|^password$|^token$")
    loose = {
        f"{label}.{name}"
        for label, one in TABLES.items()
        for name, group in one.columns()
        if named.search(name) and group.holds not in (Holds.SECRET, Holds.SENSITIVE)
    }
    assert loose == NO_SECRETS


def test_the_books_hold_nothing_of_a_person_but_what_is_named():
    held = {
        f"{label}.{name}"
        for label, one in TABLES.items()
        if label.startswith("ledger.")
        for name in one.named(Holds.PERSONAL, Holds.SENSITIVE, Holds.CARD, Holds.SECRET)
    }

    assert held == IN_THE_BOOKS


def test_what_is_dropped_in_time_is_kept_as_long_as_the_settings_say():
    settings_of = {
        "api_idempotencykey": Kept.IDEMPOTENCY_KEYS,
        "api_requestlog": Kept.REQUESTS,
        "webhooks_event": Kept.EVENTS,
        "webhooks_delivery": Kept.DELIVERIES,
        "webhooks_body": Kept.DELIVERIES,
        "webhooks_fanout": Kept.EVENTS,
        "webhooks_attempt": Kept.ATTEMPTS,
    }

    assert settings.KEPT_FOR.keys() == settings_of.keys()
    kept = {MODELS[label]._meta.db_table: one.kept for label, one in TABLES.items()}
    assert {name: kept[name] for name in settings_of} == settings_of


def test_nothing_personal_is_about_nobody():
    loose = {
        f"{label}.{name}"
        for label, one in TABLES.items()
        for name, group in one.columns()
        if one.whose in (Whose.PAYER, Whose.PERSON, Whose.OPERATOR, Whose.ANYBODY)
        and group.holds in (Holds.PERSONAL, Holds.SENSITIVE)
        and group.erasure is Erasure.NONE
    }

    assert loose == set()


@pytest.mark.django_db(transaction=True)
def test_columns_hold_and_lose_what_the_table_says():
    """A payer of everything stands in personal columns only, and is gone from those emptied."""
    by_column = {
        f"{MODELS[label]._meta.db_table}.{MODELS[label]._meta.get_field(name).column}": group
        for label, one in TABLES.items()
        for name, group in one.columns()
    }
    platform = a_platform()
    a_customer_of_everything(platform, a_key(platform))
    known = {name for name in found(MARK) if name in by_column}
    assert len(known) > 20

    assert {n for n in known if by_column[n].holds not in NAMES_SOMEBODY} == set()
    assert erasure.erase_due(at=now() + timedelta(days=8)) == 1
    left = {name for name in found(MARK) if name in by_column}
    assert {name for name in left if by_column[name].erasure is not Erasure.LATER} == set()
