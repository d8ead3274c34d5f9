"""Passwords that anybody would try here first."""

import re
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

# What Rialto is, whom it is for, and what people call a password.
WORDS: Final = (
    "admin", "bank", "billing", "connect", "console", "developer", "finance", "ledger", "login",
    "market", "money", "operator", "owner", "password", "payment", "payout", "platform", "rialto",
    "secret", "seller", "stripe", "support", "welcome",
)  # fmt: skip
# A shorter part of a name or an address is in too many words.
_LEAST_OF_A_NAME: Final = 3
_LEAST_LEFT: Final = 6


class NotOfKnownWords:
    """Refuse a password of which little is left without words that are known here."""

    def validate(self, password: str, user: object = None) -> None:
        """Look at a new password.

        Raises:
            ValidationError: If fewer than six letters are left without words of `WORDS`, parts of
                the person's name and address and of this installation's host, digits and signs.
        """
        left = password.lower()
        for word in sorted({*WORDS, *_names(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        if sum(letter.isalpha() for letter in left) < _LEAST_LEFT and left != password.lower():
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        """Say what is asked for."""
        return gettext("A password of words that anybody would try here is not taken.")


def _names(user: object) -> set[str]:
    told = f"{getattr(user, 'email', '')} {getattr(user, 'name', '')} "
    told += urlsplit(settings.PUBLIC_URL).hostname or ""
    parts = re.split(r"[\W\d_]+", told.lower())
    return {part for part in parts if len(part) >= _LEAST_OF_A_NAME}
