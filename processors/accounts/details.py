"""What may be said of an account at a processor."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from core import currencies
from core.errors import InvalidRequest
from core.security import origins
from core.types import Fields
from processors import amount_limits, fee_models
from processors.accounts.kinds import KINDS
from processors.protocols.kinds import Credential, RailKind

# What an account has besides its name, kind, mode, credentials and status.
EDITABLE: Final = (
    "title", "base_url", "currencies", "methods", "statement_descriptor", "fee_model",
    "settlement_schedule", "settlement_bank", "amount_limits",
)  # fmt: skip
_HERE: Final = ("127.0.0.1", "localhost", "::1")
_LENGTHS: Final = {
    "title": 100, "base_url": 255, "settlement_schedule": 200, "settlement_bank": 200,
}  # fmt: skip
_STATEMENT: Final = re.compile(r"(?=.*[A-Za-z])[^<>\\'\"*]{5,22}")
# Not the one of the books' main location.
_NAME: Final = re.compile("(?!main$)[a-z][a-z0-9-]{0,39}")


def kind_of(kind: str, *, livemode: bool) -> RailKind:
    """Return the kind of a new account's rail.

    Raises:
        InvalidRequest: If there is none, or not in this mode.
    """
    found = KINDS.get(kind)
    if found is None:
        raise InvalidRequest(
            f"There is no kind {kind!r}. The kinds are {', '.join(sorted(KINDS))}.", param="kind"
        )
    if livemode not in found.modes:
        mode = "live" if livemode else "test"
        raise InvalidRequest(
            f"{found.title} has no accounts for {mode} payments.", param="livemode"
        )
    return found


def check_name(name: str) -> None:
    """Refuse a name that cannot be one.

    Raises:
        InvalidRequest: If so.
    """
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            "A name is up to 40 small letters, digits and hyphens, and begins with a letter, such "
            "as stripe-eu; main is taken. Charges and the books keep it for ever.",
            param="name",
        )


def check_credentials(kind: RailKind, given: Mapping[str, str], *, livemode: bool) -> None:
    """Refuse credentials that the rail cannot use.

    Raises:
        InvalidRequest: If one is missing, unknown, not formed as it should be, or says itself
            that it is for the other mode.
    """
    wanted = {one.name: one for one in kind.credentials}
    for name in given:
        if name not in wanted:
            raise InvalidRequest(
                f"{kind.title} asks for no {name}, but for {', '.join(wanted) or 'nothing'}.",
                param=f"credentials[{name}]",
            )
    for name, one in wanted.items():
        text, param = given.get(name, ""), f"credentials[{name}]"
        check_secret(one, text, param=param)
        if text and one.words_of_mode and not text.startswith(one.words_of_mode[livemode]):
            mode = "live" if livemode else "test"
            raise InvalidRequest(
                f"That {one.label} is not for {mode} payments, as this account is. {one.how}",
                param=param,
            )


def check_secret(one: Credential, text: str, *, param: str) -> None:
    """Refuse a credential that cannot be one.

    Raises:
        InvalidRequest: If so. It does not repeat what was given.
    """
    if not text:
        if one.is_required:
            raise InvalidRequest(f"{one.label} is missing. {one.how}", param=param)
        return
    is_printable = text.isascii() and text.isprintable() and not re.search(r"\s", text)
    if not is_printable or not re.fullmatch(one.pattern or ".*", text):
        raise InvalidRequest(f"That is no {one.label}. {one.how}", param=param)


def check(kind: RailKind, details: Fields) -> None:
    """Refuse details that an account cannot have.

    Raises:
        InvalidRequest: If so, with the detail's name.
    """
    for name, most in _LENGTHS.items():
        if len(str(details[name])) > most:
            raise InvalidRequest(f"Say it in up to {most} characters.", param=name)
    if not str(details["title"]).strip():
        raise InvalidRequest("Say what people call it.", param="title")
    _check_url(str(details["base_url"]))
    _check_takes(kind, details)
    if (text := str(details["statement_descriptor"])) and not _STATEMENT.fullmatch(text):
        raise InvalidRequest(
            "What statements say has 5 to 22 characters, a letter among them, and none of "
            "< > \\ ' \" *.",
            param="statement_descriptor",
        )


def _check_takes(kind: RailKind, details: Fields) -> None:
    for code in details["currencies"]:
        if code not in currencies.CODES:
            raise InvalidRequest(f"There is no currency {code}.", param="currencies")
    if others := set(details["methods"]) - kind.capabilities.methods:
        raise InvalidRequest(
            f"{kind.title} takes no {', '.join(sorted(others))}. It takes "
            f"{', '.join(sorted(kind.capabilities.methods)) or 'no payments'}.",
            param="methods",
        )
    try:
        fee_models.read(details["fee_model"])
    except fee_models.NoFeeModel as error:
        raise InvalidRequest(str(error), param="fee_model") from error
    try:
        amount_limits.read(details["amount_limits"])
    except amount_limits.NoAmountLimits as error:
        message = f"Between which amounts: {error}"
        raise InvalidRequest(message, param="amount_limits") from error


def _check_url(url: str) -> None:
    if not url:
        return
    parts = urlsplit(url)
    is_here = parts.scheme == "http" and parts.hostname in _HERE
    if origins.origin_of(url) is None or not (is_here or parts.scheme == "https"):
        raise InvalidRequest(
            "An address begins with https:// (http:// on this machine only). Leave it empty for "
            "the processor's own.",
            param="base_url",
        )
