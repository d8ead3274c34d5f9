"""Dated versions of the protocol: render the newest, walk back to the caller's."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api.older import older_shapes as older
from core.errors import InvalidRequest
from core.types import JsonObject

Wire = JsonObject

# A date, perhaps a release name, perhaps previews: `2026-10-28.endive; some_beta=v1`.
_VERSION: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.([a-z_]+))?(?:; *[a-z0-9_]+=v[0-9]+)*"
)
_LONGEST: Final = 100
# Before it there was no version.
_FIRST: Final = "2011-01-01"
# Since when releases are called so; a date between two of them has the name of the earlier.
_NAMES: Final = (
    ("2026-09-30", "endive"),
    ("2026-03-25", "dahlia"),
    ("2025-09-30", "clover"),
    ("2025-03-31", "basil"),
    ("2024-09-30", "acacia"),
)
_PREVIEWS: Final = frozenset({"preview", "private_preview"})


@dataclass(frozen=True, slots=True)
class Change:
    """A dated change of one kind of object, and how to undo it for older callers.

    Args:
        version: The first version that has the change.
        kind: The wire's word for the object.
        undo: Turns the newer object into the older one, in place.
        title: What changed, for people.
    """

    version: str
    kind: str
    undo: Callable[[Wire], None]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """A list, or an object, that stood inside an object unasked, until a version.

    Args:
        version: The first version in which it is asked for, or is not there.
        kind: The wire's word for the object.
        field: The field of the object.
    """

    version: str
    kind: str
    field: str


# Source: the changelog of the protocol, by date. Newest first.
CHANGES: Final[tuple[Change, ...]] = (
    Change(
        "2025-09-30.clover", "promotion_code", older.coupon_of_promotion_codes,
        "Promotion codes name their coupon in `promotion`, and no longer have it in `coupon`.",
    ),
    Change(
        "2025-03-31.basil", "payment_intent", older.invoice_on_payments,
        "Intents no longer have `invoice`.",
    ),
    Change(
        "2025-03-31.basil", "charge", older.destination_on_charges,
        "Charges no longer have `destination`, `invoice` and `order`.",
    ),
    Change(
        "2020-08-27", "charge", older.booleans_of_3d_secure,
        "`three_d_secure` has `result` in place of `authenticated` and `succeeded`.",
    ),
    Change(
        "2019-12-03", "customer", older.tax_info_of_customers,
        "Customers no longer have `tax_info`.",
    ),
    Change(
        "2019-10-17", "customer", older.account_balance_of_customers,
        "`account_balance` of customers is called `balance`.",
    ),
    Change(
        "2019-08-14", "account", older.platform_payments,
        "The capability `platform_payments` is called `transfers`.",
    ),
    Change(
        "2019-08-14", "capability", older.platform_payments_itself,
        "The capability `platform_payments` is called `transfers`.",
    ),
    Change(
        "2019-02-19", "account", older.legal_entity,
        "`legal_entity` became `individual`, `company` and `business_type`, `verification` became "
        "`requirements`, and what is set became `settings` and `business_profile`.",
    ),
    Change(
        "2019-02-11", "payment_intent", older.intents_of_sources,
        "`requires_source`, `requires_source_action`, `next_source_action`, `authorize_with_url` "
        "and `allowed_source_types` are called `requires_payment_method`, `requires_action`, "
        "`next_action`, `redirect_to_url` and `payment_method_types`.",
    ),
    Change(
        "2017-05-25", "account", older.managed_accounts,
        "Accounts have a `type` in place of `managed`.",
    ),
    Change(
        "2017-05-25", "event", older.request_of_events,
        "`request` of events also has the idempotency key, and `user_id` is called `account`.",
    ),
)  # fmt: skip

INSIDE: Final[tuple[Inside, ...]] = (
    Inside("2025-09-30", "promotion_code", "coupon"),
    Inside("2022-11-15", "payment_intent", "charges"),
    Inside("2022-11-15", "charge", "refunds"),
    Inside("2020-08-27", "customer", "sources"),
    Inside("2020-08-27", "customer", "subscriptions"),
    Inside("2020-08-27", "customer", "tax_ids"),
)

# From then on nothing is to be undone.
_NOTHING_OLDER: Final = CHANGES[0].version[:10]
# What an intent is made with when its request does not say.
AUTOMATIC_METHODS_SINCE: Final = "2023-08-16"
ASYNCHRONOUS_CAPTURE_SINCE: Final = "2024-04-10"


def check(version: str, *, today: date, param: str | None = None) -> str:
    """Return a version that there may be: today's, an older one, or a newer one than ours.

    Args:
        version: What the caller says.
        today: The date of today, in UTC.
        param: The parameter that it is from; None for the header.

    Raises:
        InvalidRequest: If it is no date on which there could be a version, or has the name of
            another release.
    """
    found = _VERSION.fullmatch(version) if len(version) <= _LONGEST else None
    day = _day(found[1]) if found else None
    if found is None or day is None:
        raise _invalid(version, "It looks like 2026-10-28.endive.", param)
    # It may be tomorrow where the caller is.
    if found[1] < _FIRST or day > today + timedelta(days=1):
        raise _invalid(version, f"Versions are dates from {_FIRST} until today.", param)
    name, right = found[2], _name_of(found[1])
    if name and name != right and (name not in _PREVIEWS or right is None):
        known = {known for _, known in _NAMES}
        # Releases that are newer than ours may have a name that we do not know.
        if right != _NAMES[0][1] or name in known:
            should = f"{found[1]}.{right}" if right else found[1]
            raise _invalid(version, f"The version of that date is {should}.", param)
    return version


def is_older(version: str) -> bool:
    """Return whether anything looks different in a version."""
    return version[:10] < _NOTHING_OLDER


def is_before(version: str | None, date: str) -> bool:
    """Return whether a caller speaks a version from before a date; nobody's is today's."""
    return version is not None and version[:10] < date


def inside(version: str) -> tuple[Inside, ...]:
    """Return the lists that stand inside of objects in a version, in the order of loading."""
    if version[:10] >= INSIDE[0].version:
        return ()
    return tuple(one for one in INSIDE if version[:10] < one.version)


def downgrade(result: Wire, version: str, changes: Sequence[Change] = CHANGES) -> None:
    """Undo, in place and at every depth, the changes that are newer than the caller's version.

    What an event tells was rendered with it, in the event's own version.
    """
    if changes is CHANGES and not is_older(version):
        return
    newer = [change for change in changes if change.version[:10] > version[:10]]
    if newer:
        _undo(result, newer)


def downgrade_event(event: Wire, version: str) -> None:
    """Undo the changes in an event, in its object, and in the fields that changed of it."""
    newer = [change for change in CHANGES if change.version[:10] > version[:10]]
    data = event["data"]
    kind = data["object"].get("object")
    for change in newer:
        if change.kind == kind and "previous_attributes" in data:
            change.undo(data["previous_attributes"])
        if change.kind == "event":
            change.undo(event)
    _undo(data["object"], newer)


def _undo(node: object, newer: list[Change]) -> None:
    if isinstance(node, list):
        for item in node:
            _undo(item, newer)
    elif isinstance(node, dict) and node.get("object") != "event":
        for value in node.values():
            _undo(value, newer)
        for change in newer:
            if node.get("object") == change.kind:
                change.undo(node)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name_of(day: str) -> str | None:
    return next((name for since, name in _NAMES if day >= since), None)


def _invalid(version: str, hint: str, param: str | None) -> InvalidRequest:
    return InvalidRequest(f"Invalid Stripe API version: {version[:40]}. {hint}", param=param)
