"""Types whose payer agrees to each payment at a bank or a wallet: they differ in rules alone."""

from typing import Final

from payments.method_types.redirects import (
    afterpay_clearpay,
    alipay,
    bancontact,
    blik,
    eps,
    grabpay,
    ideal,
    klarna,
    p24,
)

ALL: Final = (
    ideal.METHOD, bancontact.METHOD, eps.METHOD, p24.METHOD, blik.METHOD, alipay.METHOD,
    grabpay.METHOD, klarna.METHOD, afterpay_clearpay.METHOD,
)  # fmt: skip
