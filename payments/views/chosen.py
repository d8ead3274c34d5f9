"""The ways in which a request names the payment method that it uses."""

from typing import Any

from core.errors import InvalidRequest

Wire = dict[str, Any]

_WAYS = ("payment_method", "payment_method_data", "confirmation_token")


def method(params: Wire) -> Wire:
    """Return the parameters with one `payment_method`: an id, or what the payer typed in.

    Raises:
        InvalidRequest: If more than one way is used.
    """
    said = [way for way in _WAYS if way in params]
    if len(said) > 1:
        raise InvalidRequest(
            f"You may only specify one of these parameters: {', '.join(said)}.",
            code="parameters_exclusive",
            param=said[1],
        )
    columns = dict(params)
    if "payment_method_data" in columns:
        columns["payment_method"] = columns.pop("payment_method_data")
    return columns
