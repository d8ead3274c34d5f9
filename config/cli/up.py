from typing import Annotated

import typer

from config.cli import running
from config.launcher.home import Home
from config.launcher.up import up as run


def up(
    demo: Annotated[bool, typer.Option(help="Play the demo once in a new home.")] = True,
) -> None:
    """Start Rialto and run it until Ctrl-C."""
    run(Home.of_environment(), with_demo=demo)


def deliver() -> None:
    """Send webhooks until it is told to stop; several share the endpoints among them."""
    running.enter("deliveries")
    # Only now: Django has been loaded.
    from webhooks.engine import engine

    engine.run_forever()
