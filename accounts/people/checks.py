"""Whether all processes see the same cache: which codes were used, and how often somebody tried."""

from collections.abc import Sequence
from typing import Final

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

_OF_ONE_PROCESS: Final = ("LocMemCache", "DummyCache")


@register(Tags.security)
def check_cache(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Refuse a cache that each process has for itself."""
    backend: str = settings.CACHES["default"]["BACKEND"]
    if settings.ADMIN_WITHOUT_MFA or not backend.endswith(_OF_ONE_PROCESS):
        return []
    return [
        Error(
            f"CACHES is {backend}, of which each process has its own: a code of a second factor "
            "could be used again at another.",
            hint="Leave CACHES as it is: it is the Redis of REDIS_URL.",
            id="people.E001",
        )
    ]
