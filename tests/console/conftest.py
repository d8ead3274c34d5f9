"""Who uses the operators' pages."""

import pytest
from django.test import Client

from tests import factories


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(factories.an_operator())
    return client
