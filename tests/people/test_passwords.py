"""Which passwords people may choose, and how they are kept."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from accounts.people.passwords import WORDS
from config.settings import base
from tests.factories import an_operator
from tests.people.proving import enter_password

PAGE = (Path(base.ROOT) / "docs/how-to/let-operators-in.md").read_text()
ANN = User(email="ann.rosen@harbour.example", name="Ann Rosen")


@pytest.mark.parametrize(
    "chosen",
    [
        "7chars!", "iloveyou", "password1", "Rialto-2026!", "paymentpayout99", "RosenHarbour1!",
        "annrosen2026", "welcome.admin", "pay.example-secret",
    ],
)  # fmt: skip
def test_what_anybody_would_try_is_refused(chosen, settings):
    settings.PUBLIC_URL = "https://pay.example.com"

    with pytest.raises(ValidationError):
        validate_password(chosen, ANN)


@pytest.mark.parametrize(
    "chosen",
    [
        "tall-green-tree", "onlysmallletters", "ONLYLARGELETTERS", "0417 5296 3380 4",
        "  spaces  in  ",
        "ภูเขาสีเขียวสูง", "x" * 1024, "rialto-by-the-tall-green-tree",
    ],
)  # fmt: skip
def test_whatever_else_is_long_enough_is_taken(chosen):
    validate_password(chosen, ANN)


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", [" Tall Green Tree ", "ทางเดินริมน้ำ" * 20 + "A"])
def test_a_password_counts_as_it_was_typed(chosen):
    operator = an_operator()
    operator.set_password(chosen)
    operator.save()

    for wrong in (chosen.strip().lower(), chosen[:-1]):
        assert enter_password(Client(), password=wrong).status_code == 200
    assert enter_password(Client(), password=chosen).status_code == 302


@pytest.mark.django_db
def test_a_field_for_a_password_hides_it_and_takes_what_is_pasted():
    page = Client().get("/admin/login/").content.decode()

    (field,) = [one for one in re.findall(r"<input[^>]*>", page) if 'name="password"' in one]
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page
    assert "maxlength" not in field or 'maxlength="1024"' in field


def test_passwords_are_kept_by_a_slow_function_unless_a_test_asks_otherwise():
    assert not hasattr(base, "PASSWORD_HASHERS")
    assert PBKDF2PasswordHasher.iterations >= 600_000


def test_the_page_names_the_words():
    assert f"these words: {', '.join(WORDS)}." in PAGE
