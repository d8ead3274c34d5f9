"""Addresses and names, wherever they are taken."""

from api.params import Choice, Free, Integer, Table, Text

ADDRESS = Table(
    {
        name: Text(nullable=True)
        for name in ("city", "country", "line1", "line2", "postal_code", "state")
    },
    nullable=True,
)

BILLING_DETAILS = Table(
    {
        "address": ADDRESS,
        "email": Text(nullable=True, most=512),
        "name": Text(nullable=True),
        "phone": Text(nullable=True),
        "tax_id": Text(nullable=True),
    }
)

SHIPPING = Table(
    {
        "address": ADDRESS,
        "name": Text(nullable=True),
        "phone": Text(nullable=True),
        "carrier": Text(nullable=True),
        "tracking_number": Text(nullable=True),
    },
    nullable=True,
)

# How the payer agreed to be charged.
MANDATE_DATA = Table(
    {
        "customer_acceptance": Table(
            {
                "type": Choice("online", "offline", required=True),
                "accepted_at": Integer(least=0),
                "online": Table({"ip_address": Text(most=45), "user_agent": Text(most=1_000)}),
                "offline": Free(),
            },
            required=True,
        )
    },
    nullable=True,
)
