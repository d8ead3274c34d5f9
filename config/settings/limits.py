"""How many requests are let in, as the environment says."""

from collections.abc import Collection
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from core.limits.figures import Rate, parse

# Name → the setting, and what it is without one.
# Source of the first three: Stripe's published limits of live mode, test mode and single endpoints.
DEFAULTS: Final = {
    "live": ("RIALTO_LIMIT_LIVE", "100/s burst 200"),
    "test": ("RIALTO_LIMIT_TEST", "25/s burst 100"),
    "endpoint": ("RIALTO_LIMIT_ENDPOINT", "25/s burst 100"),
    "key": ("RIALTO_LIMIT_KEY", "100/s burst 200"),
    "browser": ("RIALTO_LIMIT_BROWSER", "10/s burst 50"),
    "wrong_keys": ("RIALTO_LIMIT_WRONG_KEYS", "20/m"),
    "attempts": ("RIALTO_LIMIT_ATTEMPTS", "10/d"),
    "opening": ("RIALTO_LIMIT_LINK_OPENINGS", "60/m"),
    "slowed": ("RIALTO_LIMIT_SLOWED", "6/m burst 2"),
    "slowed_key": ("RIALTO_LIMIT_SLOWED_KEY", "60/m burst 20"),
    "payer_attempts": ("RIALTO_LIMIT_PAYER_ATTEMPTS", "60/h"),
}


# What strangers are held to. Where nobody but oneself asks, programs may ask as fast as they can.
OF_STRANGERS: Final = ("live", "test", "endpoint", "key", "browser", "wrong_keys", "payer_attempts")


def read(env: Env, *, off: Collection[str] = ()) -> dict[str, Rate | None]:
    """Read all limits.

    Args:
        env: The environment.
        off: Those that hold only if the environment has them.

    Raises:
        ImproperlyConfigured: If one of them is none; it says how they are written.
    """
    try:
        return {
            name: parse(setting, env.str(setting, default="off" if name in off else default))
            for name, (setting, default) in DEFAULTS.items()
        }
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None
