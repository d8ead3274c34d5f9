"""How requests name the payment method that they use."""

from api.older import versions
from core import request_context
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject
from payments.methods.services import payment_method_configurations

Wire = JsonObject

_WAYS = ("payment_method", "payment_method_data", "confirmation_token")


def choose_method(params: Wire) -> Wire:
    """Return the parameters with one `payment_method`: an id, or what the payer typed in.

    Raises:
        InvalidRequest: If more than one way is used.
    """
    ways = [way for way in _WAYS if way in params]
    if len(ways) > 1:
        raise InvalidRequest(
            f"You may only specify one of these parameters: {', '.join(ways)}.",
            code="parameters_exclusive",
            param=ways[1],
        )
    columns = dict(params)
    if "payment_method_data" in columns:
        columns["payment_method"] = columns.pop("payment_method_data")
    return _with_types(columns)


def resolve_configuration(tenant: Tenant, columns: Wire) -> Wire:
    """Resolve the configuration that a request names."""
    if named := columns.pop("payment_method_configuration", None):
        if "payment_method_types" in columns:
            raise InvalidRequest(
                "You may only specify one of these parameters: payment_method_configuration, "
                "payment_method_types.",
                code="parameters_exclusive",
                param="payment_method_configuration",
            )
        columns["configuration"] = payment_method_configurations.resolve(tenant, named)
    return columns


def default_types(columns: Wire) -> Wire:
    """Turn on automatic payment methods where a request names no types.

    In older versions such an intent takes cards.
    """
    if not {"payment_method_types", "automatic_payment_methods"} & columns.keys():
        if versions.is_before(
            request_context.current().api_version, versions.AUTOMATIC_METHODS_SINCE
        ):
            columns["payment_method_types"] = ["card"]
        else:
            columns["automatic_payment_methods"] = {"allow_redirects": "always", "enabled": True}
    return columns


def default_capture_method(columns: Wire) -> Wire:
    """Set the capture method of older versions where a request names none."""
    if versions.is_before(
        request_context.current().api_version, versions.ASYNCHRONOUS_CAPTURE_SINCE
    ):
        columns.setdefault("capture_method", "automatic")
    return columns


def _with_types(columns: Wire) -> Wire:
    """Read the newer name of the types that may be used as the older one."""
    if "allowed_payment_method_types" in columns:
        if "payment_method_types" in columns:
            raise InvalidRequest(
                "You may only specify one of these parameters: allowed_payment_method_types, "
                "payment_method_types.",
                code="parameters_exclusive",
                param="payment_method_types",
            )
        columns["payment_method_types"] = columns.pop("allowed_payment_method_types")
    return columns
