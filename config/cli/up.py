from typing import Annotated

import typer

from config.cli import running
from config.deployment import programs as table
from config.launcher import problems, processes
from config.launcher.home import Home
from config.launcher.problems import Problem
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
    from config.monitoring.pulse import Pulse
    from webhooks.engine import engine

    engine.run_forever(Pulse("deliveries").touch)


def serve(
    program: Annotated[
        str, typer.Argument(help="One of " + ", ".join(each.name for each in table.PROGRAMS) + ".")
    ],
    host: Annotated[
        str, typer.Option(help="Where web listens; 0.0.0.0 inside a container.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port there; 0 for RIALTO_PORT.")] = 0,
    queues: Annotated[
        str, typer.Option(help="The queues that worker works on, with commas; all if empty.")
    ] = "",
) -> None:
    """Run one program until it is told to stop, under a process manager of yours.

    DATABASE_URL and REDIS_URL say with which servers. All programs of an installation run so.
    """
    spec = table.find(program)
    if spec is None:
        known = ", ".join(each.name for each in table.PROGRAMS)
        raise Problem(f"{program} is no program of Rialto: take one of {known}.", problems.USAGE)
    home = Home.of_environment()
    command = spec.command(
        run=home.run, host=host, port=port or home.port, queues=_chosen(spec, queues)
    )
    environment = running.environment(home) | {"RIALTO_PROCESS": f"rialto {spec.name}"}
    home.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    processes.become_python(command, environment)


def _chosen(spec: table.ProgramSpec, queues: str) -> tuple[str, ...]:
    chosen = tuple(name for name in queues.split(",") if name)
    if unknown := [name for name in chosen if name not in spec.queues]:
        raise Problem(
            f"{spec.name} has no queue {unknown[0]}"
            + (f": take of {', '.join(spec.queues)}." if spec.queues else "."),
            problems.USAGE,
        )
    return chosen
