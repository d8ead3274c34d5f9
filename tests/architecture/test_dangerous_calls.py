"""What may be turned against us stands only where somebody has looked at it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import FILES, ROOMS, ROOT, nodes, place, text
from tests.architecture.test_outgoing import imported

# What starts programs, reads objects out of bytes, and rolls dice that can be foreseen.
MODULES = {
    "commands", "dill", "jsonpickle", "marshal", "pickle", "pty", "random", "shelve", "subprocess",
    "telnetlib", "yaml",
}  # fmt: skip
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.execve",
    "os.execvp", "os.execvpe", "os.spawnv", "mark_safe", "Template", "from_string",
    "engine.from_string",
}  # fmt: skip
# Whoever the other side is, it is believed.
TRUSTING = re.compile(r"CERT_NONE|_create_unverified_context|verify=False|ssl=False")
# A file, or a folder of files → why it may.
MAY = {
    "config/bench/": "measures, on one's own machine",
    "config/bootstrap.py": "installs the packages of the lock",
    "config/forkserver/": "starts the programs of a home",
    "config/launcher/": "starts the programs of a home",
    "console/templatetags/console_lists.py": "takes classes out of what is escaped already",
    "webhooks/engine/results.py": "dice for how long to wait",
}
SAFE_IN_TEMPLATES = {"accounts/templates/people/add_factor.html": "the picture of a code, ours"}
TEMPLATES = [path for room in ROOMS for path in sorted((ROOT / room).glob("templates/**/*.html"))]
SCRIPTS = [path for room in ROOMS for path in sorted((ROOT / room).glob("static/**/*.js"))]
PAGE = (ROOT / "docs/reference/cryptography.md").read_text()
HASHES = {
    "blake2b": "BLAKE2b", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384",
}  # fmt: skip
CIPHERS = {
    "AESGCM": "AES-256-GCM", "Ed25519PrivateKey": "Ed25519", "Ed25519PublicKey": "Ed25519",
    "HKDF": "HKDF-SHA-256", "SHA256": "SHA-256",
}  # fmt: skip
# What is imported of the library besides algorithms.
FORMS = {"Encoding", "InvalidSignature", "InvalidTag", "PublicFormat"}
SEALERS = {"decrypt", "derive", "encrypt", "mac", "seal", "unseal"}


def may(path: Path) -> bool:
    return any(place(path).startswith(known) for known in MAY)


def dangers(path: Path) -> Iterator[str]:
    tree = nodes(path)
    yield from (name for name in imported(tree) if name in MODULES)
    for node in tree:
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
            yield ast.unparse(node.func)
    yield from TRUSTING.findall(text(path))


def test_dangerous_calls_stand_only_where_they_are_known():
    found = {place(path): [*dangers(path)] for path in FILES if not may(path)}
    unescaped = [
        place(path)
        for path in TEMPLATES
        if re.search(r"\|\s*safe\b|autoescape off", path.read_text())
    ]

    assert {name: words for name, words in found.items() if words} == {}
    assert unescaped == [*SAFE_IN_TEMPLATES]
    assert all((ROOT / name).exists() for name in MAY)


def test_what_is_dangerous_is_found(tmp_path):
    for code in ("import pickle", "from random import choice", "eval(x)", "os.system(x)"):
        path = tmp_path / f"{abs(hash(code))}.py"
        path.write_text(code)
        assert [*dangers(path)]


def test_no_script_of_ours_makes_pages_of_texts_or_keeps_anything():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|localStorage|sessionStorage|indexedDB|document\.cookie|createContextualFragment"
    )

    assert len(SCRIPTS) > 10
    assert {place(path) for path in SCRIPTS if forbidden.search(path.read_text())} == set()


def test_messages_of_other_windows_are_looked_at_before_they_are_heard():
    hears = {
        place(path): path.read_text()
        for path in SCRIPTS
        if "window.addEventListener('message'" in path.read_text()
    }

    assert len(hears) >= 5
    for name, script in hears.items():
        assert re.search(r"event\.(origin|source) !== ", script), name


def _constants(path: Path) -> dict[str, str]:
    """The names of texts at the top of a module, and those of the modules it is written in."""
    return {
        target.id: node.value.value
        for node in nodes(path)
        if isinstance(node, ast.AnnAssign | ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def purposes(path: Path) -> Iterator[str]:
    """What keys are derived for in a module."""
    names = _constants(path)
    for node in nodes(path):
        if not isinstance(node, ast.Call):
            continue
        words = [given.value for given in node.keywords if given.arg == "purpose"]
        if ast.unparse(node.func).removeprefix("derived_keys.") in ("derive", "mac"):
            words += node.args[:1]
        if ast.unparse(node.func).rpartition(".")[2] not in SEALERS:
            continue
        for word in words:
            if isinstance(word, ast.Constant):
                yield str(word.value)
            elif isinstance(word, ast.Name) and word.id in names:
                yield names[word.id]


def test_hashes_and_ciphers_are_those_of_the_page():
    whole = [path for path in FILES if not place(path).startswith("config/bench/")]
    hashes = {
        word
        for path in whole
        for word in re.findall(r"hashlib(?:\.| import )(\w+)", text(path))
        if word not in ("new",)
    }
    ciphers = {
        name.rpartition(".")[2]
        for path in whole
        for name in imported(nodes(path))
        if name.startswith("cryptography.") and name.rpartition(".")[2][0].isupper()
    }
    named = {purpose for path in whole for purpose in purposes(path)}

    assert hashes <= set(HASHES)
    assert ciphers - FORMS <= set(CIPHERS)
    assert all(f"| {HASHES[word]} |" in PAGE for word in hashes)
    assert all(f"| {CIPHERS[word]} |" in PAGE for word in ciphers - FORMS)
    assert len(named) > 12
    assert {purpose for purpose in named if f"`{purpose}`" not in PAGE} == set()
