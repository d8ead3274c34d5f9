"""`make sbom`: writes what Rialto is made of as a CycloneDX document.

The same lock gives the same document, byte by byte: it holds no moment and no random number.
"""

import sys
import tomllib
import uuid
from pathlib import Path
from typing import Final

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component as Part
from cyclonedx.model.component import ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from config.documents.components import ROOT, Component, components, direct

FILE: Final = ROOT / "build" / "rialto.cdx.json"


def main(arguments: list[str]) -> int:
    file = Path(arguments[0]) if arguments else FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text())
    print(f"  wrote {file}: {len(components())} components")
    return 0


def text() -> str:
    """Return the document: CycloneDX 1.6 in JSON, with every package, its hashes and needs."""
    parts = {each.name: _part(each) for each in components()}
    rialto = _rialto()
    bom = Bom(components=parts.values(), serial_number=_number())
    bom.metadata.component = rialto
    bom.metadata.timestamp = None  # type: ignore[assignment]  # the lock has none
    bom.metadata.tools.components.clear()
    bom.dependencies.add(_asks(rialto.bom_ref, [parts[name] for name in direct()]))
    for each in components():
        needed = [parts[name] for name in each.needs]
        bom.dependencies.add(_asks(parts[each.name].bom_ref, needed))
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _rialto() -> Part:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return Part(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        description=project["description"],
        licenses=[LicenseExpression(project["license"])],
        bom_ref=project["name"],
    )


def _part(each: Component) -> Part:
    address = PackageURL(type="pypi", name=each.name, version=each.version)
    return Part(
        type=ComponentType.LIBRARY,
        name=each.name,
        version=each.version,
        purl=address,
        bom_ref=str(address),
        licenses=[LicenseExpression(each.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in each.hashes],
        properties=[Property(name="rialto:marker", value=each.where)] if each.where else [],
    )


def _asks(who: BomRef, whom: list[Part]) -> Dependency:
    return Dependency(who, [Dependency(each.bom_ref) for each in whom])


def _number() -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, (ROOT / "requirements.lock").read_text())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
