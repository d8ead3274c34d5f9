"""Settings, read once from the environment and grouped by room. No logic lives here."""

from pathlib import Path

import django_stubs_ext
import environ
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy

from config.launcher import places
from config.settings import database, limits
from config.settings.monitoring import *  # noqa: F403
from config.settings.people import *  # noqa: F403
from config.settings.retention import *  # noqa: F403

# Lets Django's classes take type arguments, as the type checker's stubs have them.
django_stubs_ext.monkeypatch()

ROOT = places.ROOT
env = environ.Env()

# config
RIALTO_HOME = Path(env.str("RIALTO_HOME", default=str(places.default_home())))
RIALTO_PORT = env.int("RIALTO_PORT", default=8000)
# Where browsers and merchants reach Rialto: in links such as a payer's 3-D Secure page.
PUBLIC_URL = env.str("RIALTO_PUBLIC_URL", default=f"http://127.0.0.1:{RIALTO_PORT}").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
# How many proxies of ours stand in front, and what the last of them says to be known by. What
# anybody else says of whom a request is from, and over what, is not believed.
TRUSTED_PROXIES = env.int("RIALTO_TRUSTED_PROXIES", default=0)
PROXY_SECRET = env.str("RIALTO_PROXY_SECRET", default="")
# In each web process: connections of one address, and requests of one that are under way.
CONNECTIONS_PER_ADDRESS = env.int("RIALTO_CONNECTIONS_PER_ADDRESS", default=256)
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("th", "Thai")]
# First, so that our own words for "Change" and the like come before those of the admin.
LOCALE_PATHS = [ROOT / "connect" / "locale"]
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
# The API receives files by itself: `api.wire.uploads`.
FILE_UPLOAD_HANDLERS = [
    "config.web.uploads.KnownOnly",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CSRF_FAILURE_VIEW = "connect.hosted.views.pages.render_outdated"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Mail goes into files of the home until somebody says where it shall go.
EMAIL_BACKEND = "config.mail.PrivateFiles"
EMAIL_FILE_PATH = RIALTO_HOME / "mail"
if env.str("RIALTO_EMAIL_URL", default=""):
    vars().update(env.email_url("RIALTO_EMAIL_URL"))
# For each thing that a mail server is told.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("RIALTO_EMAIL_FROM", default="receipts@localhost")
SENDS_TEST_RECEIPTS = env.bool("RIALTO_TEST_RECEIPTS", default=True)

INSTALLED_APPS = [
    "config.apps.RialtoConfig",
    # Before the library, whose templates it replaces in part.
    "console",
    "unfold.apps.BasicAppConfig",
    # It looks for the rooms' pages when a page is asked for: most processes show none.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "config.apps.LogInsConfig",
    "allauth.mfa",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular_sidecar",
    "api",
    "accounts",
    "ledger",
    "webhooks",
    "processors",
    "connect",
    "payments",
    "checkout",
]

# The wire protocol needs none of the browser's middleware: see `config.web.middleware`.
MIDDLEWARE = [
    "config.monitoring.middleware.Measured",
    "config.web.policies.EveryAnswer",
    "config.web.proxies.Arrival",
    "config.web.middleware.BrowserOnly",
]
BROWSER_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.web.policies.ConsolePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.languages.ChosenLanguage",
    "config.web.actors.KnownActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.people.guard.Guard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Databases: the application's role can read money and post it, never rewrite it.
_PROCESS = env.str("RIALTO_PROCESS", default="rialto")
# Whoever owns the tables and runs migrations.
_AS_OWNER = env.bool("RIALTO_AS_OWNER", default=False)
# How long a statement of each kind of request may take; see `core.database.time_limits`.
STATEMENT_MILLISECONDS = {"search": 2_000, "read": 5_000, "write": 15_000, "page": 15_000}
_OPTIONS = database.options(_PROCESS, as_owner=_AS_OWNER)
DATABASE_URL = env.str("DATABASE_URL", default="postgres:///rialto")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default=DATABASE_URL)
# Whatever its login may do, the application steps down to the role that may less.
_ASSUMED_ROLE = {"assume_role": "rialto_app"}
# True refuses to work with a login that may become the owner.
NEEDS_TWO_LOGINS = False
_ADDRESS = env.db_url_config(DATABASE_OWNER_URL if _AS_OWNER else DATABASE_URL)
DATABASES = {
    "default": _ADDRESS
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": _ADDRESS.get("OPTIONS", {}) | _OPTIONS | ({} if _AS_OWNER else _ASSUMED_ROLE),
    }
}

