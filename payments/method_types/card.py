"""Cards: every currency, authorised now and captured later, answered at once."""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "card",
    "Card",
    is_disputable=True,
    options={
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    },
)
