"""Make `.venv` from the lock. Runs on a bare Python 3.11: only the standard library.

A second run with the same lock does nothing, so every make target may ask for it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "lock.sha256"
UV = "uv==0.13.9"

SHIM = """#!{python}
import sys

sys.path.insert(0, {root!r})
from config.cli.main import app

if __name__ == "__main__":
    sys.exit(app())
"""


def main() -> int:
    if sys.version_info < (3, 11):
        return fail("Rialto needs Python 3.11 or later: make PYTHON=python3.11 up")
    wanted = hashlib.sha256(LOCK.read_bytes() + str(ROOT).encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    if shutil.disk_usage(ROOT).free < 700_000_000:
        return fail("Less than 700 MB of disk is free here. Make room, then run this again.")
    started = time.monotonic()
    try:
        if not (VENV / "bin" / "python").exists():
            say("Making .venv")
            run(sys.executable, "-m", "venv", "--clear", str(VENV))
        say("Installing uv")
        run(str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", UV)
        say("Installing the locked packages")
        run(
            str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes",
            "--python", str(VENV / "bin" / "python"), str(LOCK),
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        return fail(
            f"`{' '.join(map(str, error.cmd))}` failed; its message is above. "
            "Check that the package index can be reached, then run this again."
        )
    shim = VENV / "bin" / "rialto"
    shim.write_text(SHIM.format(python=VENV / "bin" / "python", root=str(ROOT)))
    shim.chmod(0o755)
    STAMP.write_text(wanted)
    say(f"Ready after {time.monotonic() - started:.0f} s")
    return 0


def run(*command: str) -> None:
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(command, check=True, env=environment)


def say(step: str) -> None:
    print(f"  {step} …", flush=True)


def fail(message: str) -> int:
    print(f"rialto: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
