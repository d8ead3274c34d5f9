"""What `make up` runs with: the launcher makes the secrets and puts them into the environment."""

from config.settings import limits
from config.settings.base import *  # noqa: F403
from config.settings.base import env

LIMITS = limits.read(env, off=limits.OF_STRANGERS)
CONCURRENT_REQUESTS = {
    "live": env.int("RIALTO_CONCURRENT_LIVE_REQUESTS", default=0),
    "test": env.int("RIALTO_CONCURRENT_TEST_REQUESTS", default=0),
}
