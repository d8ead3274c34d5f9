"""How many endpoints an account may have, and which types of event they may ask for."""

from functools import partial

import pytest

from core.errors import InvalidRequest
from core.tenant import Tenant
from tests.factories import a_platform, a_seller, now
from tests.survival.test_ledger_faults import together
from tests.webhooks.steps import an_endpoint
from webhooks.models import Endpoint
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "https://shop.example/hooks"


def test_an_account_has_at_most_sixteen_endpoints_in_each_mode():
    platform = a_platform()
    made = [an_endpoint(platform, ADDRESS) for _ in range(16)]

    with pytest.raises(InvalidRequest, match=r"already has 16 .* in test mode.*Delete one"):
        an_endpoint(platform, ADDRESS)

    an_endpoint(Tenant(platform.account_id, livemode=True), ADDRESS)
    an_endpoint(a_seller(platform), ADDRESS)
    endpoints.delete(tenant=platform, endpoint_id=made[0].id, at=now())
    an_endpoint(platform, ADDRESS)
    assert endpoints.queries.endpoints(platform).count() == 16


def test_endpoints_made_at_once_do_not_pass_the_limit():
    platform = a_platform()
    for _ in range(14):
        an_endpoint(platform, ADDRESS)

    made = together(*[partial(an_endpoint, platform, ADDRESS)] * 6)

    assert sum(isinstance(one, Endpoint) for one in made) == 2
    assert sum(isinstance(one, InvalidRequest) for one in made) == 4
    assert endpoints.queries.endpoints(platform).count() == 16