# Redis: hints and queues only. Losing all of it loses no work.
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
# Wrong passwords are counted here, and codes of second factors that were used: all processes must
# see the same.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "rialto",
    }
}

# api
REST_FRAMEWORK: dict[str, object] = {
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    # Loaded by `make docs` alone: the server needs nothing of it.
    "DEFAULT_SCHEMA_CLASS": "api.schema.operations.ApiSchema",
}
API_AUTHENTICATION = "accounts.authentication.authenticate"
# True refuses live keys over plain HTTP.
API_LIVE_NEEDS_TLS = False
# Whether a card's number is refused in parameters that are not for it.
CARD_NUMBERS_REFUSED = env.bool("RIALTO_REFUSES_CARD_NUMBERS", default=True)
API_VERSION = "2026-10-28.endive"
REQUEST_LOG_ENABLED = env.bool("RIALTO_REQUEST_LOG", default=True)
# Whether a thread of each process writes it; without one, whoever calls `flush` does.
REQUEST_LOG_HAS_THREAD = True
# More than this unwritten, and the oldest are dropped: payments come before the log.
REQUEST_LOG_MOST = 20_000

# Limits of requests: `api.limits` says what each is for. None where there is none.
LIMITS = limits.read(env)
# Detector → from how many on it is an alarm; 0 for never: `accounts.detection.detectors`.
ALARMS = env.dict("RIALTO_ALARMS", cast={"value": int}, default={})
# Whether alarms may suspend keys, and whether those of test mode are answered as in live mode.
ALARMS_SUSPEND_KEYS = env.bool("RIALTO_ALARMS_SUSPEND_KEYS", default=False)
TEST_ALARMS_ANSWERED = env.bool("RIALTO_TEST_ALARMS_ANSWERED", default=False)
# How many requests of an account are answered at once; 0 for any number.
CONCURRENT_REQUESTS = {
    "live": env.int("RIALTO_CONCURRENT_LIVE_REQUESTS", default=50),
    "test": env.int("RIALTO_CONCURRENT_TEST_REQUESTS", default=10),
}

# Of the places of each web process, how many are for what moves money alone; and after how long a
# wait for a thread the rest is refused bit by bit, 0 for never: `config.door.shedding`.
RESERVED_PERCENT = env.int("RIALTO_RESERVED_PERCENT", default=20)
SHED_WAIT_MILLISECONDS = env.int("RIALTO_SHED_WAIT_MILLISECONDS", default=250)

