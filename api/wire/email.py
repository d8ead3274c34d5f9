"""A parameter that is an email address."""

from typing import Unpack

from api.wire.options import Options
from api.wire.params import Text
from core.errors import InvalidRequest
from core.security.email_addresses import LONGEST, is_one_address


class Email(Text):
    """One email address."""

    def __init__(self, most: int = LONGEST, **more: Unpack[Options]) -> None:
        super().__init__(most=most, **more)

    def convert(self, value: object, path: str) -> str:
        text = super().convert(value, path)
        if not is_one_address(text):
            raise InvalidRequest(
                f"Invalid email address: {text[:100]}. Give one address, without a name.",
                code="email_invalid",
                param=path,
            )
        return text
