"""All accounts at processors in memory, as they were at one version of the configuration.

A payment learns the version with the query that looks its key up. Whoever has no key, such as a
task, a command or a page, asks for it when the last answer is older than a second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from django.conf import settings
from django.db.models import Exists
from django.utils import timezone

from accounts.models import ConfigurationVersion
from core.database import configuration
from processors import amount_limits, fee_models
from processors.accounts import routes, sealing
from processors.amount_limits import NO_LIMITS, AmountLimits
from processors.models import LivePayments, ProcessorAccount
from processors.protocols.accounts import RailAccount
from processors.routing.breakers import Breaker
from processors.routing.costs import Price
from processors.routing.rates import RateKey, Tally
from processors.routing.rules import RuleSet
from processors.states import AccountStatus


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as payments are routed by it.

    Args:
        rail: What its rail is made from.
        title: What people call it.
        status: Whether it takes payments.
        is_default: True if new payments are tried here first.
        currencies: Lower-case ISO codes that it may take; empty for all that the rail can.
        methods: Methods that it may take, as the wire names them; empty for all.
        statement_descriptor: What statements say, if nobody else says anything.
        prices: What the processor charges there.
        quiet_until: Until when it is not asked, because it refused our credentials.
        amount_limits: Between which amounts it takes payments.
    """

    rail: RailAccount
    title: str = ""
    status: AccountStatus = AccountStatus.ENABLED
    is_default: bool = False
    currencies: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    statement_descriptor: str = ""
    prices: tuple[Price, ...] = ()
    quiet_until: datetime | None = None
    amount_limits: AmountLimits = NO_LIMITS

    @property
    def name(self) -> str:
        """Return its name."""
        return self.rail.name


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database said at one version.

    Args:
        version: The version.
        accounts: By their names, those that payments are tried at first in front.
        until: When one of the notice secrets in it ends; None if none does.
        rules: The rules of routing that are published.
        breakers: How accounts fare, by account and method; what is missing fares well.
        tallies: How many attempts succeed where.
        takes_live: False while live payments are switched off.
    """

    version: int
    accounts: Mapping[str, Listed]
    until: datetime | None = None
    rules: RuleSet = field(default_factory=RuleSet)
    breakers: Mapping[tuple[str, str], Breaker] = field(default_factory=dict)
    tallies: Mapping[RateKey, Tally] = field(default_factory=dict)
    takes_live: bool = False


_held: Snapshot | None = None


def current() -> Snapshot:
    """Return the accounts as they are now, or were at most a second ago."""
    held = _held
    version = configuration.recent(settings.CONFIGURATION_SECONDS)
    if version is None:
        version = ConfigurationVersion.read()
    if held is None or held.version != version or _is_over(held):
        return load()
    return held


def held() -> Snapshot | None:
    """Return what this process has in memory."""
    return _held


def hold(snapshot: Snapshot | None) -> None:
    """Have this process use a snapshot until there is another version; None to load it again."""
    global _held
    _held = snapshot


def load() -> Snapshot:
    """Read all accounts from the database."""
    # In this order: what changes in between comes with a version that is not this one.
    version = ConfigurationVersion.read()
    now = timezone.now()
    # With the accounts, for there are always some: a query less.
    is_on = Exists(LivePayments.objects.filter(is_on=True))
    rows = ProcessorAccount.objects.order_by("-is_default", "created_at", "name").annotate(
        takes_live=is_on
    )
    ends = [
        secret.until
        for row in rows
        for secret in sealing.open_notice_secrets(row.name, row.sealed_notice_secrets)
        if secret.until is not None and secret.until > now
    ]
    snapshot = Snapshot(
        version,
        MappingProxyType({row.name: _list(row, now) for row in rows}),
        min(ends, default=None),
        routes.load_rules(),
        routes.load_breakers(),
        routes.load_tallies(),
        any(row.takes_live for row in rows),
    )
    hold(snapshot)
    return snapshot


def view(row: ProcessorAccount, *, at: datetime) -> RailAccount:
    """Return what an account's rail is made from, its secrets in plain text."""
    secrets = sealing.open_notice_secrets(row.name, row.sealed_notice_secrets)
    return RailAccount(
        row.name,
        row.kind,
        row.livemode,
        MappingProxyType(sealing.open_credentials(row.name, row.sealed_credentials)),
        tuple(one.text for one in secrets if one.until is None or one.until > at),
        row.base_url,
    )


def _list(row: ProcessorAccount, at: datetime) -> Listed:
    return Listed(
        view(row, at=at),
        row.title,
        AccountStatus(row.status),
        row.is_default,
        frozenset(row.currencies),
        frozenset(row.methods),
        row.statement_descriptor,
        fee_models.read(row.fee_model),
        row.quiet_until,
        amount_limits.read(row.amount_limits),
    )


def _is_over(held: Snapshot) -> bool:
    return held.until is not None and held.until <= timezone.now()
