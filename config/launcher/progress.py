"""Showing that something is being done: a spinner for people, plain lines for logs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show a step while it runs, and how long it took."""
    started = time.monotonic()
    if console.is_terminal:
        with console.status(f"{what} …"):
            yield
        console.print(f"  [green]✓[/] {what} [dim]{time.monotonic() - started:.1f} s[/]")
    else:
        say(f"{what} …")
        yield
        say(f"{what}: done after {time.monotonic() - started:.1f} s")


def say(line: str) -> None:
    """Print a line."""
    console.print(f"  {line}", markup=False, soft_wrap=True)


def complain(line: str) -> None:
    """Print a problem."""
    errors.print(f"rialto: {line}", markup=False, soft_wrap=True)
