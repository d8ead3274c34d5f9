"""What `make test` runs with."""

from config.settings.base import *  # noqa: F403
from config.settings.base import LIMITS, env
from core.limits.figures import Rate

SECRET_KEY = "for-tests-only"  # noqa: S105
RIALTO_KEY_PEPPER = "for-tests-only"
RIALTO_ENCRYPTION_KEY = "for-tests-only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REQUEST_LOG_ENABLED = env.bool("RIALTO_REQUEST_LOG", default=False)
# A thread has a connection of its own, which sees nothing of an ordinary test.
REQUEST_LOG_HAS_THREAD = REQUEST_LOG_ENABLED
REQUEST_LOG_MOST = 1_000
# Every test client builds the middleware anew: listing all static files would take it longest.
WHITENOISE_AUTOREFRESH = True
# Test mode as live mode, so that one test shows both.
TEST_PAYOUTS_HELD_SECONDS = 86_400
TEST_ALARMS_ANSWERED = True
# Pages are tried by operators with a password alone; `tests/people` has second factors.
ADMIN_WITHOUT_MFA = env.bool("RIALTO_ADMIN_WITHOUT_MFA", default=True)
# What is known is never asked for again by the clock: a page's queries are counted.
CONFIGURATION_SECONDS = 1e9
# Tests ask faster than anybody; those of limits set the real figures.
LIMITS = dict.fromkeys(LIMITS, Rate(interval=1, burst=1_000_000))
SHED_WAIT_MILLISECONDS = 0
CONCURRENT_REQUESTS = {"live": 1_000, "test": 1_000}
