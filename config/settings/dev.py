"""What `make up` runs with: the launcher makes the secrets and puts them into the environment."""

from config.settings.base import *  # noqa: F403
