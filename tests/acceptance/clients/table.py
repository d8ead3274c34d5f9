"""Other people's clients, each as it is published, and the version that each speaks."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Client:
    """One client and the flow that it runs.

    Args:
        name: Of the client and of its lock.
        flow: The script, in this folder.
        version: The API version that it is set to; empty for its own.
        marks: What its answers must show, told by the flow.
        mirrors: Whether it is given an empty PostgreSQL database to copy into.
    """

    name: str
    flow: str
    version: str = ""
    marks: frozenset[str] = frozenset()
    mirrors: bool = False

    @property
    def lock(self) -> Path:
        """Where its packages are named, with versions and hashes."""
        plain = HERE / "locks" / f"{self.name}.txt"
        return plain if plain.exists() else HERE / "locks" / self.name / "package-lock.json"

    @property
    def id(self) -> str:
        """Its name for people, with the version."""
        return f"{self.name} {self.version}".strip()


OLD = frozenset({"charges inside", "refunds inside"})

CLIENTS = (
    Client("stripe-python-16.1", "flow.py"),
    Client("stripe-python-12.5", "flow.py"),
    Client("stripe-python-10.12", "flow.py"),
    Client("stripe-python-7.14", "flow.py"),
    Client("stripe-python-5.5", "flow.py", "2022-11-15"),
    Client("stripe-python-5.5", "flow.py", "2020-08-27", OLD),
    Client("stripe-python-5.5", "flow.py", "2020-03-02", OLD | {"sources inside"}),
    Client(
        "stripe-python-5.5", "flow.py", "2018-11-08", OLD | {"sources inside", "words of sources"}
    ),
    Client("stripe-node-23", "flow.js"),
    Client("stripe-node-17", "flow.js"),
    Client("stripe-node-14", "flow.js", "2022-08-01", OLD),
    Client("dj-stripe", "flow_dj_stripe.py"),
    Client("tap-stripe", "flow_tap_stripe.py"),
    Client("sync-engine", "flow_sync_engine.js", mirrors=True),
    Client(
        "sync-engine",
        "flow_sync_engine.js",
        "2020-08-27",
        frozenset({"refunds inside"}),
        mirrors=True,
    ),
)
