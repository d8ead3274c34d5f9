"""The migrated database of the tests, kept for as long as nothing changes that decides it.

On a build machine everything is made anew: there the migrations themselves are tested.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from config.launcher.home import ROOT
from config.launcher.postgres import Postgres

# What decides what a migrated cluster holds: tables, functions, rights, and who makes them.
_DECIDING = (
    "*/migrations/*.py", "*/models.py", "*/models/*.py", "ledger/sql/**/*.sql",
    "ledger/audit/schema_manifest.py", "core/database/fields.py", "config/launcher/*.py",
    "config/management/commands/*.py", "config/settings/*.py", "*.lock",
)  # fmt: skip
# A few branches are worked on at a time.
_KEPT = 6


def take(pg: Postgres) -> bool:
    """Give a cluster that has not started the data kept for this code, if there are any."""
    kept = _place()
    if kept is None or not kept.is_dir():
        return False
    copy(kept, pg)
    kept.touch()
    return True


def keep(pg: Postgres) -> None:
    """Keep the data of a stopped cluster for this code."""
    kept = _place()
    if kept is None:
        return
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = Path(tempfile.mkdtemp(dir=kept.parent))
    _copy(pg.data, draft / "data")
    if not kept.exists():
        (draft / "data").rename(kept)
        kept.touch()
    shutil.rmtree(draft)
    for old in sorted(kept.parent.iterdir(), key=lambda each: each.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def copy(data: Path, pg: Postgres) -> None:
    """Give a cluster that has not started a copy of the data of another that is stopped."""
    pg.data.parent.mkdir(parents=True, exist_ok=True)
    _copy(data, pg.data)


def digest(root: Path = ROOT) -> str:
    """Return what stands for the deciding files of a checkout."""
    told = hashlib.sha256(sys.version.encode())
    for path in sorted({path for pattern in _DECIDING for path in root.glob(pattern)}):
        told.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return told.hexdigest()[:24]


def _place() -> Path | None:
    if os.environ.get("CI"):
        return None
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "rialto" / "test-templates" / digest()


def _copy(source: Path, target: Path) -> None:
    # With owners and modes: PostgreSQL may run as another user.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
