"""What an email address is: one mailbox, and nothing else that a mail program would read. Pure."""

import re
from typing import Final

LONGEST: Final = 512
# No comma, semicolon, quote, bracket or space: with them one text is several addresses, or a
# name with another address behind it.
_LOCAL: Final = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}"
_LABEL: Final = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?)"
SHAPE: Final = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+{_LABEL}")


def is_one_address(text: str) -> bool:
    """Return whether mail to this text goes to one mailbox."""
    return len(text) <= LONGEST and SHAPE.fullmatch(text) is not None
