"""Addresses of the pages that payers are sent to.

An address is what lets a payer in, so no part of the database holds one: its last word is made of
the row's id and the installation's secret, and can be made again whenever it is shown.
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare

from core.types import JsonObject
from payments import method_types

Wire = JsonObject

_CHALLENGES: Final = signing.Signer(salt="payments.authentication.page")
_CODES: Final = signing.Signer(salt="payments.code.page")
_ACTIONS: Final = signing.Signer(salt="payments.action.page")
# The key, in what an intent keeps, of the attempt that is open at a processor.
_ATTEMPT: Final = "attempt"
_REDIRECT: Final = "redirect_to_url"


def next_action(
    kept: Wire | None, authentication_id: str | None, charge_id: str | None = None
) -> Wire | None:
    """Return the wire's words for what the payer has to do.

    Args:
        kept: What the intent keeps of it: all but the address.
        authentication_id: The challenge that the intent waits for.
        charge_id: Its latest, for which the payer may have to scan a code.
    """
    if kept and _ATTEMPT in kept and kept["type"] != _REDIRECT:
        return {name: value for name, value in kept.items() if name != _ATTEMPT}
    if kept and is_at_processor(kept):
        shown = kept["redirect_to_url"] | {"url": action_address(kept[_ATTEMPT])}
        return {"redirect_to_url": shown, "type": "redirect_to_url"}
    if kept and charge_id and kept["type"] in method_types.DISPLAYS:
        method = method_types.DISPLAYS[kept["type"]].type
        shown = kept[kept["type"]]
        return kept | {kept["type"]: shown | _of_code(charge_id, method, shown)}
    if kept is None or authentication_id is None:
        return kept
    back = kept["redirect_to_url"]["return_url"]
    return {
        "redirect_to_url": {"return_url": back, "url": address(authentication_id)},
        "type": "redirect_to_url",
    }


def address(authentication_id: str) -> str:
    """Return the bank's page for a challenge: nobody can guess it."""
    return f"{settings.PUBLIC_URL}/3d-secure/{authentication_id}/{_key(authentication_id)}"


def is_key_of(authentication_id: str, key: str) -> bool:
    """Tell whether an address's key is a challenge's."""
    return constant_time_compare(key, _key(authentication_id))


def code_address(charge_id: str, method: str = "promptpay") -> str:
    """Return the page with the code that pays a charge: nobody can guess it.

    Args:
        charge_id: `ch_...`.
        method: The type of what it is paid with.
    """
    return f"{settings.PUBLIC_URL}/{method}/{charge_id}/{_CODES.signature(charge_id)}"


def is_key_of_code(charge_id: str, key: str) -> bool:
    """Tell whether the last word of an address is this charge's."""
    return constant_time_compare(key, _CODES.signature(charge_id))


def at_processor(attempt_id: str, return_url: str | None, kind: str = "") -> Wire:
    """Return what an intent keeps of an action at a processor: all but the address.

    Args:
        attempt_id: The charge or setup attempt.
        return_url: Where the merchant wants the payer back.
        kind: The wire's word for it, if the payer is not redirected.
    """
    shown = {} if kind else {"return_url": return_url}
    kind = kind or _REDIRECT
    return {kind: shown, "type": kind, _ATTEMPT: attempt_id}


def is_at_processor(kept: Wire | None) -> bool:
    """Tell whether what the payer has to do is done at a processor."""
    return attempt_of(kept) is not None


def attempt_of(kept: Wire | None) -> str | None:
    """Return the attempt that is open at a processor, of what an intent keeps; None for none."""
    return (kept or {}).get(_ATTEMPT)


def action_address(attempt_id: str) -> str:
    """Return the page that brings a payer to the processor: nobody can guess it."""
    return f"{settings.PUBLIC_URL}/next-action/{attempt_id}/{_ACTIONS.signature(attempt_id)}"


def return_address(attempt_id: str) -> str:
    """Return the page to which the processor sends a payer back."""
    return f"{action_address(attempt_id)}/return"


def is_key_of_action(attempt_id: str, key: str) -> bool:
    """Tell whether the last word of an address is this attempt's."""
    return constant_time_compare(key, _ACTIONS.signature(attempt_id))


def _of_code(charge_id: str, method: str, shown: Wire) -> Wire:
    """Return the addresses of what a payer is shown, where the wire has them."""
    address = code_address(charge_id, method)
    pictures = {"image_url_png": f"{address}/code.png", "image_url_svg": f"{address}/code.svg"}
    if method == "konbini":
        return {"hosted_voucher_url": address}
    if method == "swish":
        return {
            "hosted_instructions_url": address,
            "mobile_auth_url": address,
            "qr_code": shown["qr_code"] | pictures,
        }
    return {"hosted_instructions_url": address, **pictures}


def _key(authentication_id: str) -> str:
    return _CHALLENGES.signature(authentication_id)
