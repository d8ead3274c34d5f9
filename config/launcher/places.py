"""Where the code of Rialto is, what release it is, and where a home is unless somebody says."""

import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
# The packages of the wheel.
ROOMS: Final = (
    "config", "core", "api", "accounts", "ledger", "webhooks", "processors", "operations",
    "connect", "payments", "checkout", "console",
)  # fmt: skip
_PROJECT: Final = ROOT / "pyproject.toml"


def is_checkout() -> bool:
    """Return whether this is a checkout, and not an installed package."""
    return _PROJECT.is_file()


def default_home() -> Path:
    """Return the home in the checkout; of an installed package, the one where somebody is."""
    return (ROOT if is_checkout() else Path.cwd()) / ".rialto"


def version() -> str:
    """Return the release, which `pyproject.toml` alone says."""
    if is_checkout():
        return str(tomllib.loads(_PROJECT.read_text())["project"]["version"])
    return metadata.version("rialto")
