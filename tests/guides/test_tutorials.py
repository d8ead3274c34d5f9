"""The tutorials' samples are run as they stand, one after the other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIALS = Path(__file__).parent.parent.parent / "docs" / "tutorials"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["split-your-first-payment", "run-a-marketplace"])
def test_a_tutorial_does_what_it_says(name, rialto_server, tmp_path):
    home = tmp_path / "elsewhere"
    home.mkdir()
    shutil.copy(rialto_server.home.credentials, home / "credentials.json")
    program = tmp_path / "tutorial.py"
    program.write_text("\n".join(_BLOCK.findall((TUTORIALS / f"{name}.md").read_text())))
    with rialto_server.paying_out():
        done = subprocess.run(
            [sys.executable, str(program)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            env=os.environ | {"RIALTO_HOME": str(home)},
        )

    assert done.returncode == 0, done.stdout + done.stderr
