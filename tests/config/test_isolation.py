import socket

import psycopg
import pytest
from django.db import connection

from accounts.models import Account
from tests.factories import a_platform


@pytest.mark.django_db
def test_tests_log_in_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")

        assert cursor.fetchone() == ("rialto_app",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_leaves_nothing_to_the_next(turn):
    assert not Account.objects.exists()

    a_platform()

    assert Account.objects.count() == 1


def test_no_test_reaches_beyond_this_machine():
    with pytest.raises(AssertionError, match="tried to reach"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(socket.gaierror):
        socket.create_connection(("example.com", 80), timeout=1)


def test_psycopg_is_not_hindered():
    assert psycopg.capabilities.has_pipeline()
