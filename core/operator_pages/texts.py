"""What people write in words: it is kept whole, or refused."""

from django.utils.translation import gettext

from core.errors import InvalidRequest


def read(text: str, *, most: int, param: str) -> str:
    """Return what somebody wrote, without the blanks around it.

    Args:
        text: As it was typed.
        most: How many characters can be kept.
        param: What the form calls it.

    Raises:
        InvalidRequest: If it is longer.
    """
    text = text.strip()
    if len(text) > most:
        raise InvalidRequest(
            gettext("Write %(most)s characters at most: these are %(count)s.")
            % {"most": f"{most:,}", "count": f"{len(text):,}"},
            param=param,
        )
    return text
