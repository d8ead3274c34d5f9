"""How parameters are declared."""

from typing import TypedDict


class Options(TypedDict, total=False):
    """The options of every parameter, as `Param` takes them."""

    required: bool
    nullable: bool
    default: object
    name: str | None
