"""What is refused, told to people in their language."""

from django.utils.translation import get_language, gettext

from core.error_codes import CODES
from core.errors import RialtoError


def explain(error: RialtoError) -> str:
    """Say why something was refused, in the reader's language as far as that is known in it.

    A service says the same to programs, in English: what its code means stands before it.
    """
    if (get_language() or "en").startswith("en"):
        return error.message
    if error.code in CODES:
        return f"{gettext(CODES[error.code])} ({error.message})"
    # What is known in the reader's language has letters of its own.
    return (
        f"{gettext('It is refused.')} ({error.message})"
        if error.message.isascii()
        else error.message
    )
