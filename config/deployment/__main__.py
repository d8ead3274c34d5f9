"""`make deploy-files`: writes what under `deploy/` follows from the table of programs.

With `--check` it writes nothing and fails when a file is stale.
"""

import sys
from pathlib import Path
from typing import Final

from config.deployment import chart, compose, image, units
from config.launcher.places import ROOT

FOLDER: Final = ROOT / "deploy"
NOTICE: Final = "Made by `make deploy-files` from config/deployment. Edit that, not this."


def main(arguments: list[str], *, folder: Path = FOLDER) -> int:
    """Write the files, or say which are stale.

    Args:
        arguments: `--check` or nothing.
        folder: Where they are.
    """
    stale = [name for name, text in files().items() if not _is(folder / name, text)]
    if "--check" in arguments:
        if stale:
            names = ", ".join(stale)
            print(f"deploy: stale: {names}. Run `make deploy-files`.", file=sys.stderr)
        return int(bool(stale))
    for name in stale:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files()[name])
        print(f"  wrote deploy/{name}")
    return 0


def files() -> dict[str, str]:
    """Return all generated files by their place under `deploy/`."""
    made: dict[str, str] = {}
    for each in (image, compose, chart, units):
        made |= each.files(NOTICE)
    return made


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_text() == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
