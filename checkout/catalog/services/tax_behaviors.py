"""Whether an amount has the tax in it, which is specified once."""

from core.errors import InvalidRequest


def check(before: str, wanted: str, *, kind: str, param: str = "tax_behavior") -> None:
    """Refuse another tax behaviour than the one that was specified before.

    Args:
        before: What it is.
        wanted: What it is to be.
        kind: The object, for people.
        param: What the request calls it.

    Raises:
        InvalidRequest: If it was inclusive or exclusive, and is to be anything else.
    """
    if before not in ("unspecified", wanted):
        raise InvalidRequest(
            f"The tax behaviour of a {kind} is specified once; this one is {before}. Make another "
            f"{kind}.",
            param=param,
        )
