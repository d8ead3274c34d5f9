"""A key → who asks. One query, and nothing cached: a revoked key is refused at once."""

import base64
import binascii
import time
from typing import Final

import orjson
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from accounts.detection import measures, watch
from accounts.models.configuration import SECURITY, VERSION
from accounts.services import api_keys, key_usage, possession
from api import request_log
from api.access.caller import Caller
from core.database import configuration, time_limits
from core.database.time_limits import Work
from core.detection import signals
from core.detection.measures import is_suspended
from core.detection.networks import network_of
from core.detection.signals import Observation, Signal
from core.errors import Forbidden, InvalidRequest, Unauthenticated
from core.tenant import Tenant
from core.types import DbRow

_FIND: Final = """
    SELECT k.id, k.account_id, k.livemode, k.kind, k.permissions, a.api_version,
        k.expires_at IS NOT NULL AND k.expires_at <= statement_timestamp(),
        k.last_used_at IS NULL OR k.last_used_at < statement_timestamp() - interval '1 minute',
        {connected}, k.platform_id, k.dpop_jkt, {security}, {version}, {time_limit}
    FROM accounts_apikey k
    JOIN accounts_account a ON a.id = k.account_id AND a.closed_at IS NULL
    WHERE k.digest = %s
"""
_FIND_KEY: Final = _FIND.format(
    connected="NULL", security=SECURITY, version=VERSION, time_limit=time_limits.TERM
)
# "null" for an account that the platform opened, without bounds. A key that an account gave away
# by OAuth is for that account: those that are connected to it have not been asked.
_FIND_KEY_AND_CONNECTION: Final = _FIND.format(
    connected="""(
        SELECT CASE WHEN o.opened_by_id = c.platform_id THEN 'null'
            ELSE coalesce(c.granted::text, '{"*": "write"}') END FROM accounts_connection c
        JOIN accounts_account o ON o.id = c.account_id AND o.closed_at IS NULL
        WHERE c.platform_id = k.account_id AND c.account_id = %s AND c.livemode = k.livemode
            AND c.ended_at IS NULL
            AND k.platform_id IS NULL
    )""",
    security=SECURITY,
    version=VERSION,
    time_limit=time_limits.TERM,
)
_USED: Final = """
    UPDATE accounts_apikey SET last_used_at = now()
    WHERE id = ANY(%s) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
"""
_USE_WRITTEN_EVERY_SECONDS: Final = 60
_MOST_REMEMBERED: Final = 10_000
# Payers' browsers are anywhere: where these keys are used says nothing.
_OF_SERVERS: Final = frozenset({"secret", "restricted"})
_PLACE_NOTED_EVERY_SECONDS: Final = 300

# Keys whose use is still to be written, and when this process last asked for that.
_used: Final[set[str]] = set()
_noted: Final[dict[str, float]] = {}
# When this process last told of a key in a network.
_places: Final[dict[tuple[str, str], float]] = {}


def authenticate(request: HttpRequest, work: Work = Work.WRITE) -> Caller:
    """Find out who asks, and for which account.

    Args:
        request: The request, with the key.
        work: What the request asks of the database, which is told its limit by the same query.

    Raises:
        Unauthenticated: If there is no key, or none that we know, or it has expired, or it is bound
            to another key and nothing proves that the caller has that.
        Forbidden: If the account that is acted on is not connected to the key's, or a live key
            came without TLS.
        InvalidRequest: If two headers name different accounts.
    """
    text = _key_of(request)
    asked_for = _account_of(request)
    # Before it is looked up: who hears it on the way learns not even whether it is a key.
    if (
        _is_live(text)
        and not request.is_secure()
        and getattr(settings, "API_LIVE_NEEDS_TLS", False)
    ):
        signals.note(Observation(Signal.KEY_IN_CLEAR, thing=api_keys.mask(text)))
        raise Forbidden("Live mode API keys may only be used over TLS.")
    found = _look_up(text, asked_for, work) if api_keys.is_well_formed(text) else None
    if found is None:
        raise Unauthenticated(f"Invalid API Key provided: {api_keys.mask(text)}")
    key_id, account_id, livemode, kind, permissions, version, expired, stale, *reach = found
    connected, key_platform_id, thumbprint, *_ = reach
    is_token = key_platform_id is not None and kind in ("secret", "restricted")
    if expired:
        raise Unauthenticated(
            f"Expired API Key provided: {api_keys.mask(text)}", code="api_key_expired"
        )
    if is_suspended(key_id, at=timezone.now()):
        raise Unauthenticated(
            "This API key is suspended, for it may be in others' hands. Ask those who run your "
            "payments for a new one, or to let this one in again.",
            code="api_key_suspended",
        )
    possession.check(request, text, thumbprint)
    if stale:
        _note_use(key_id)
    if kind in _OF_SERVERS:
        _note_place(request, key_id, account_id, livemode=livemode)
    own = Tenant(account_id, livemode)
    acts_on_other = asked_for is not None and asked_for != account_id
    if acts_on_other and connected is None:
        raise _not_connected(text, asked_for or "")
    granted = orjson.loads(connected) if acts_on_other else None
    return Caller(
        tenant=Tenant(asked_for, livemode) if acts_on_other and asked_for else own,
        platform=own if acts_on_other else None,
        key_id=key_id,
        key_kind=kind,
        api_version=version,
        permissions=orjson.loads(permissions) if kind in ("restricted", "ephemeral") else {},
        granted=granted,
        by_application=is_token or granted is not None,
        key_platform_id=key_platform_id,
    )


