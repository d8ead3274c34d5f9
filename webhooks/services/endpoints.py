"""Addresses that want to hear of events."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Q

from accounts.audit import trail
from accounts.services import consents
from core import request_context
from core.database.locking import lock_one
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from webhooks import encryption, queries
from webhooks.catalog import EVENT_TYPES, NEVER_SENT, THIN_ONLY
from webhooks.models import Endpoint
from webhooks.services import missed


def create(
    *,
    tenant: Tenant,
    url: str,
    enabled_events: list[str],
    is_connect: bool = False,
    also_hears_own: bool = False,
    description: str | None = None,
    api_version: str | None = None,
    metadata: dict[str, str] | None = None,
    name: str = "",
    is_thin: bool = False,
    keeps_order: bool = False,
    most_per_second: int | None = None,
    at: datetime,
) -> tuple[Endpoint, str]:
    """Add an endpoint.

    Args:
        tenant: Whose endpoint.
        url: http or https; live mode takes https only.
        enabled_events: Types of the catalogue, or `"*"`.
        is_connect: True for events of connected accounts instead of one's own.
        also_hears_own: True for both, of one of connected accounts.
        description: The description, for people.
        api_version: In which events are to be rendered.
        metadata: The caller's own words.
        name: For people, of a destination of events.
        is_thin: True to be sent what happened and to what, without the object.
        keeps_order: True to be sent each object's events one after another.
        most_per_second: Deliveries in a second at most; None for as many as it takes.
        at: The moment of the request.

    Returns:
        The row, and its signing secret, which is shown only now.

    Raises:
        InvalidRequest: If the address or a type is not usable, or the account has as many
            endpoints as it may have.
    """
    _check_url(url, tenant)
    _check_events(enabled_events)
    endpoint_id = request_context.reserved_id("we")
    if request_context.current().is_recovery:
        if done := Endpoint.objects.filter(id=endpoint_id).first():
            return done, encryption.decrypt(done.secret, row=done.id)
    secret = encryption.new_secret()
    with atomic():
        _check_room(tenant)
        row = Endpoint.objects.create(
            id=endpoint_id,
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            url=url,
            enabled_events=enabled_events,
            is_connect=is_connect,
            also_hears_own=is_connect and also_hears_own,
            description=description,
            api_version=api_version,
            metadata=metadata or {},
            name=name,
            is_thin=is_thin,
            keeps_order=keeps_order,
            most_per_second=most_per_second,
            secret=encryption.encrypt(secret, row=endpoint_id),
            platform_id=consents.maker_for(tenant),
            created_at=at,
        )
        trail.record_operator(
            "endpoint.created", row, changes={"url": (None, url), "events": (None, enabled_events)}
        )
    return row, secret


def update(
    *,
    tenant: Tenant,
    endpoint_id: str,
    changes: JsonObject,
    made_by: str | None = None,
    has_thin: bool = True,
) -> Endpoint:
    """Change an endpoint; `is_enabled` switches it on or off.

    Args:
        tenant: Whose endpoint.
        endpoint_id: `we_...`.
        changes: Column → value.
        made_by: A platform, to change only what it made itself.
        has_thin: False if one that is sent thin events is not to be found.

    Raises:
        Missing: If the account has no such endpoint.
        InvalidRequest: If the address or a type is not usable.
    """
    if "url" in changes:
        _check_url(changes["url"], tenant)
    if "enabled_events" in changes:
        _check_events(changes["enabled_events"])
    with atomic():
        row = _lock(tenant, endpoint_id, made_by, has_thin=has_thin)
        before = {name: getattr(row, name) for name in changes}
        was_enabled = row.is_enabled
        apply(row, changes)
        if changes.get("is_enabled"):
            row.disabled_reason = ""
        if was_enabled and not row.is_enabled:
            missed.begin(row)
        elif row.is_enabled and not was_enabled:
            missed.end(row)
        if "url" in changes or changes.get("is_enabled"):
            # Whoever answers there now has not been slow yet.
            row.is_slow, row.timeouts_in_a_row, row.paused_until = False, 0, None
            row.failing_since, row.failing_notices = None, 0
        row.save()
        trail.record_operator(
            "endpoint.changed",
            row,
            changes={name: (old, getattr(row, name)) for name, old in before.items()},
        )
    return row


def delete(
    *,
    tenant: Tenant,
    endpoint_id: str,
    made_by: str | None = None,
    has_thin: bool = True,
    at: datetime,
) -> None:
    """Delete an endpoint; what was not delivered yet is canceled when it is due.

    Args:
        tenant: Whose endpoint.
        endpoint_id: `we_...`.
        made_by: A platform, to delete only what it made itself.
        has_thin: False if one that is sent thin events is not to be found.
        at: The moment of the request.

    Raises:
        Missing: If the account has no such endpoint.
    """
    with atomic():
        row = _lock(tenant, endpoint_id, made_by, has_thin=has_thin)
        row.deleted_at = at
        row.is_enabled = False
        row.save(update_fields=["deleted_at", "is_enabled"])


def delete_all(*, account_id: str, at: datetime) -> None:
    """Delete every endpoint of an account that is closed, or that it made for others. A step."""
    require_transaction()
    theirs = Q(account_id=account_id) | Q(platform_id=account_id)
    Endpoint.objects.filter(theirs, deleted_at=None).update(deleted_at=at, is_enabled=False)


def delete_created_by(platform_id: str, tenant: Tenant, at: datetime) -> None:
    """Delete the endpoints that a platform made for an account which lets it in no more."""
    require_transaction()
    queries.endpoints(tenant, made_by=platform_id).update(deleted_at=at, is_enabled=False)


def _lock(tenant: Tenant, endpoint_id: str, made_by: str | None, *, has_thin: bool) -> Endpoint:
    rows = queries.endpoints(tenant, made_by=made_by, has_thin=has_thin)
    return lock_one(rows, endpoint_id, kind="webhook_endpoint")


def _check_room(tenant: Tenant) -> None:
    """Refuse one endpoint more than an account may have, also to requests at the same time."""
    key = f"webhook_endpoints:{tenant.account_id}:{tenant.livemode}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    most = settings.WEBHOOKS_MOST_ENDPOINTS
    if queries.endpoints(tenant).count() >= most:
        mode = "live" if tenant.livemode else "test"
        raise InvalidRequest(
            f"This account already has {most} webhook endpoints in {mode} mode, which "
            "is the limit. Delete one that is no longer needed, or let one endpoint hear of "
            "more event types.",
        )


def _check_url(url: str, tenant: Tenant) -> None:
    # Python's parser drops line breaks without a word; what is stored is what was checked.
    usable = url.isascii() and url.isprintable() and " " not in url
    try:
        parts = urlsplit(url)
        usable = usable and parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidRequest(
            f"Invalid URL: {url[:200]}. It must be an absolute http or https address in ASCII, "
            "without a login in it.",
            code="url_invalid",
            param="url",
        )
    if tenant.livemode and parts.scheme != "https":
        raise InvalidRequest(
            "Invalid URL: live endpoints must use https.", code="url_invalid", param="url"
        )


def _check_events(types: list[str]) -> None:
    if not types:
        raise InvalidRequest("Name at least one event type, or * for all.", param="enabled_events")
    for i, type in enumerate(types):
        if type != "*" and not any(type in known for known in (EVENT_TYPES, NEVER_SENT, THIN_ONLY)):
            raise InvalidRequest(
                f"Invalid enabled_events[{i}]: {type[:60]} is not a type of event. The "
                "reference lists them.",
                param=f"enabled_events[{i}]",
            )
