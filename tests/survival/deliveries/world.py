"""Platforms, endpoints at the receiver, and events, in the database of a home that runs."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import OperationalError
from django.test import override_settings

from core.tenant import Tenant
from tests.factories import a_platform, now
from tests.soak import Scoreboard
from tests.survival.chaos import Rialto
from tests.survival.deliveries import law
from tests.survival.deliveries.law import Known
from tests.survival.deliveries.proxy import Proxy
from tests.survival.deliveries.sink import Heard, Sink
from tests.webhooks.steps import an_event
from webhooks.models import Delivery, Endpoint, Engine, Event, Shard
from webhooks.services import endpoints

PATIENCE_SECONDS: Final = 60
TYPE: Final = "customer.created"
# The receiver's log goes on from one world to the next.
_numbers: Final = itertools.count()


@dataclass
class World:
    """A home that runs, a receiver, and a proxy on each of the two ways.

    Args:
        rialto: The home, whose Redis is behind `to_redis`.
        sink: The receiver.
        to_redis: What goes to Redis comes through it.
        to_sink: What goes to endpoints that were made with `is_proxied` comes through it.
        scoreboard: Where all is counted.
    """

    rialto: Rialto
    sink: Sink
    to_redis: Proxy
    to_sink: Proxy
    scoreboard: Scoreboard
    made: list[Known] = field(default_factory=list)
    _checked: int = 0
    _by_platform: dict[str, list[Known]] = field(default_factory=dict)

    @contextmanager
    def entered(self) -> Iterator["World"]:
        """Let this process write into its database, and hint as its own processes do."""
        of_the_home = override_settings(
            REDIS_URL=f"redis://127.0.0.1:{self.to_redis.port}/0", WEBHOOKS_MOST_ENDPOINTS=200
        )
        with self.rialto.using_its_database(), of_the_home:
            yield self

    def platform(self, *ways: str, **details: bool) -> Tenant:
        """Make a platform with an endpoint of each way."""
        tenant = a_platform()
        for way in ways:
            self.endpoint(tenant, way, **details)
        return tenant

    def endpoint(
        self,
        tenant: Tenant,
        way: str,
        *,
        keeps_order: bool = False,
        is_proxied: bool = False,
        takes: bool = True,
    ) -> Known:
        """Add an endpoint at which the receiver behaves in a way."""
        path = f"/{way}/{next(_numbers)}"
        row, secret = endpoints.create(
            tenant=tenant,
            url=self.url(path, is_proxied=is_proxied),
            enabled_events=[TYPE],
            at=now(),
        )
        if keeps_order:
            Endpoint.objects.filter(id=row.id).update(keeps_order=True)
        known = Known(
            row.id, {path}, takes, keeps_order, secrets=[(secret, time.time(), float("inf"))]
        )
        self.made.append(known)
        self._by_platform.setdefault(tenant.account_id, []).append(known)
        return known

    def hear_all_of(self, tenant: Tenant) -> Known:
        """Add an endpoint that keeps the order and wants whatever happens."""
        known = self.endpoint(tenant, "accepts", keeps_order=True)
        Endpoint.objects.filter(id=known.id).update(enabled_events=["*"])
        return known

    def note_all_of(self, tenant: Tenant, known: Known) -> int:
        """Let all be due to an endpoint that has happened since it was made."""
        since = Endpoint.objects.get(id=known.id).created_at
        happened = Event.objects.filter(account_id=tenant.account_id, created_at__gt=since)
        known.due = set(happened.values_list("id", flat=True))
        return len(known.due)

    def url(self, path: str, *, is_proxied: bool = False) -> str:
        """Return where the receiver has a path."""
        return f"http://127.0.0.1:{self.to_sink.port if is_proxied else self.sink.port}{path}"

    def forget(self, tenant: Tenant, known: Known) -> None:
        """Let no event that is told from now on be due to an endpoint."""
        self._by_platform[tenant.account_id].remove(known)

    def tell(self, tenant: Tenant, count: int, *, objects: int = 5) -> list[Event]:
        """Tell events of some objects by turns, each in a transaction of its own."""
        told = []
        for number in range(count):
            # What an endpoint may miss is decided before: it is not asked about.
            due = list(self._by_platform.get(tenant.account_id, []))
            event = an_event(tenant, f"cus_{number % objects}")
            for known in due:
                known.due.add(event.id)
            told.append(event)
        self.scoreboard.count("events told", count)
        return told

    def heard(self) -> list[Heard]:
        """Return what has arrived since the last check."""
        return self.sink.heard()[self._checked :]

    def arrivals(self, known: Known) -> list[Heard]:
        """Return what the receiver has of an endpoint."""
        return [each for each in self.heard() if each.path in known.paths]

    def wait_for(self, events: list[Event], *, seconds: float = PATIENCE_SECONDS) -> float:
        """Wait until all endpoints that take all have some events, and return how long it took."""
        wanted = {
            (path, event.id)
            for known in self.made
            if known.takes
            for path in known.paths
            for event in events
            if event.id in known.due
        }
        begun = time.monotonic()
        self.until(lambda: wanted <= {(each.path, each.event_id) for each in self.heard()}, seconds)
        return time.monotonic() - begun

    def until(self, holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "It did not happen in time."
            time.sleep(0.02)

    def hurry(self, *known: Known) -> None:
        """Let the time pass until failed deliveries are tried again: those of all, or of some."""
        waiting = Delivery.objects.filter(status="failing", next_attempt_at__gt=now())
        wanted = known or [one for one in self.made if one.takes]
        waiting.filter(endpoint_id__in=[one.id for one in wanted]).update(next_attempt_at=now())

    def settle(self) -> None:
        """Wait until nothing is left to be sent to whoever takes all, and all is written."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        taking = {one.id for one in self.made if one.takes}
        while (
            self._is_unsettled()
            or Delivery.objects.filter(
                endpoint_id__in=taking, next_attempt_at__isnull=False
            ).exists()
        ):
            assert time.monotonic() < deadline, "Deliveries wait that nobody sends."
            self.hurry()
            time.sleep(0.05)

    def _is_unsettled(self) -> bool:
        told = {id for one in self.made for id in one.due}
        return Event.objects.filter(id__in=told, deliveries=None).exists()

    def check(self) -> None:
        """Hold what was told since the last time against what the receiver has."""
        found = law.hold(self.made, self.heard())
        board = self.scoreboard
        for what in ("due", "arrived", "waiting", "lost", "doubled"):
            board.count(f"deliveries {what}", getattr(found, what))
        assert not found.problems, "\n".join(found.problems[:20])
        # What never took anything is not to be tried for ever beside the faults that follow.
        Endpoint.objects.filter(id__in=[one.id for one in self.made]).update(is_enabled=False)
        self._checked = len(self.sink.heard())
        self.made.clear()
        self._by_platform.clear()

    def let_leases_end(self) -> None:
        """Let all engines' leases be over, as if time had passed for the one that stands still."""
        past = now() - timedelta(minutes=1)

        def end_them() -> bool:
            # One that stood still while it wrote holds them until the database ends that.
            with suppress(OperationalError):
                Shard.objects.exclude(leased_until=None).update(leased_until=past)
                return True
            return False

        self.until(end_them)
        Engine.objects.update(seen_at=past)
