"""What a payment link says of the sessions that it makes."""

from collections.abc import Collection
from typing import Final

from checkout.models import PaymentLink
from checkout.resources.sessions import HOSTED
from checkout.sessions.services import validation
from core.errors import InvalidRequest
from core.types import Fields, JsonObject
from core.updates import merge

MOST_ITEMS: Final = 20
CONFIRMATION: Final = "hosted_confirmation"
REDIRECT: Final = "redirect"
# What has a column of its own.
_NOT_KEPT: Final = frozenset({"currency", "is_active", "line_items", "metadata", "restrictions"})
# What is the intent's, and stands beside the intent's data on a link.
_OF_INTENTS: Final = ("application_fee_amount", "on_behalf_of", "transfer_data")
# What the link alone has a use for.
_OF_LINKS: Final = frozenset({*_OF_INTENTS, "after_completion", "inactive_message"})
# What is changed word by word: the rest of it stays as it is.
_BY_WORD: Final = ("custom_text", "payment_intent_data")


def settings_of(asked: Fields) -> JsonObject:
    """Return what is kept of a request for a new link."""
    kept = {name: value for name, value in asked.items() if name not in _NOT_KEPT}
    return {"after_completion": {"type": CONFIRMATION}, **kept}


def change(settings: JsonObject, changes: Fields) -> JsonObject:
    """Return the settings of a link after a request to change some; what is None goes."""
    new = {name: value for name, value in changes.items() if name not in _NOT_KEPT}
    for name in _BY_WORD:
        if name in new:
            new[name] = _change_words(settings.get(name) or {}, new[name] or {})
    return {name: value for name, value in (settings | new).items() if value is not None}


def check(settings: Fields, *, items: Collection[object]) -> None:
    """Refuse what goes together on no link.

    Args:
        settings: Of the link.
        items: What is sold.

    Raises:
        InvalidRequest: It names the parameter, and what to do.
    """
    validation.check_common({**settings, "ui_mode": HOSTED})
    after = settings["after_completion"]
    kind = after["type"]
    for other in {CONFIRMATION, REDIRECT} - {kind}:
        if other in after:
            raise InvalidRequest(
                f"With type {kind} there is no {other}. Leave it out.",
                param=f"after_completion[{other}]",
            )
    if kind == REDIRECT:
        param = "after_completion[redirect][url]"
        if REDIRECT not in after:
            raise InvalidRequest(
                f"Missing required param: {param}.", code="parameter_missing", param=param
            )
        validation.check_address(after[REDIRECT]["url"], param)
    if not items:
        raise InvalidRequest(
            "Missing required param: line_items. Say what is paid for.",
            code="parameter_missing",
            param="line_items",
        )
    if len(items) + len(settings.get("optional_items") or []) > MOST_ITEMS:
        raise InvalidRequest(
            f"A payment link has at most {MOST_ITEMS} items, optional ones included.",
            param="optional_items",
        )


def session_of(settings: Fields, *, items: Collection[Fields], currency: str | None) -> JsonObject:
    """Return what a session of a link is to be, as requests for sessions say it.

    Args:
        settings: Of the link.
        items: What is sold, as `line_items` says it.
        currency: The link's; None for that of the first item.
    """
    wanted = {name: value for name, value in settings.items() if name not in _OF_LINKS}
    data = dict(settings.get("payment_intent_data") or {})
    data |= {name: settings[name] for name in _OF_INTENTS if settings.get(name) is not None}
    after = settings["after_completion"]
    if after["type"] == REDIRECT:
        wanted["success_url"] = after[REDIRECT]["url"]
    elif message := (after.get(CONFIRMATION) or {}).get("custom_message"):
        wanted["confirmation_message"] = message
    return wanted | {
        **({"currency": currency} if currency else {}),
        "line_items": list(items),
        "mode": "payment",
        "payment_intent_data": data,
        "ui_mode": HOSTED,
    }


def items_of(link: PaymentLink) -> list[JsonObject]:
    """Return what a link sells, as `line_items` of a session says it."""
    return [
        {name: value for name, value in item.items() if name != "id" and value is not None}
        for item in link.items
    ]


def prices_of(link: PaymentLink) -> set[str]:
    """Return the prices that a link has, optional ones among them."""
    optional = link.settings.get("optional_items") or []
    return {str(item["price"]) for item in [*link.items, *optional]}


def _change_words(before: Fields, changes: Fields) -> JsonObject:
    if "metadata" in changes:
        metadata = merge(before.get("metadata") or {}, changes["metadata"])
        changes = {**changes, "metadata": metadata}
    return {name: value for name, value in {**before, **changes}.items() if value is not None}
