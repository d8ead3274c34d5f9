"""A real installation. This file only refuses what would be unsafe."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import (
    ADMIN_WITHOUT_MFA,
    ALLOWED_HOSTS,
    DATABASES,
    DEBUG,
    MONITORING_TOKEN,
    OAUTH2_PROVIDER,
    PROXY_SECRET,
    RIALTO_ENCRYPTION_KEY,
    RIALTO_KEY_PEPPER,
    SECRET_KEY,
    TRUSTED_PROXIES,
    env,
)
from config.settings.database import is_read_on_the_way
from core.security.strength import weaknesses

SECURE_SSL_REDIRECT = True
# `config.web.proxies` takes it away unless a proxy of ours said it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# No other host of the domain can set these.
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
MESSAGE_STORAGE = "config.web.told.Messages"
WEBHOOKS_ALLOW_LOOPBACK = False
API_LIVE_NEEDS_TLS = True
NEEDS_TWO_LOGINS = True
ACCESS_LOG = env.bool("RIALTO_ACCESS_LOG", default=True)
# Programs on one's own machine, which are sent back without TLS, are for trying things out.
OAUTH2_PROVIDER = OAUTH2_PROVIDER | {
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
}

_SECRETS = {
    "SECRET_KEY": SECRET_KEY,
    "RIALTO_KEY_PEPPER": RIALTO_KEY_PEPPER,
    "RIALTO_ENCRYPTION_KEY": RIALTO_ENCRYPTION_KEY,
}
if TRUSTED_PROXIES or PROXY_SECRET:
    _SECRETS["RIALTO_PROXY_SECRET"] = PROXY_SECRET
if MONITORING_TOKEN:
    _SECRETS["RIALTO_MONITORING_TOKEN"] = MONITORING_TOKEN
if _weak := weaknesses(_SECRETS):
    raise ImproperlyConfigured(" ".join(_weak))
if PROXY_SECRET and not TRUSTED_PROXIES:
    raise ImproperlyConfigured("Say in RIALTO_TRUSTED_PROXIES how many proxies are in front.")
if "DATABASE_OWNER_URL" in env.ENVIRON and not env.bool("RIALTO_AS_OWNER", default=False):
    raise ImproperlyConfigured(
        "Take DATABASE_OWNER_URL out of this program's environment: `rialto migrate` alone needs "
        "it, and whoever breaks in here would own the books."
    )
if is_read_on_the_way(DATABASES["default"]) and not env.bool(
    "RIALTO_DATABASE_WITHOUT_TLS", default=False
):
    raise ImproperlyConfigured(
        "The database is on another machine, and who it is is not verified: add "
        "`?sslmode=verify-full&sslrootcert=system` to its address (or the file of its authority "
        "instead of `system`). Where nobody else is on the network between both, set "
        "RIALTO_DATABASE_WITHOUT_TLS=true."
    )
if ADMIN_WITHOUT_MFA:
    raise ImproperlyConfigured(
        "Take RIALTO_ADMIN_WITHOUT_MFA out: it is for one's own machine. Here operators log in "
        "with a second factor."
    )
if DEBUG or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("Switch DEBUG off and name your hosts in ALLOWED_HOSTS.")
