"""A real installation. This file only refuses what would be unsafe."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import (
    ALLOWED_HOSTS,
    DEBUG,
    RIALTO_ENCRYPTION_KEY,
    RIALTO_KEY_PEPPER,
    SECRET_KEY,
)

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
WEBHOOKS_ALLOW_LOOPBACK = False
API_LIVE_NEEDS_TLS = True

for _name, _secret in {
    "SECRET_KEY": SECRET_KEY,
    "RIALTO_KEY_PEPPER": RIALTO_KEY_PEPPER,
    "RIALTO_ENCRYPTION_KEY": RIALTO_ENCRYPTION_KEY,
}.items():
    if len(_secret) < 32 or "for-tests-only" in _secret:
        raise ImproperlyConfigured(f"Set {_name} to at least 32 random characters.")
if DEBUG or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("Switch DEBUG off and name your hosts in ALLOWED_HOSTS.")
