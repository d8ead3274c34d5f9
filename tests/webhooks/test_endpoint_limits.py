"""How many endpoints an account may have, and which types of event they may ask for."""

import inspect
import re
from functools import partial

import pytest
from stripe.params import WebhookEndpointCreateParams, WebhookEndpointUpdateParams

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


def types_of(params: type) -> set[str]:
    """Return the types of event that the official package lets a caller write."""
    annotation = inspect.getsource(params).partition("enabled_events:")[2].partition("]\n")[0]
    return set(re.findall(r'"([a-z0-9_.*]+)"', annotation))


def test_every_type_of_the_official_package_can_be_asked_for():
    platform = a_platform()
    wanted = types_of(WebhookEndpointCreateParams)
    assert len(wanted) > 250
    assert types_of(WebhookEndpointUpdateParams) == wanted

    made = an_endpoint(platform, ADDRESS, *sorted(wanted))
    changes = {
        "enabled_events": [
            "mandate.updated",
            "review.opened",
            "identity.verification_session.verified",
        ]
    }
    changed = endpoints.update(tenant=platform, endpoint_id=made.id, changes=changes)

    assert set(made.enabled_events) == wanted
    assert changed.enabled_events == changes["enabled_events"]


@pytest.mark.parametrize("unknown", ["charge.suceeded", "charge.*", "", "Charge.succeeded", "**"])
def test_an_unknown_type_is_refused_by_its_place(unknown):
    platform = a_platform()
    made = an_endpoint(platform, ADDRESS)

    with pytest.raises(InvalidRequest, match="is not a type of event") as refused:
        an_endpoint(platform, ADDRESS, "mandate.updated", unknown)
    changes = {"enabled_events": [unknown]}
    with pytest.raises(InvalidRequest, match="is not a type of event"):
        endpoints.update(tenant=platform, endpoint_id=made.id, changes=changes)

    assert refused.value.param == "enabled_events[1]"
    assert endpoints.queries.endpoints(platform).count() == 1
