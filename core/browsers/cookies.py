"""How cookies of ours are called, where a browser holds them to their promise."""

from django.conf import settings


def is_secure() -> bool:
    """Tell whether people reach Rialto by https, so that cookies go by nothing else."""
    return bool(settings.PUBLIC_URL.startswith("https:"))


def name_of(name: str) -> str:
    """Return a cookie's name; with https, one that no page of plain http can set.

    Args:
        name: Such as `"rialto_link"`.
    """
    return f"__Secure-{name}" if is_secure() else name
