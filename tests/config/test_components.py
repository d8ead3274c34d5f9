"""What Rialto is made of is known: each package, its licence, and who asks for it."""

import json
import re
from pathlib import Path

import jsonschema_rs
from cyclonedx import schema
from license_expression import get_spdx_licensing

from config.documents import sbom
from config.documents.components import ROOT, components, direct

# What a company may run, change and pass on beside its own code, without publishing that.
PERMITTED = {
    "Apache-2.0", "Artistic-1.0-Perl", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-2.1-only",
    "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "PostgreSQL",
}  # fmt: skip
# GPL stands in one place, where another licence may be chosen instead.
CHOSEN_AWAY = {"Artistic-1.0-Perl OR GPL-2.0-or-later"}


def test_every_package_is_under_a_licence_that_a_company_can_keep() -> None:
    known = get_spdx_licensing()

    wrong = {
        each.name: each.licence
        for each in components()
        if known.validate(each.licence).errors
        or (
            each.licence not in CHOSEN_AWAY
            and not set(known.license_keys(each.licence)) <= PERMITTED
        )
    }

    assert wrong == {}


def test_every_package_of_the_lock_is_listed_with_the_hashes_of_its_files() -> None:
    locked = set(re.findall(r"^(\S+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))

    assert {each.name for each in components()} == locked
    assert set(direct()) <= locked
    assert [each.name for each in components() if not each.hashes] == []


def test_nothing_is_in_the_lock_that_nobody_asks_for() -> None:
    asked = {name for each in components() for name in each.needs} | set(direct())

    assert {each.name for each in components()} - asked == set()


def test_the_document_is_good_cyclonedx_and_the_same_every_time(tmp_path: Path) -> None:
    file = tmp_path / "new" / "rialto.cdx.json"

    assert sbom.main([str(file)]) == 0

    document = json.loads(file.read_text())
    rules = Path(schema.__path__[0], "_res")
    bom, *others = (
        json.loads((rules / name).read_text())
        for name in (f"{each}.SNAPSHOT.schema.json" for each in ("bom-1.6", "spdx", "jsf-0.82"))
    )
    # The document's rules call the others by the names of their files.
    named = [
        (each["$id"].replace(".schema.json", ".SNAPSHOT.schema.json"), each) for each in others
    ]
    registry = jsonschema_rs.Registry(named)
    jsonschema_rs.Draft7Validator(bom, registry=registry).validate(document)
    assert len(document["components"]) == len(components())
    (asks,) = [each for each in document["dependencies"] if each["ref"] == "rialto"]
    assert len(asks["dependsOn"]) == len(direct())
    assert sbom.text() == file.read_text()
