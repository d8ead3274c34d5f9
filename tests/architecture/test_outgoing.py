"""What leaves this house over HTTP, and why it may: what merchants name goes by one policy."""

import ast

from tests.architecture.source import FILES, nodes, place, text

CLIENTS = {
    "aiohttp", "http.client", "httpcore", "httpx", "pycurl", "requests", "urllib.request",
    "urllib3", "websockets",
}  # fmt: skip
# Whose addresses nobody but who runs the house can choose.
OURS = {
    "config/bench/stack.py": "what is measured",
    "config/bench/turns.py": "what is measured",
    "config/bench/webhooks/deliveries.py": "the bare loop beside it",
    "config/cli/developers/remote.py": "what whoever types the command names",
    "config/launcher/up.py": "whether our web server is there",
    "console/live/drills.py": "our own public address",
    "processors/adyen/client.py": "the processor",
    "processors/adyen/reports.py": "the processor",
}
# Where every address is vetted when its name is resolved, and again where the socket is made.
VETTED = {"webhooks/sending/client.py", "webhooks/sending/vetted.py"}


def imported(tree: list[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in tree:
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def clients(tree: list[ast.AST]) -> set[str]:
    return {
        client
        for client in CLIENTS
        for name in imported(tree)
        if name == client or name.startswith(f"{client}.")
    }


def test_merchants_addresses_are_reached_by_the_vetted_client_alone():
    # Few files name one at all, and only these are parsed.
    named = [path for path in FILES if any(client in text(path) for client in CLIENTS)]
    found = {place(path) for path in named if clients(nodes(path))}

    assert found - VETTED - set(OURS) == set()
    assert set(OURS) <= found, "Nothing is listed that needs no client any more."


def test_every_connection_of_the_vetted_client_goes_through_its_connector():
    (path,) = [path for path in FILES if place(path) == "webhooks/sending/client.py"]
    made = [
        {word.arg: ast.unparse(word.value) for word in node.keywords}
        for node in nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "aiohttp.ClientSession"
    ]

    assert [one["connector"] for one in made] == ["vetted.connector(livemode=livemode)"]
    assert [one["trust_env"] for one in made] == ["False"]
