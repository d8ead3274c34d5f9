"""What is refused, told to people in their language."""

from django.utils.translation import get_language, gettext

from core.error_codes import CODES
from core.errors import RialtoError


def explain(error: RialtoError) -> str:
    """Say why something was refused, in the reader's language as far as that is known in it.

    A service says the same to programs, in English: what its code means stands before it.
    """
    is_english = (get_language() or "en").startswith("en")
    if is_english or error.code not in CODES:
        return error.message
    return f"{gettext(CODES[error.code])} ({error.message})"
