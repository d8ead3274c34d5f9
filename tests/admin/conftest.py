"""Who uses the operators' pages."""

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator@example.com", "secret"))
    return client
