"""`rialto library`: the script tag for payment pages."""

import json
from typing import Annotated

import typer

from config.cli import running


def library(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print the script tag of the browser library, with the hash that browsers hold it to."""
    running.enter("library")
    from django.conf import settings

    from checkout.browser.services import library as served

    address, integrity = f"{settings.PUBLIC_URL}/stripe.js", served.integrity()
    if as_json:
        print(json.dumps({"integrity": integrity, "train": served.TRAIN, "url": address}))
        return
    print(f'<script src="{address}" integrity="{integrity}" crossorigin="anonymous"></script>')
