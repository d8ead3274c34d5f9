"""What operators did stays, whoever is deleted."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import ProgrammingError, transaction

from accounts.models import Account
from core.database import audit
from tests.factories import a_platform, an_operator, as_owner

pytestmark = pytest.mark.django_db

# What Django does when somebody is deleted, and what its owner could do to the table.
ATTEMPTS = (
    "DELETE FROM django_admin_log WHERE user_id = '{person}'",
    "UPDATE django_admin_log SET user_id = (SELECT max(id) FROM accounts_user)",
)


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_an_operator_did_is_not_deleted_with_the_operator(attempt):
    person = an_operator()
    account = Account.objects.get(id=a_platform().account_id)
    with transaction.atomic():
        audit.record(user_id=person.pk, row=account, action="Opened")

    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        as_owner(attempt.format(person=person.pk))

    assert LogEntry.objects.filter(object_id=account.id, user_id=person.pk).exists()
