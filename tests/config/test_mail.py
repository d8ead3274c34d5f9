"""Letters are private also while they are only files."""

import os

import pytest
from django.core.mail import EmailMessage, get_connection


@pytest.fixture
def _careless():
    """The shell that Rialto is started from lets everybody read what it writes."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_careless")
def test_a_letter_that_becomes_a_file_is_for_its_owner_alone(tmp_path, settings):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    connection = get_connection("config.mail.PrivateFiles")

    EmailMessage("Receipt", "Thank you", to=["ada@example.com"], connection=connection).send()

    (letter,) = settings.EMAIL_FILE_PATH.iterdir()
    assert "Thank you" in letter.read_text()
    assert letter.stat().st_mode & 0o777 == 0o600
    assert settings.EMAIL_FILE_PATH.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("_careless")
def test_a_folder_of_an_earlier_version_is_closed(tmp_path, settings):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_FILE_PATH.mkdir(mode=0o755)

    get_connection("config.mail.PrivateFiles")

    assert settings.EMAIL_FILE_PATH.stat().st_mode & 0o777 == 0o700
