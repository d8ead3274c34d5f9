"""How much a request may carry."""

from typing import Final

from api.errors import InvalidParams

MAX_BODY_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 8
MAX_PARAMETERS: Final = 1_000


def body_too_large() -> InvalidParams:
    """Make the refusal of a body that is too long."""
    return InvalidParams(f"The request body is larger than the limit of {MAX_BODY_BYTES} bytes.")


def too_deep() -> InvalidParams:
    """Make the refusal of parameters that are nested too deeply."""
    return InvalidParams(f"The parameters are nested deeper than the limit of {MAX_DEPTH} levels.")


def too_many() -> InvalidParams:
    """Make the refusal of too many parameters."""
    return InvalidParams(f"The request has more than the limit of {MAX_PARAMETERS} parameters.")
