"""Installing clients where their registry can be reached, once for each lock."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from config import bootstrap
from tests.acceptance.clients.table import CLIENTS, Client

# Where no registry can be reached, that is known soon.
_SECONDS = 60
_PATIENCE = {"UV_NO_PROGRESS": "1", "UV_HTTP_TIMEOUT": "20", "npm_config_fetch_retries": "0"}


class NotInstalled(Exception):
    """Why a client is not here."""


class Installs:
    """All clients, installed side by side while the first ones run."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(4)
        self._begun: dict[str, Future[Path]] = {}
        for client in CLIENTS:
            if client.name not in self._begun:
                self._begun[client.name] = self._pool.submit(install, client)

    def place_of(self, client: Client) -> Path:
        """Wait until a client is there, and return where.

        Raises:
            NotInstalled: If it cannot be.
        """
        return self._begun[client.name].result()

    def close(self) -> None:
        """Leave undone what has not begun."""
        self._pool.shutdown(cancel_futures=True)


def install(client: Client) -> Path:
    """Install what a client's lock names, unless it is there from an earlier run.

    Returns:
        The folder with its packages.

    Raises:
        NotInstalled: If it cannot be.
    """
    lock = client.lock.read_bytes()
    mark = hashlib.sha256(lock + sys.version.encode()).hexdigest()[:12]
    folder = _folder()
    place = folder / f"{client.name}-{mark}"
    if place.exists():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=folder))
    try:
        (_npm if client.lock.suffix == ".json" else _pip)(client, half)
        # Another run may have been quicker.
        if not place.exists():
            half.rename(place)
    except (subprocess.SubprocessError, OSError) as error:
        raise NotInstalled(f"{client.name} cannot be installed here: {error}") from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return place


def _folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "rialto" / "clients"


def _pip(client: Client, place: Path) -> None:
    _run(
        str(bootstrap.UV),
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--python",
        sys.executable,
        "--target",
        str(place),
        "-r",
        str(client.lock),
    )


def _npm(client: Client, place: Path) -> None:
    if not shutil.which("npm"):
        raise NotInstalled("npm is not here.")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(client.lock.parent / name, place)
    _run("npm", "ci", "--prefix", str(place), "--ignore-scripts", "--no-audit", "--no-fund")


def _run(*command: str) -> None:
    environment = bootstrap.pip_settings() | os.environ | _PATIENCE
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=_SECONDS)
