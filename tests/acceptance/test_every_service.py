"""The server knows every endpoint that the official package can call in the families of payments.

What is still being built is in one table, with the reason. An entry that is no longer needed fails
the test, so the table only ever shrinks.
"""

import re
from typing import Final

import pytest
from django.urls import resolve

from api.absent.routes import ROUTES
from api.absent.views import AbsentView
from tests.acceptance.services import Endpoint, endpoints

FAMILIES: Final = frozenset(
    {
        "account", "apple_pay", "account_links", "account_sessions", "accounts",
        "application_fees", "balance", "balance_settings", "balance_transactions", "charges",
        "confirmation_tokens", "country_specs", "coupons", "promotion_codes", "shipping_rates",
        "tax_rates", "customer_sessions", "customers", "disputes",
        "ephemeral_keys", "file_links", "files",
        "mandates", "payment_intents", "payment_links", "payment_method_configurations",
        "payment_method_domains", "payment_methods",
        "payouts", "prices", "products", "radar/early_fraud_warnings", "refunds",
        "setup_attempts", "setup_intents",
        "sources", "tax_ids", "tokens", "transfers",
    }
)  # fmt: skip


BEING_BUILT: Final[dict[str, str]] = {}

# What the package calls a list and what is none: it is computed from an object of ours.
NO_RESOURCE: Final = frozenset({"/v1/credit_notes/preview/lines"})


def family_of(endpoint: Endpoint) -> str | None:
    """Return the family of an endpoint, if it is one of payments; test helpers belong to theirs."""
    path = endpoint.path.removeprefix("/v1/").removeprefix("test_helpers/")
    return next((f for f in FAMILIES if path == f or path.startswith(f"{f}/")), None)


def is_known(endpoint: Endpoint) -> bool:
    """Tell whether the server has this very endpoint; an empty list is none of a family."""
    match = resolve(re.sub(r"\{\w+\}", "x", endpoint.path))
    view = getattr(match.func, "view_class", None)
    # `charges/search` must not be taken for a charge whose id is "search".
    shape = re.sub(r"\{\w+\}", "{}", endpoint.path)
    is_same = re.sub(r"<str:\w+>", "{}", f"/{match.route}") == shape
    return (
        is_same
        and view is not None
        and view is not AbsentView
        and hasattr(view, endpoint.method.lower())
    )


OURS = [endpoint for endpoint in endpoints() if family_of(endpoint)]


@pytest.mark.parametrize("endpoint", OURS, ids=lambda e: f"{e.method} {e.path}")
def test_every_endpoint_of_payments_is_known_or_in_the_table(endpoint):
    name = f"{endpoint.method} {endpoint.path}"
    is_awaited = name in BEING_BUILT

    assert is_known(endpoint) or is_awaited, f"{name} is unknown to the server."
    assert not (is_known(endpoint) and is_awaited), f"{name} is built: take it out of the table."


def test_the_table_names_only_what_the_package_can_call():
    assert BEING_BUILT.keys() <= {f"{endpoint.method} {endpoint.path}" for endpoint in OURS}


def test_every_family_is_in_the_package():
    """So that a family which the package renames is not passed over."""
    assert {family_of(endpoint) for endpoint in OURS} == FAMILIES
    assert len(OURS) >= 90


# How a call of the package is named → what the table says of it.
DOES: Final = {"POST": "write", "DELETE": "delete"}


def test_every_other_call_of_the_package_is_answered():
    """What is no endpoint of ours is in the table, and what has become one has left it."""
    others: dict[str, set[str]] = {}
    for one in (one for one in endpoints() if not is_known(one)):
        does = DOES.get(one.method) or {"list": "list", "search": "search"}.get(one.action, "read")
        if one.path in NO_RESOURCE:
            does = "read"
        route = re.sub(r"\{\w+\}", "{}", one.path.removeprefix("/v1/"))
        others.setdefault(route, set()).add(does)

    assert {route: set(does) for route, does in ROUTES.items()} == others
