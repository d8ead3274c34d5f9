"""Make `.venv` from a lock. Runs on a bare Python 3.11: only the standard library.

`bootstrap.py` installs what running needs, `bootstrap.py dev` what testing needs as well. A
second run with the same lock does nothing, so every make target may ask for it. `bootstrap.py
lock` resolves `pyproject.toml` into the locks again.
"""

import fcntl
import functools
import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
UV_VERSION = "uv==0.13.9"
UV_LOCK = ROOT / "requirements-uv.lock"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
STAMP = VENV / "installed.sha256"
NEEDED_BYTES = 700_000_000
FROM_PIP = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}

# Not a console script: nothing has to be built, so nothing has to be fetched for building.
COMMAND = """#!/bin/sh
exec '{python}' -P -m config.cli.main "$@"
"""


def main(wanted: str) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  this is how older ones hear of it
        found = ".".join(map(str, sys.version_info[:2]))
        return fail(
            f"This is Python {found}; Rialto needs 3.11 or later: make PYTHON=python3.11 up"
        )
    # Two makes at once must not install into each other.
    root = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(root, fcntl.LOCK_EX)
    # What testing needs contains what running needs.
    stamps = {fingerprint(name) for name in {wanted, "dev"}}
    if STAMP.exists() and STAMP.read_text() in stamps and PYTHON.exists():
        return 0
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        return fail(f"Less than 700 MB of disk is free at {ROOT}. Make room, then run this again.")
    started = time.monotonic()
    try:
        install(wanted)
    except subprocess.CalledProcessError as error:
        return fail(
            f"`{' '.join(map(str, error.cmd))}` failed; its message is above. "
            "Check that the package index can be reached, then run this again."
        )
    except OSError as error:
        return fail(f"{VENV} cannot be written: {error.strerror}. Mend that, then run this again.")
    say(f"Ready after {time.monotonic() - started:.0f} s")
    return 0


def install(wanted: str) -> None:
    STAMP.unlink(missing_ok=True)
    if not works(PYTHON):
        say("Making .venv")
        run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV))
    if not works(UV):
        say("Installing uv")
        run(
            *pip(),
            "install",
            "-qq",
            "--no-input",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "-r",
            str(UV_LOCK),
        )
    say("Installing the locked packages")
    run(
        str(UV),
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--compile-bytecode",
        "--python",
        str(PYTHON),
        "-r",
        str(LOCKS[wanted]),
    )
    say("Installing the rialto command")
    site = next(VENV.glob("lib/python3*/site-packages"))
    (site / "rialto.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "rialto"
    command.write_text(COMMAND.format(python=PYTHON))
    command.chmod(0o755)
    STAMP.write_text(fingerprint(wanted))


def pip() -> tuple[str, ...]:
    """Return a pip that installs into `.venv`: the machine's own, or else one of Python's."""
    theirs = (sys.executable, "-m", "pip", "--python", str(PYTHON))
    if subprocess.run([*theirs, "--version"], capture_output=True).returncode == 0:
        return theirs
    run(str(PYTHON), "-m", "ensurepip", "--default-pip")
    return (str(PYTHON), "-m", "pip")


def lock() -> int:
    """Names, versions and hashes only: where packages come from is each machine's own matter."""
    resolve = (
        str(UV),
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-header",
        "--no-annotate",
        "--upgrade",
    )
    project = str(ROOT / "pyproject.toml")
    run(*resolve, "-", "-o", str(UV_LOCK), text=UV_VERSION)
    run(*resolve, project, "-o", str(LOCKS["run"]))
    run(*resolve, "--group", "dev", "-c", str(LOCKS["run"]), project, "-o", str(LOCKS["dev"]))
    return 0


def fingerprint(name: str) -> str:
    # A moved checkout has a `.venv` that points to its old place.
    parts = (LOCKS[name].read_bytes(), UV_LOCK.read_bytes(), str(ROOT).encode())
    version = ".".join(map(str, sys.version_info[:2])).encode()
    return name + " " + hashlib.sha256(b"\0".join((*parts, version))).hexdigest()


def works(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


@functools.cache
def pip_settings() -> dict[str, str]:
    """Translate pip's settings for uv: the index and the certificates."""
    output = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    found = {"UV_SYSTEM_CERTS": "true"} if has_certificates() else {}
    for line in output.splitlines():
        name, _, value = line.partition("=")
        if variable := FROM_PIP.get(name.rpartition(".")[2]):
            found[variable] = value.strip("'\"")
    return found


def has_certificates() -> bool:
    """Return whether the machine has certificates of its own; uv brings the usual ones."""
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))


def run(*command: str, text: str | None = None) -> None:
    environment = pip_settings() | os.environ
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_PROGRESS": "1"}
    environment.pop("VIRTUAL_ENV", None)
    subprocess.run(command, check=True, env=environment, cwd=ROOT, input=text, text=True)


def say(step: str) -> None:
    print(f"  {step} …", flush=True)


def fail(message: str) -> int:
    print(f"rialto: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    if sys.argv[1:] == ["lock"]:
        sys.exit(main("run") or lock())
    sys.exit(main("dev" if sys.argv[1:] == ["dev"] else "run"))