def _look_up(text: str, asked_for: str | None, work: Work) -> DbRow | None:
    digest, limit = api_keys.digest(text), time_limits.value(work)
    with connection.cursor() as cursor:
        if asked_for is None:
            cursor.execute(_FIND_KEY, (limit, digest))
        else:
            cursor.execute(_FIND_KEY_AND_CONNECTION, (asked_for, limit, digest))
        row: DbRow | None = cursor.fetchone()
    if row is not None:
        time_limits.remember(work)
        configuration.hear(row[-2])
        measures.hear(row[-3])
    return row


def _key_of(request: HttpRequest) -> str:
    scheme, _, rest = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    text = ""
    if scheme.lower() in ("bearer", "dpop"):
        text = rest.strip()
    elif scheme.lower() == "basic":
        try:
            text = base64.b64decode(rest.strip(), validate=True).decode("ascii").partition(":")[0]
        except (binascii.Error, ValueError):
            text = ""
    if text:
        return text
    raise Unauthenticated(
        "You did not provide an API key. You need to provide your API key in the Authorization "
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    )


def _is_live(text: str) -> bool:
    return text.split("_", 2)[1:2] == ["live"]


def _account_of(request: HttpRequest) -> str | None:
    account = request.META.get("HTTP_STRIPE_ACCOUNT")
    also = request.META.get("HTTP_STRIPE_CONTEXT")
    if account and also and account != also:
        raise InvalidRequest("Stripe-Account and Stripe-Context name different accounts.")
    named = account or also
    # A NUL would only make the database refuse the question.
    return named.replace("\0", "")[:64] if named else None


def _not_connected(text: str, account_id: str) -> Forbidden:
    return Forbidden(
        f"The provided key '{api_keys.mask(text)}' does not have access to account "
        f"'{account_id}' (or that account does not exist). Application access may have been "
        "revoked.",
        code="account_invalid",
    )


def _note_use(key_id: str) -> None:
    """Queue the time of a key's last use for another thread, at most once a minute."""
    now = time.monotonic()
    if now - _noted.get(key_id, -1e9) < _USE_WRITTEN_EVERY_SECONDS:
        return
    if len(_noted) >= _MOST_REMEMBERED:
        _noted.clear()
    _noted[key_id] = now
    _used.add(key_id)
    request_log.wake()


def _note_place(request: HttpRequest, key_id: str, account_id: str, *, livemode: bool) -> None:
    """Tell where a key is used, every few minutes of each place."""
    network = network_of(request.META.get("REMOTE_ADDR") or "")
    now = time.monotonic()
    if now - _places.get((key_id, network), -1e9) < _PLACE_NOTED_EVERY_SECONDS:
        return
    if len(_places) >= _MOST_REMEMBERED:
        _places.clear()
    _places[key_id, network] = now
    signals.note(
        Observation(
            Signal.KEY_USED,
            account_id=account_id,
            livemode=livemode,
            key_id=key_id,
            network=network,
        )
    )


def _write_used() -> int:
    ids = [_used.pop() for _ in range(len(_used))]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_USED, (ids,))
    return len(ids)


request_log.register(_write_used)
request_log.register(key_usage.write)
request_log.register(watch.look)
signals.listen(request_log.wake)
