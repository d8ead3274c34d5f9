"""Settings that are told by files: how containers are given secrets."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

from config.launcher import problems
from config.launcher.problems import Problem

# The settings that hold a secret, or an address with a password in it.
SECRETS: Final = (
    "SECRET_KEY",
    "RIALTO_KEY_PEPPER",
    "RIALTO_ENCRYPTION_KEY",
    "RIALTO_OLD_ENCRYPTION_KEYS",
    "RIALTO_PROXY_SECRET",
    "RIALTO_MONITORING_TOKEN",
    "RIALTO_EMAIL_URL",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "RESTORED_DATABASE_URL",
    "REDIS_URL",
)


def read_into(environment: MutableMapping[str, str]) -> None:
    """Take each secret from the file that the setting of its name with `_FILE` names.

    Args:
        environment: What is read, and changed.

    Raises:
        Problem: If a file cannot be read or says nothing, or a secret is told twice.
    """
    for name in SECRETS:
        if path := environment.pop(f"{name}_FILE", ""):
            if name in environment:
                raise Problem(f"Set {name} or {name}_FILE, not both.", problems.USAGE)
            environment[name] = _read(name, Path(path))


def _read(name: str, file: Path) -> str:
    try:
        text = file.read_text().strip()
    except OSError as error:
        raise Problem(
            f"{name}_FILE={file} cannot be read ({error.strerror}).", problems.USAGE
        ) from error
    if not text:
        raise Problem(f"{name}_FILE={file} is empty.", problems.USAGE)
    return text
