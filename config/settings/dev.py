"""What `make up` runs with: the launcher makes the secrets and puts them into the environment."""

from config.settings import limits
from config.settings.base import *  # noqa: F403
from config.settings.base import env

# Nobody else asks here: one's own tests and benchmarks may ask as fast as they can.
LIMITS = limits.read(env, off=limits.OF_STRANGERS)
CONCURRENT_REQUESTS = {
    "live": env.int("RIALTO_CONCURRENT_LIVE_REQUESTS", default=0),
    "test": env.int("RIALTO_CONCURRENT_TEST_REQUESTS", default=0),
}
SHED_WAIT_MILLISECONDS = env.int("RIALTO_SHED_WAIT_MILLISECONDS", default=0)
