"""Types whose payer is shown something to pay by, and sends the money itself."""

from typing import Final

from payments.method_types.codes import konbini, paynow, pix, promptpay, swish

ALL: Final = (promptpay.METHOD, paynow.METHOD, pix.METHOD, konbini.METHOD, swish.METHOD)
