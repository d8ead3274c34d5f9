"""The tutorials' samples are run as they stand, one after the other."""

import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from config.launcher.home import ROOT

TUTORIALS = Path(__file__).parent.parent.parent / "docs" / "tutorials"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What runs by itself every few seconds where there is a scheduler.
BEAT = """
import time
from django.utils import timezone
from connect.services import payout_sending
for _ in range(60):
    now = timezone.now()
    payout_sending.send_due(at=now)
    payout_sending.follow(at=now)
    time.sleep(1)
"""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["split-your-first-payment", "run-a-marketplace"])
def test_a_tutorial_does_what_it_says(name, rialto_server, tmp_path):
    home = tmp_path / ".rialto"
    home.mkdir()
    shutil.copy(rialto_server.home.credentials, home / "credentials.json")
    program = tmp_path / "tutorial.py"
    program.write_text("\n".join(_BLOCK.findall((TUTORIALS / f"{name}.md").read_text())))
    beat = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-c", BEAT],
        env=rialto_server.env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    timer = threading.Timer(100, beat.kill)
    timer.start()
    try:
        done = subprocess.run(
            [sys.executable, str(program)], cwd=tmp_path, capture_output=True, text=True,
            timeout=90, check=False,
        )  # fmt: skip
    finally:
        timer.cancel()
        beat.kill()
        beat.wait(10)

    assert done.returncode == 0, done.stdout + done.stderr
