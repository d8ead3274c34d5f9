"""What neither sessions nor payment links do, and what to do instead."""

from typing import Final

from api.wire.switches import Off

AUTOMATIC_TAX: Final = Off(
    "No tax is computed from addresses here. Send the ids of tax rates with each of line_items."
)
INVOICE_CREATION: Final = Off("No invoices are made here. The payment's receipt names its lines.")
TAX_IDS: Final = Off(
    "The page does not ask for tax ids. Ask with custom_fields, and keep them at the customer."
)
MERCHANT_OF_RECORD: Final = Off("Nobody sells on the merchant's behalf here. Leave it out.")
