"""Addresses of the pages that payers open.

The address of a session is what lets a payer in, so no part of the database holds one: its last
word is made of the row's id and the installation's secret, and can be made again whenever it is
shown. That of a payment link is for everybody, and kept.
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare

_SESSIONS: Final = signing.Signer(salt="checkout.session.page")
_RECOVERIES: Final = signing.Signer(salt="checkout.session.recovery")
_PICTURES: Final = signing.Signer(salt="checkout.picture")


def address(session_id: str) -> str:
    """Return the page of a session: nobody can guess it."""
    return f"{settings.PUBLIC_URL}/c/{session_id}/{_SESSIONS.signature(session_id)}"


def is_key_of(session_id: str, key: str) -> bool:
    """Tell whether the last word of an address is a session's."""
    return constant_time_compare(key, _SESSIONS.signature(session_id))


def recovery_address(session_id: str) -> str:
    """Return the page that makes a new session of an expired one: nobody can guess it."""
    return f"{settings.PUBLIC_URL}/c/recover/{session_id}/{_RECOVERIES.signature(session_id)}"


def is_key_of_recovery(session_id: str, key: str) -> bool:
    """Tell whether the last word of an address is an expired session's."""
    return constant_time_compare(key, _RECOVERIES.signature(session_id))


def link_address(token: str) -> str:
    """Return the address of a payment link, which is for everybody."""
    return f"{settings.PUBLIC_URL}/l/{token}"


def picture_address(file_id: str) -> str:
    """Return where pages of this server show a merchant's picture from."""
    return f"/brand/{file_id}/{_PICTURES.signature(file_id)}"


def is_key_of_picture(file_id: str, key: str) -> bool:
    """Tell whether the last word of an address is a picture's."""
    return constant_time_compare(key, _PICTURES.signature(file_id))