# accounts
AUTH_USER_MODEL = "accounts.User"
# Up to how much of one payment support refunds: whole units of each currency.
SUPPORT_REFUNDS_UP_TO = env.dict(
    "RIALTO_SUPPORT_REFUNDS_UP_TO",
    cast={"value": int},
    default={"usd": 200, "eur": 200, "gbp": 200, "thb": 5_000},
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.people.passwords.NotOfKnownWords"},
]
# Where what the admin's forms save is recorded.
AUDIT_FORMS = "accounts.audit.trail.record_form"
RIALTO_KEY_PEPPER = env.str("RIALTO_KEY_PEPPER", default="")
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.OAuthApplication"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "accounts.OAuthAccessToken"  # noqa: S105  a model's name
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "accounts.OAuthRefreshToken"  # noqa: S105
OAUTH2_PROVIDER_GRANT_MODEL = "accounts.OAuthGrant"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "accounts.OAuthIDToken"  # noqa: S105
OAUTH2_PROVIDER = {
    # Connect's clients don't know it: they prove who they are with their secret key.
    "PKCE_REQUIRED": lambda client_id: not client_id.startswith("ca_"),
    "ACCESS_TOKEN_EXPIRE_SECONDS": 1800,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 300,
    "SCOPES": {
        "read_only": "See what is there, and change nothing",
        "read_write": "See everything, and take payments, refund and pay out for you",
    },
    "DEFAULT_SCOPES": ["read_only"],
    "OAUTH2_VALIDATOR_CLASS": "connect.oauth.validator.Validator",
    # The best current practice of OAuth 2.0 (RFC 9700), all of it.
    "OIDC_ISS_ENDPOINT": PUBLIC_URL,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/admin/"
SESSION_ENGINE = "config.web.sessions"

# payments
# A refund that fails after it succeeded: whether the seller and the platform's cut get back
# what they bore of it.
REFUNDS_RESTORE_SPLITS = env.bool("RIALTO_REFUNDS_RESTORE_SPLITS", default=True)
# After how many hours an attempt is given up whose payer leaves a step at the processor unfinished.
PAYER_ACTION_HOURS = env.int("RIALTO_PAYER_ACTION_HOURS", default=24)
# After how many minutes the place of a payment link is free again whose payer, sent to a bank or a
# wallet, has not come back: the attempt is given up.
LINK_PLACE_MINUTES = env.int("RIALTO_LINK_PLACE_MINUTES", default=30)
# After how many days a payment that came too late goes back to its payer by itself; 0 for never.
UNAPPLIED_PAYMENTS_RETURNED_AFTER_DAYS = env.int(
    "RIALTO_UNAPPLIED_PAYMENTS_RETURNED_AFTER_DAYS", default=7
)

# connect
# After how long a platform pays what a seller owes that it answers for.
NEGATIVE_BALANCES_COVERED_AFTER_DAYS = env.int(
    "RIALTO_NEGATIVE_BALANCES_COVERED_AFTER_DAYS", default=180
)
# How long a payout can still be canceled before it is sent to the bank.
PAYOUTS_WAIT_SECONDS = env.int("RIALTO_PAYOUTS_WAIT_SECONDS", default=60)
# How long payouts are held once they go to another bank account or card than before; 0 for never.
PAYOUTS_HELD_SECONDS = env.int("RIALTO_PAYOUTS_HELD_SECONDS", default=86_400)
# The same in test mode, but for destinations that an application adds.
TEST_PAYOUTS_HELD_SECONDS = env.int("RIALTO_TEST_PAYOUTS_HELD_SECONDS", default=0)

# people
# After how long a customer who was deleted is erased: its last webhooks are sent by then, and the
# answers are gone that idempotency keeps.
ERASE_AFTER_DAYS = env.int("RIALTO_ERASE_AFTER_DAYS", default=7)
# How long a payment says whose it was after it was made: networks let payers dispute for so long.
PAYMENT_DETAILS_DAYS = env.int("RIALTO_PAYMENT_DETAILS_DAYS", default=540)
# The same of a payment that was made without a customer, whom nobody can delete.
GUEST_PAYMENTS_DAYS = env.int("RIALTO_GUEST_PAYMENTS_DAYS", default=540)
# For how many days after they have left a seller, or it was closed, law asks who its people were.
SELLER_PEOPLE_DAYS = env.int("RIALTO_SELLER_PEOPLE_DAYS", default=1_827)
# For how many days after it is completed a checkout session says what a payer without a customer
# typed in.
GUEST_ANSWERS_DAYS = env.int("RIALTO_GUEST_ANSWERS_DAYS", default=540)

# files
# How much an account keeps in one mode, and how many files.
FILES_MOST_BYTES = env.int("RIALTO_FILES_MOST_BYTES", default=1_073_741_824)
FILES_MOST = env.int("RIALTO_FILES_MOST", default=10_000)
# After how long a link to a file ends at the latest.
FILE_LINKS_DAYS = env.int("RIALTO_FILE_LINKS_DAYS", default=365)
# After how long a file goes that is of use only where it is named, and is named nowhere.
UNUSED_FILES_DAYS = env.int("RIALTO_UNUSED_FILES_DAYS", default=30)

# ledger
# More than anybody reads on a page; the command line shows all.
LEDGER_ROWS_SHOWN = 200
# Who gets the head of the last seal every day, and where all are written down: best on another
# machine than the database's.
SEAL_HEADS_MAIL_TO = env.list("RIALTO_SEAL_HEADS_MAIL_TO", default=[])
SEAL_HEADS_FILE = env.str("RIALTO_SEAL_HEADS_FILE", default=str(RIALTO_HOME / "seal-heads.txt"))

# processors
# How long processes that are told no version of the configuration go on with what they know.
CONFIGURATION_SECONDS = 1.0
# Taken over into a row by the migration that made processor accounts, as what follows of Stripe's.
TEST_RAIL = env.str("RIALTO_TEST_RAIL", default="simulator")
# Which rail pays out in test mode: "simulator" or "bankfile".
TEST_PAYOUT_RAIL = env.str("RIALTO_TEST_PAYOUT_RAIL", default="simulator")
# After how many seconds the simulated bank has paid or refused, and after how many a payout to
# an account that sends it back is there again.
SIMULATED_PAYOUTS_PAID_AFTER = env.int("RIALTO_SIMULATED_PAYOUTS_PAID_AFTER", default=2)
SIMULATED_PAYOUTS_RETURNED_AFTER = env.int("RIALTO_SIMULATED_PAYOUTS_RETURNED_AFTER", default=30)
# The account at a bank out of which live payouts are paid, by files.
BANK_NAME = env.str("RIALTO_BANK_NAME", default="")
BANK_IBAN = env.str("RIALTO_BANK_IBAN", default="").replace(" ", "")
BANK_BIC = env.str("RIALTO_BANK_BIC", default="")
STRIPE_SECRET_KEY = env.str("RIALTO_STRIPE_SECRET_KEY", default="")
# A second Rialto, or whatever else speaks the protocol; empty for Stripe itself.
STRIPE_API_BASE = env.str("RIALTO_STRIPE_API_BASE", default="").rstrip("/")
# What Stripe signs its notices to /inbound/stripe/ with. Without it, all are refused.
STRIPE_NOTICE_SECRET = env.str("RIALTO_STRIPE_NOTICE_SECRET", default="")

# webhooks
RIALTO_ENCRYPTION_KEY = env.str("RIALTO_ENCRYPTION_KEY", default="")
# Keys that it took the place of, the last one first: what is under them is still read.
RIALTO_OLD_ENCRYPTION_KEYS = env.list("RIALTO_OLD_ENCRYPTION_KEYS", default=[])
# Public keys, in hexadecimal, that seals of the audit trail were signed for before.
RIALTO_OLD_SEAL_KEYS = env.list("RIALTO_OLD_SEAL_KEYS", default=[])
# Of an account in each mode, enabled or not.
WEBHOOKS_MOST_ENDPOINTS = env.int("RIALTO_WEBHOOKS_MOST_ENDPOINTS", default=16)
# Test-mode endpoints may be on this machine; live ones never.
WEBHOOKS_ALLOW_LOOPBACK = env.bool("RIALTO_WEBHOOKS_ALLOW_LOOPBACK", default=True)

# celery
# The same server in Celery's spelling.
_BROKER = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_URL = _BROKER.replace("?db=", "?virtual_host=")
BEAT_SCHEDULE_FILE = str(RIALTO_HOME / "run" / "beat")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Log-ins are logged whatever the level of the rest, and requests where that is switched on.
    "loggers": {"rialto.access": {"level": "INFO"}, "rialto.requests": {"level": "INFO"}},
    "root": {"handlers": ["stderr"], "level": env.str("RIALTO_LOG_LEVEL", default="WARNING")},
}

# The admin: `console.sidebar` is the map of its pages, which `console.site` puts into the frame.
UNFOLD = {
    "SITE_TITLE": "Rialto",
    "SITE_HEADER": "Rialto",
    "SITE_SYMBOL": "account_balance",
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": reverse_lazy("admin:console_language")},
    "ACCOUNT": {
        "navigation": [
            {"title": gettext_lazy("Your log-in"), "link": reverse_lazy("people_security")}
        ]
    },
    "STYLES": ["/static/console/console.css", "/static/console/objects.css"],
    "SCRIPTS": ["/static/console/find.js"],
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
    },
}

# The admin's middleware runs inside `BrowserOnly`, where the checks cannot see it.
# They ask `MIDDLEWARE`, and what browsers need is in `BROWSER_MIDDLEWARE`; a test asks that.
SILENCED_SYSTEM_CHECKS = [
    "admin.E408", "admin.E409", "admin.E410", "security.W001", "security.W002", "security.W003",
]  # fmt: skip
