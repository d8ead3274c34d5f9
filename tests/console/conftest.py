"""Who uses the operators' pages."""

import pytest
from django.contrib import admin
from django.test import Client

from tests import factories

# Tests are made of the pages that there are, before anybody asks for one.
admin.site.discover()


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(factories.an_operator())
    return client
