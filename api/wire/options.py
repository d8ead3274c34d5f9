"""How parameters are declared."""

from typing import TypedDict


class Options(TypedDict, total=False):
    """What a parameter of any kind is declared with, as `Param` takes it."""

    required: bool
    nullable: bool
    default: object
    name: str | None
