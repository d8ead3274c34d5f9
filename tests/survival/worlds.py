"""A platform with a seller, whose requests are cut off."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client

from core.ids import random_text
from core.tenant import Tenant
from payments.models import Charge
from processors.models import SimulatedRequest
from tests.factories import a_key, a_platform, a_seller, now

Ask = Callable[[], object]


@dataclass(slots=True)
class World:
    """A platform with a seller, and what a client keeps of its request."""

    platform: Tenant = field(default_factory=a_platform)
    seller: Tenant = field(init=False)
    key: str = field(init=False)
    idempotency_key: str = field(default_factory=lambda: random_text(20))
    # Whom the platform acts for.
    acts_for: Tenant | None = None

    def __post_init__(self) -> None:
        """Give it a seller and an API key."""
        self.seller = a_seller(self.platform)
        self.key = a_key(self.platform)

    def post(self, path: str, **params: Any) -> int:
        """Send a request as a client does that sends it again when it hears nothing."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": self.idempotency_key}
        if self.acts_for:
            headers["Stripe-Account"] = self.acts_for.account_id
        answer = Client().post(
            f"/v1/{path}", params, content_type="application/json", headers=headers
        )
        assert answer.status_code in (200, 402, 409), answer.content
        return int(answer.status_code)

    def charge(self) -> Charge:
        """Return its newest charge."""
        found = Charge.objects.filter(account_id=self.platform.account_id)
        return found.order_by("-created_at")[0]


def share(world: World) -> dict[str, Any]:
    """Return what gives a seller its share of a payment."""
    return {"transfer_destination": world.seller.account_id, "application_fee_amount": 10_00}


def time_passes(seconds: int = 60) -> None:
    """What the simulated processor does late has become due."""
    SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=seconds))
