"""The check against the outside truth finds what it is there to find."""

import pytest

from payments.models import Charge
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from tests.factories import a_paid_intent, a_platform, now
from tests.truth import assert_the_processor_agrees

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid():
    platform = a_platform()
    intent = a_paid_intent(platform)
    a_paid_intent(platform, capture_method="manual")
    refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    assert_the_processor_agrees()
    return SimulatedRequest.objects


def test_another_amount_at_the_processor_is_found(paid):
    paid.filter(action="charge").update(amount=1)

    with pytest.raises(AssertionError):
        assert_the_processor_agrees()


@pytest.mark.parametrize("action", ["charge", "refund"])
def test_what_the_processor_never_did_is_found(paid, action):
    paid.filter(action=action).delete()

    with pytest.raises(AssertionError):
        assert_the_processor_agrees()


def test_what_was_taken_for_nobody_is_found(paid):
    row = paid.get(action="charge")
    row.key = row.charge_key = "ch_nobody"
    row.save(force_insert=True)

    with pytest.raises(AssertionError, match="Nobody here knows"):
        assert_the_processor_agrees()


def test_what_was_only_held_and_is_called_taken_is_found(paid):
    Charge.objects.filter(is_captured=False).update(amount_captured=1)

    with pytest.raises(AssertionError):
        assert_the_processor_agrees()
