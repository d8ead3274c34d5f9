"""Opening sellers' accounts."""

import pytest

from connect.services import onboarding
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db


def test_what_a_request_leaves_open_about_the_controller_is_filled_in():
    wanted = {"fees": {"payer": "account"}, "losses": {}, "stripe_dashboard": {}}

    account = onboarding.create(tenant=a_platform(), controller=wanted, at=now())

    assert account.controller["fees"] == {"payer": "account"}
    assert account.controller["losses"] == {"payments": "application"}
    assert account.controller["stripe_dashboard"] == {"type": "none"}
