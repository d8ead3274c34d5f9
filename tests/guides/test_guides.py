"""The guides' samples are run as they stand, in every language, and print what the guide says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
GUIDES = HERE.parent.parent / "docs" / "how-to"
NAMES = (
    "accept-a-payment", "save-a-card", "capture-later", "refund", "errors-and-declines",
    "a-page-to-pay-on", "bill-subscriptions-from-outside", "write-a-webhook-receiver",
)  # fmt: skip
IN_A_SHELL = ("promptpay",)
IN_THAI = ("a-page-to-pay-on", "promptpay")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.slow


def blocks(name: str, language: str) -> list[str]:
    text = (GUIDES / f"{name}.md").read_text()
    return [body for kind, body in _BLOCK.findall(text) if kind == language]


def run(server, command: list[str], **more) -> str:
    _, key = server.new_platform()
    env = os.environ | {"RIALTO_URL": server.base_url, "RIALTO_KEY": key}
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False, **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def missing(*programs: str) -> str:
    return ", ".join(program for program in programs if shutil.which(program) is None)


@pytest.fixture(scope="module")
def node_packages(tmp_path_factory) -> Path:
    """A folder with the official package for Node, as the lock says."""
    if lacking := missing("node", "npm"):
        pytest.skip(f"no {lacking} on this machine")
    folder = tmp_path_factory.mktemp("node")
    for file in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / file, folder)
    subprocess.run(["npm", "ci", "--silent"], cwd=folder, check=True, timeout=300)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_every_guide_has_samples_in_three_languages(name):
    counts = {len(blocks(name, language)) for language in ("python", "js", "sh")}

    assert len(counts) == 1
    assert counts.pop() >= 2
    assert len(blocks(name, "text")) == 1


@pytest.mark.parametrize("name", IN_THAI)
def test_a_guide_in_thai_has_the_same_samples(name):
    for language in ("python", "js", "sh", "text"):
        assert blocks(f"{name}.th", language) == blocks(name, language)


@pytest.mark.parametrize("name", NAMES)
def test_the_python_samples_print_what_the_guide_says(rialto_server, tmp_path, name):
    file = tmp_path / "sample.py"
    file.write_text("\n".join(blocks(name, "python")))

    assert run(rialto_server, [sys.executable, str(file)]) == blocks(name, "text")[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_node_samples_print_what_the_guide_says(rialto_server, node_packages, name):
    file = node_packages / f"{name}.mjs"
    file.write_text("\n".join(blocks(name, "js")))

    assert run(rialto_server, ["node", str(file)], cwd=node_packages) == blocks(name, "text")[0]


@pytest.mark.parametrize("name", NAMES + IN_A_SHELL)
def test_the_shell_samples_print_what_the_guide_says(rialto_server, name):
    if lacking := missing("bash", "curl", "jq"):
        pytest.skip(f"no {lacking} on this machine")
    script = "set -euo pipefail\n" + "\n".join(blocks(name, "sh"))

    assert run(rialto_server, ["bash", "-c", script]) == blocks(name, "text")[0]
