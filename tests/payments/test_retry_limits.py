"""A card that was declined as often as its network allows is not tried again."""

from datetime import timedelta

import pytest

from core.errors import CardError
from core.ids import new_id
from core.tenant import Tenant
from payments import resources
from payments.charges.retry_limits import Declines, excess
from payments.charges.services.routed import past_choices
from payments.models import Charge, SetupAttempt
from payments.setups.services import setup_intents
from processors.models import RoutingTallies, SimulatedRequest
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform, now
from tests.processors import accounts_there
from tests.processors.accounts_there import Refusing

pytestmark = pytest.mark.django_db

VISA = "pm_card_chargeDeclinedInsufficientFunds"


@pytest.mark.parametrize(
    ("brand", "declines", "is_over"),
    [
        ("visa", Declines(same_amount=20, total=90, last_day=90), False),
        ("visa", Declines(same_amount=21), True),
        ("visa", Declines(taken=1), True),
        ("mastercard", Declines(same_amount=10, total=35, last_day=10), False),
        ("mastercard", Declines(last_day=11), True),
        ("mastercard", Declines(total=36), True),
        ("amex", Declines(same_amount=90, total=90, last_day=90, taken=1), False),
    ],
)
def test_the_limits_are_those_of_the_networks(brand, declines, is_over):
    assert (excess(brand, declines) is not None) is is_over


def decline(platform: Tenant, card: str = VISA, **changes) -> CardError:
    with pytest.raises(CardError) as refused:
        a_paid_intent(platform, payment_method=card, **changes)
    return refused.value


def decline_often(platform: Tenant, times: int, **changes) -> None:
    """Write copies of a platform's only charge, which was declined."""
    charge = Charge.objects.get(account_id=platform.account_id)
    columns = {one.attname: getattr(charge, one.attname) for one in charge._meta.concrete_fields}
    Charge.objects.bulk_create(
        Charge(**columns | {"id": new_id("ch")} | changes) for _ in range(times)
    )


def test_what_is_over_the_limit_is_refused_before_the_processor_is_asked():
    platform = a_platform()
    decline(platform)
    decline_often(platform, 19)
    # The twentieth further try.
    assert decline(platform).extra["decline_code"] == "insufficient_funds"
    asked = SimulatedRequest.objects.count()

    refused = decline(platform)

    assert SimulatedRequest.objects.count() == asked
    assert refused.code == "card_declined"
    assert refused.extra["decline_code"] == "generic_decline"
    assert refused.extra["advice_code"] == "try_again_later"
    assert not {"blocked_as", "for_operator"} & set(refused.extra)
    outcome = resources.charge(Charge.objects.get(id=refused.extra["charge"]))["outcome"]
    assert outcome == {
        "advice_code": "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "not_sent_to_network",
        "reason": "previously_declined_do_not_retry",
        "risk_level": "normal",
        "seller_message": "The processor was not asked: Visa allows 20 further tries of an amount "
        "within 30 days.",
        "type": "blocked",
    }
    assert_books_balance()


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 2_00},
        {"created_at": now() - timedelta(days=30, hours=1)},
        # Never sent to the network: our own risk check, and this limit.
        {"risk": "highest"},
        {"failure": {"is_error": False, "blocked_as": "previously_declined_do_not_retry"}},
        {"failure": {"is_error": True, "code": "processing_error"}},
    ],
)
def test_other_amounts_older_declines_and_what_no_network_saw_do_not_count(changes):
    platform = a_platform()
    decline(platform)
    decline_often(platform, 30, **changes)

    assert decline(platform).extra["decline_code"] == "insufficient_funds"


def test_declines_of_another_merchant_do_not_count():
    platform = a_platform()
    decline(platform)
    decline_often(platform, 30)

    assert decline(platform).extra["decline_code"] == "generic_decline"
    assert decline(a_platform()).extra["decline_code"] == "insufficient_funds"


def test_a_lost_card_is_not_tried_again_nor_at_another_account():
    accounts_there.add("second")
    platform = a_platform()
    lost = "pm_card_chargeDeclinedLostCard"
    assert decline(platform, lost).extra["decline_code"] == "lost_card"

    refused = decline(platform, lost)

    assert refused.extra["advice_code"] == "do_not_try_again"
    assert refused.extra["decline_code"] == "generic_decline"
    assert SimulatedRequest.objects.count() == 1
    assert Charge.objects.count() == 2


def test_what_was_not_sent_says_nothing_of_how_often_an_account_approves():
    accounts_there.add("second")
    platform = a_platform()
    for _ in range(2):
        decline(platform, "pm_card_chargeDeclinedLostCard")

    past_choices.count_attempts(at=now())

    assert [row[-2:] for row in RoutingTallies.objects.get().counts] == [[0, 1]]


def verify(platform: Tenant, card: str = VISA) -> CardError:
    with pytest.raises(CardError) as refused:
        setup_intents.create(tenant=platform, payment_method=card, confirm=True, at=now())
    return refused.value


def test_verifications_are_tries_of_a_card_and_are_refused_like_them():
    platform = a_platform()
    assert verify(platform).extra["decline_code"] == "insufficient_funds"
    attempt = SetupAttempt.objects.get()
    columns = {one.attname: getattr(attempt, one.attname) for one in attempt._meta.concrete_fields}
    SetupAttempt.objects.bulk_create(
        SetupAttempt(**columns | {"id": new_id("setatt")}) for _ in range(20)
    )

    refused = verify(platform)

    assert refused.extra["decline_code"] == "generic_decline"
    assert refused.extra["advice_code"] == "try_again_later"
    assert SimulatedRequest.objects.count() == 1
    assert SetupAttempt.objects.filter(status="failed", declined_card=None).count() == 1
    # A payment is of another amount.
    assert decline(platform).extra["decline_code"] == "insufficient_funds"


def test_a_card_that_a_verification_found_lost_is_neither_verified_nor_charged():
    platform = a_platform()
    lost = "pm_card_chargeDeclinedLostCard"
    assert verify(platform, lost).extra["decline_code"] == "lost_card"

    assert decline(platform, lost).extra["decline_code"] == "generic_decline"
    assert verify(platform, lost).extra["advice_code"] == "do_not_try_again"

    assert SimulatedRequest.objects.count() == 1
    assert_books_balance()


def test_a_card_that_has_reached_its_limit_is_not_tried_at_a_second_account():
    with accounts_there.kinds(refusing=Refusing):
        accounts_there.add("refusing", "refusing", is_first=True)
        platform = a_platform()
        a_paid_intent(platform)
        refused = Charge.objects.get(processor="refusing")
        assert Charge.objects.get(processor="simulator").status == "succeeded"
        columns = {
            one.attname: getattr(refused, one.attname) for one in refused._meta.concrete_fields
        }
        Charge.objects.bulk_create(Charge(**columns | {"id": new_id("ch")}) for _ in range(19))

        # The last one that is allowed.
        error = decline(platform, "pm_card_visa")

    last = Charge.objects.get(id=error.extra["charge"])
    assert (last.processor, last.failure.get("retried_as")) == ("refusing", None)
    assert error.extra["decline_code"] != "generic_decline"
    assert Charge.objects.filter(processor="simulator").count() == 1
    assert_books_balance()
