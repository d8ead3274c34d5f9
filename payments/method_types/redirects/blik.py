"""BLIK: the payer types six digits that its Polish bank's app shows, and agrees there.

Nobody is redirected: the digits come with the confirmation, and are good for two minutes.
"""

from typing import Final

from payments.method_types.base import Method

METHOD: Final = Method(
    "blik",
    "BLIK",
    currencies=frozenset({"pln"}),
    countries=("PL",),
    is_redirect=True,
    display="blik_authorize",
    pay_within=60,
    charged=("buyer_id",),
    captures_later=False,
    refund_days=395,
    options={},
)
